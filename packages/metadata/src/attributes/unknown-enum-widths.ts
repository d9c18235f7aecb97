import type { EnumUnderlyingTypeName } from '../enumeration.ts';
import type { EnumReference } from './attribute-type.ts';
import type { AttributeArgument, CustomAttributeValue } from './custom-attribute-value.ts';

/** The most common first. The sign of a guess has no meaning. */
const CANDIDATES: readonly EnumUnderlyingTypeName[] = ['i4', 'u1', 'i2', 'i8'];

/** Three unknown enumerations in one value, every combination. */
const MAXIMUM_ATTEMPTS = CANDIDATES.length ** 3;

/**
 * Guesses the underlying types of enumerations in assemblies that are not available: every attempt to read a value takes another combination, one type per
 * enumeration. Four bytes for all of them is the first; of the other combinations that use the blob up, the one that gives the smallest numbers is right.
 */
export class UnknownEnumWidths {
  #seen: (string | number)[] = [];
  #attempt = 0;

  /** Whether an enumeration of unknown type was met at all. */
  get any(): boolean {
    return this.#seen.length > 0;
  }

  /** Resets the guesses for another value. */
  restart(): void {
    if (this.#seen.length > 0) this.#seen = [];
    this.#attempt = 0;
  }

  /** The type to read in this attempt. */
  assume(reference: EnumReference): EnumUnderlyingTypeName {
    const key = reference.kind === 'token' ? reference.token : reference.name;
    let index = this.#seen.indexOf(key);
    if (index < 0) index = this.#seen.push(key) - 1;
    return CANDIDATES[Math.floor(this.#attempt / CANDIDATES.length ** index) % CANDIDATES.length]!;
  }

  /** Goes to the next combination; `false` after the last. */
  next(): boolean {
    this.#attempt++;
    return this.#attempt < Math.min(CANDIDATES.length ** this.#seen.length, MAXIMUM_ATTEMPTS);
  }
}

function magnitude({ type, value }: AttributeArgument): number {
  if (type.kind === 'array' && Array.isArray(value)) {
    return value.reduce<number>((sum, item) => sum + magnitude({ type: type.element, value: item }), 0);
  }
  return type.kind === 'enum' && type.assumed ? Math.abs(Number(value)) : 0;
}

/** The magnitude of the numbers of a guess. */
export const assumedMagnitude = ({ fixedArguments, namedArguments }: CustomAttributeValue): number =>
  [...fixedArguments, ...namedArguments].reduce((sum, argument) => sum + magnitude(argument), 0);
