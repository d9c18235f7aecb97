import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { FieldAttributes } from '../tables/metadata-flags.ts';
import { isTokenOf, type TypeDefToken, tokenRid } from '../tables/token.ts';
import { type EnumUnderlyingTypeName, enumUnderlyingTypes } from './attribute-type.ts';

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
  for (const rid of metadata.fieldsOf(tokenRid(typeDef))) {
    if (Field.get(rid, 'Flags') & FieldAttributes.Static) continue;
    const signature = metadata.blobs.reader(Field.get(rid, 'Signature'), 'the signature of a field');
    signature.skip(1);
    return enumUnderlyingTypes.get(signature.u8());
  }
  return undefined;
}
