import type { FieldShape, TypeShape } from './assembly-shape.ts';

/** What a type has from its base types. */
export interface Inheritance {
  /** Instance fields of the base types that are of this module. */
  readonly fields: number;
  /** The first base type of another module. */
  readonly externalBase: string | undefined;
}

export const isInstanceField = ({ isStatic, isLiteral }: FieldShape): boolean => !isStatic && !isLiteral;

/** Counts along chains of base types, each type once however long the chains are. */
export class InheritedFields {
  readonly #known = new Map<TypeShape, Inheritance>();

  of(type: TypeShape): Inheritance {
    const chain: TypeShape[] = [];
    for (let current: TypeShape | undefined = type; current && !this.#known.has(current); current = current.base) chain.push(current);
    for (const next of chain.reverse()) this.#known.set(next, this.#fromBase(next));
    return this.#known.get(type)!;
  }

  #fromBase({ base, externalBase }: TypeShape): Inheritance {
    if (base === undefined) return { fields: 0, externalBase };
    const above = this.#known.get(base)!;
    return { ...above, fields: above.fields + base.fields.filter(isInstanceField).length };
  }
}
