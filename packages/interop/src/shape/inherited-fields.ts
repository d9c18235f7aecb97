import { instanceFields, isNilToken, type Metadata, TableId, type Token, tokenRid, tokenTable, typeFullName } from '@ijw/metadata';
import { type AssemblyProvider, assembliesAtHand, Resolver } from '@ijw/metadata/resolution';
import type { FieldShape, TypeShape } from './assembly-shape.ts';

/** How many instance fields a type has from its base types; where that is not known, the base type that was not found. */
export type Inheritance = { readonly fields: number } | { readonly unknownBase: string };

export const isInstanceField = ({ isStatic, isLiteral }: FieldShape): boolean => !isStatic && !isLiteral;

/** Base types of the core libraries that have no instance fields. */
const FIELDLESS: ReadonlySet<string> = new Set([
  'System.Object',
  'System.ValueType',
  'System.Enum',
  'System.MarshalByRefObject',
  'System.Attribute',
  'System.EventArgs',
]);

/** Longer chains of base types in other assemblies are taken for loops. */
const MAXIMUM_BASES = 200;

/** Counts along chains of base types, each type once however long the chains are; other assemblies are read from the provider. */
export class InheritedFields {
  readonly #metadata: Metadata;
  readonly #resolver: Resolver;
  readonly #known = new Map<TypeShape, Inheritance>();

  constructor(metadata: Metadata, provider: AssemblyProvider = assembliesAtHand([])) {
    this.#metadata = metadata;
    this.#resolver = new Resolver(provider);
  }

  of(type: TypeShape): Inheritance {
    const chain: TypeShape[] = [];
    for (let current: TypeShape | undefined = type; current && !this.#known.has(current); current = current.base) chain.push(current);
    for (const next of chain.reverse()) this.#known.set(next, this.#fromBase(next));
    return this.#known.get(type)!;
  }

  #fromBase({ base, externalBase }: TypeShape): Inheritance {
    if (externalBase !== undefined) return this.#outside(externalBase);
    const above = base && this.#known.get(base);
    if (base === undefined || above === undefined) return { fields: 0 };
    return 'fields' in above ? { fields: above.fields + base.fields.filter(isInstanceField).length } : above;
  }

  /** The fields of a type that the module only refers to, and of its base types. */
  #outside(reference: Token): Inheritance {
    let [metadata, token, fields] = [this.#metadata, reference, 0];
    for (let step = 0; step < MAXIMUM_BASES; step++) {
      if (isNilToken(token)) return { fields };
      const isReference = tokenTable(token) === TableId.TypeRef;
      if (isReference && FIELDLESS.has(typeFullName(metadata, token))) return { fields };
      const found = this.#resolver.type(metadata, token);
      if (found.kind !== 'type') break;
      metadata = found.metadata;
      fields += [...instanceFields(metadata, found.token)].length;
      token = metadata.tables.TypeDef.column('Extends').token(tokenRid(found.token));
    }
    return { unknownBase: typeFullName(metadata, token) || typeFullName(this.#metadata, reference) || 'a constructed type' };
  }
}

/** The reason for the omission of the constants of instance fields. */
export const fieldsUnknown = (base: string): string =>
  `the constants of its instance fields are left out: they come after the fields of ${base}, whose assembly was not found`;
