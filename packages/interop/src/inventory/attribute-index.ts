import { ifReadable } from '@ijw/binary';
import type { Metadata, Token } from '@ijw/metadata';
import { type AttributeDecoder, attributeDecoderOf, attributeTypeOf, type CustomAttributeValue } from '@ijw/metadata/attributes';
import { type InteropAttribute, interopAttributes } from './interop-attributes.ts';

/** A row of CustomAttribute, and its parent. */
export interface AttributeUse {
  readonly rid: number;
  readonly parent: Token;
}

const byName: ReadonlyMap<string, InteropAttribute> = new Map(
  Object.entries(interopAttributes).map(([key, name]) => [name, key as InteropAttribute]),
);

/** The interop attributes of one metadata, found in one pass over the CustomAttribute table (ECMA-335 II.22.10). */
export class AttributeIndex {
  readonly #uses = new Map<InteropAttribute, AttributeUse[]>();
  readonly #byParent = new Map<InteropAttribute, ReadonlyMap<Token, number>>();
  readonly #decoder: AttributeDecoder;

  /** @param typeName of a token of any type table. Rows that name nothing are passed over. */
  constructor(metadata: Metadata, typeName: (token: Token) => string) {
    this.#decoder = attributeDecoderOf(metadata);
    const { CustomAttribute } = metadata.tables;
    const type = CustomAttribute.column('Type');
    const parent = CustomAttribute.column('Parent');
    const kinds = new Map<number, InteropAttribute | undefined>();
    for (let rid = 1; rid <= CustomAttribute.rowCount; rid++) {
      const raw = type.at(rid);
      if (!kinds.has(raw)) kinds.set(raw, kindOf(metadata, rid, typeName));
      const kind = kinds.get(raw);
      const owner = kind && parent.tokenOrBad(rid);
      if (kind === undefined || owner === undefined || owner === -1) continue;
      const uses = this.#uses.get(kind);
      if (uses === undefined) this.#uses.set(kind, [{ rid, parent: owner }]);
      else uses.push({ rid, parent: owner });
    }
  }

  /** Every use, in the order of the table. */
  all(kind: InteropAttribute): readonly AttributeUse[] {
    return this.#uses.get(kind) ?? [];
  }

  /** The row of the first use on a parent. */
  find(kind: InteropAttribute, parent: Token): number | undefined {
    let index = this.#byParent.get(kind);
    if (index === undefined) {
      index = new Map(
        this.all(kind)
          .map(({ rid, parent: owner }) => [owner, rid] as const)
          .reverse(),
      );
      this.#byParent.set(kind, index);
    }
    return index.get(parent);
  }

  has(kind: InteropAttribute, parent: Token): boolean {
    return this.find(kind, parent) !== undefined;
  }

  /** The value of a row; `undefined` where it cannot be read. */
  value(rid: number | undefined): CustomAttributeValue | undefined {
    if (rid === undefined) return undefined;
    return ifReadable(() => this.#decoder.decode(rid));
  }
}

function kindOf(metadata: Metadata, rid: number, typeName: (token: Token) => string): InteropAttribute | undefined {
  return ifReadable(() => byName.get(typeName(attributeTypeOf(metadata, rid))));
}
