import { ifReadable } from '@ijw/binary';
import { isTokenOf, type Metadata, makeToken, TableId, type Token } from '@ijw/metadata';
import { Resolver } from '@ijw/metadata/resolution';
import type { InstructionUse, TokenUseIndex } from './token-use-index.ts';
import { instructionUse, type UseKind } from './use-kind.ts';

const CALLING: ReadonlySet<UseKind | undefined> = new Set<UseKind>(['call', 'create', 'address']);

/** A call, or a pointer for one; the handle that `ldtoken` gives is for reflection. */
const isCall = ({ opCode, token }: InstructionUse): boolean =>
  opCode.name !== 'ldtoken' && CALLING.has(instructionUse(opCode.index, token));

/** Other assemblies are not read: a reference to one stays a reference. */
const ownReferences = (): Resolver => new Resolver({ assembly: () => undefined });

/**
 * The callers of a method, by its tokens: a MethodDef, the MemberRefs that lead to it, and their instances (MethodSpec).
 */
export class CallerIndex {
  readonly #metadata: Metadata;
  readonly #uses: TokenUseIndex;
  /** By method: the other tokens that mean it. */
  readonly #synonyms = new Map<number, number[]>();

  constructor(metadata: Metadata, uses: TokenUseIndex) {
    this.#metadata = metadata;
    this.#uses = uses;
    this.#readReferences();
    this.#readInstances();
  }

  /** The calls of a MethodDef, MemberRef or MethodSpec, in the order of the calling methods. A method's own calls of itself are among them. */
  of(token: Token): readonly InstructionUse[] {
    const found: InstructionUse[] = [];
    for (const meaning of this.#meaning(token)) for (const use of this.#uses.of(meaning)) if (isCall(use)) found.push(use);
    return found.sort((a, b) => a.method - b.method || a.offset - b.offset);
  }

  /** The token itself, and what leads to it: references to a definition, instances of either. */
  #meaning(token: number): ReadonlySet<number> {
    const tokens = new Set([token]);
    for (const meaning of tokens) for (const synonym of this.#synonyms.get(meaning) ?? []) tokens.add(synonym);
    return tokens;
  }

  #readReferences(): void {
    const resolver = ownReferences();
    for (let rid = 1; rid <= this.#metadata.tables.MemberRef.rowCount; rid++) {
      const reference = makeToken(TableId.MemberRef, rid);
      const target = ifReadable(() => resolver.member(this.#metadata, reference));
      if (target?.kind === 'method') added(this.#synonyms, target.token, reference);
    }
  }

  #readInstances(): void {
    const { MethodSpec } = this.#metadata.tables;
    const method = MethodSpec.column('Method');
    for (let rid = 1; rid <= MethodSpec.rowCount; rid++) {
      const token = method.tokenOrBad(rid);
      if (isTokenOf(token, 'MethodDef') || isTokenOf(token, 'MemberRef')) added(this.#synonyms, token, makeToken(TableId.MethodSpec, rid));
    }
  }
}

function added<V>(lists: Map<number, V[]>, key: number, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
