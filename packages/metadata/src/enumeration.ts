import { instanceFields } from './instance-fields.ts';
import type { Metadata } from './metadata.ts';
import { typeFullName } from './names/type-full-name.ts';
import { valueElementTypes } from './signatures/element-type.ts';
import { isTokenOf, type TypeDefToken, tokenRid } from './tables/token.ts';

export type IntegerTypeName = 'i1' | 'u1' | 'i2' | 'u2' | 'i4' | 'u4' | 'i8' | 'u8';

/** A type that an enumeration may have underneath: an integer type, or by ECMA-335 II.14.3 also `bool` and `char`. */
export type EnumUnderlyingTypeName = IntegerTypeName | 'boolean' | 'char';

/** What may stand under an enumeration, by element type. */
export const enumUnderlyingTypes: ReadonlyMap<number, EnumUnderlyingTypeName> = new Map<number, EnumUnderlyingTypeName>([
  [valueElementTypes.boolean, 'boolean'],
  [valueElementTypes.char, 'char'],
  [valueElementTypes.i1, 'i1'],
  [valueElementTypes.u1, 'u1'],
  [valueElementTypes.i2, 'i2'],
  [valueElementTypes.u2, 'u2'],
  [valueElementTypes.i4, 'i4'],
  [valueElementTypes.u4, 'u4'],
  [valueElementTypes.i8, 'i8'],
  [valueElementTypes.u8, 'u8'],
]);

/** ECMA-335 II.14.3: an enumeration extends `System.Enum` directly. Throws `BadImageError`. */
export function isEnumeration(metadata: Metadata, typeDef: TypeDefToken): boolean {
  const base = metadata.tables.TypeDef.column('Extends').token(tokenRid(typeDef));
  return !isTokenOf(base, 'TypeSpec') && typeFullName(metadata, base) === 'System.Enum';
}

/**
 * The type of the one instance field of an enumeration (ECMA-335 II.14.3); `undefined` where the type has none of a type that an enumeration may have.
 * Throws `BadImageError`.
 */
export function enumUnderlyingType(metadata: Metadata, typeDef: TypeDefToken): EnumUnderlyingTypeName | undefined {
  const { Field } = metadata.tables;
  const [rid] = instanceFields(metadata, typeDef);
  if (rid === undefined) return undefined;
  const signature = metadata.blobs.reader(Field.get(rid, 'Signature'), 'the signature of a field');
  signature.skip(1);
  return enumUnderlyingTypes.get(signature.u8());
}
