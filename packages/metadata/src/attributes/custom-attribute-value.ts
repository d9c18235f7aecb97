import type { FloatingPoint } from '../constants/floating-point.ts';
import type { AttributeType } from './attribute-type.ts';

/** A value with its own type: the value of an argument of type `object`. */
export interface BoxedAttributeValue {
  readonly kind: 'boxed';
  readonly type: AttributeType;
  readonly value: AttributeValue;
}

/**
 * `char` is a UTF-16 unit, 8-byte integers are `bigint`, `System.Type` is its serialized name (see `parseSerializedTypeName`), an enumeration is its
 * number; `null` is the null string, type or array. Elements of an `object[]` are boxed.
 */
export type AttributeValue = boolean | bigint | FloatingPoint | string | null | BoxedAttributeValue | readonly AttributeValue[];

export interface AttributeArgument {
  readonly type: AttributeType;
  readonly value: AttributeValue;
}

export interface NamedAttributeArgument extends AttributeArgument {
  readonly kind: 'field' | 'property';
  /** `null` where the blob says so; no compiler writes that. */
  readonly name: string | null;
}

/** The decoded value of a CustomAttribute row (ECMA-335 II.23.3). */
export interface CustomAttributeValue {
  readonly fixedArguments: readonly AttributeArgument[];
  readonly namedArguments: readonly NamedAttributeArgument[];
}

/** The shared value of attributes without arguments. */
export const EMPTY_ATTRIBUTE_VALUE: CustomAttributeValue = { fixedArguments: [], namedArguments: [] };
