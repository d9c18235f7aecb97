import type { EnumUnderlyingTypeName, IntegerTypeName } from '../enumeration.ts';
import { ElementType, valueElementTypes } from '../signatures/element-type.ts';
import type { Token } from '../tables/token.ts';

/** ECMA-335 II.23.1.16 and II.23.3: the bytes that stand for types in the value of an attribute. */
export const SerializationType = {
  ...valueElementTypes,
  szArray: ElementType.SzArray,
  type: ElementType.Type,
  boxed: ElementType.Boxed,
  field: ElementType.Field,
  property: ElementType.Property,
  enum: ElementType.Enum,
} as const;

export type PrimitiveAttributeTypeName = 'boolean' | 'char' | IntegerTypeName | 'r4' | 'r8' | 'string';

/** The reference of an attribute to an enumeration: by token in the constructor's signature, by serialized name in the value. */
export type EnumReference = { readonly kind: 'token'; readonly token: Token } | { readonly kind: 'name'; readonly name: string };

export interface EnumAttributeType {
  readonly kind: 'enum';
  readonly reference: EnumReference;
  /** `undefined` only in the type of a parameter whose enumeration is in an assembly that is not available; never in a decoded value. */
  readonly underlying: EnumUnderlyingTypeName | undefined;
  /** `underlying` is a guess: the one with which the value uses up its blob. */
  readonly assumed: boolean;
}

/** The type of an argument of an attribute. */
export type AttributeType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveAttributeTypeName }
  | { readonly kind: 'type' }
  /** `object`: the value names its own type. */
  | { readonly kind: 'boxed' }
  | EnumAttributeType
  | { readonly kind: 'array'; readonly element: AttributeType };

const primitive = (name: PrimitiveAttributeTypeName): AttributeType => ({ kind: 'primitive', name });

export const TYPE: AttributeType = { kind: 'type' };
export const BOXED: AttributeType = { kind: 'boxed' };

/** Types that one byte describes completely, by that byte. */
export const simpleAttributeTypes: ReadonlyMap<number, AttributeType> = new Map<number, AttributeType>([
  [SerializationType.boolean, primitive('boolean')],
  [SerializationType.char, primitive('char')],
  [SerializationType.i1, primitive('i1')],
  [SerializationType.u1, primitive('u1')],
  [SerializationType.i2, primitive('i2')],
  [SerializationType.u2, primitive('u2')],
  [SerializationType.i4, primitive('i4')],
  [SerializationType.u4, primitive('u4')],
  [SerializationType.i8, primitive('i8')],
  [SerializationType.u8, primitive('u8')],
  [SerializationType.r4, primitive('r4')],
  [SerializationType.r8, primitive('r8')],
  [SerializationType.string, primitive('string')],
  [SerializationType.type, TYPE],
  [SerializationType.boxed, BOXED],
]);

/** The type of that name. */
export const simpleAttributeTypeOf = (name: PrimitiveAttributeTypeName): AttributeType =>
  simpleAttributeTypes.get(SerializationType[name])!;
