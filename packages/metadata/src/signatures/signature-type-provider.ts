import type { TypeDefOrRefToken } from '../tables/token.ts';
import type { PrimitiveName } from './element-type.ts';

/** ECMA-335 II.23.2.13: there may be fewer sizes and lower bounds than the rank says. */
export interface ArrayShape {
  readonly rank: number;
  readonly sizes: readonly number[];
  readonly lowerBounds: readonly number[];
}

/** ECMA-335 II.23.2.1 to II.23.2.3, and II.23.2.5 for properties. */
export interface MethodSignature<T> {
  /** The first byte: `CallingConvention` and `SignatureFlags`. */
  readonly header: number;
  /** 0 unless the Generic bit is set. */
  readonly genericParameterCount: number;
  /** How many parameters precede the sentinel; all of them without a sentinel. */
  readonly requiredParameterCount: number;
  /** The sentinel comes last: a call of a vararg method without variable arguments (II.23.2.2). */
  readonly endsWithSentinel?: boolean;
  readonly returnType: T;
  readonly parameterTypes: readonly T[];
}

/**
 * Creates a value for each type in a signature, from the inside out: a tree, a text, a size. The decoder knows the grammar, the provider the
 * result.
 */
export interface SignatureTypeProvider<T> {
  primitive(type: PrimitiveName): T;
  /** @param valueType `undefined` where the signature does not say (custom modifiers) */
  named(token: TypeDefOrRefToken, valueType: boolean | undefined): T;
  pointer(element: T): T;
  byReference(element: T): T;
  pinned(element: T): T;
  szArray(element: T): T;
  array(element: T, shape: ArrayShape): T;
  genericInstance(generic: T, args: readonly T[]): T;
  genericTypeParameter(index: number): T;
  genericMethodParameter(index: number): T;
  functionPointer(signature: MethodSignature<T>): T;
  /** @param modifier what `named` made of the modifier's type */
  modified(modifier: T, unmodified: T, required: boolean): T;
}
