import { lazyFor } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { TableId } from '../tables/table-id.ts';
import { type MethodDefToken, type Token, tokenRid, tokenTable } from '../tables/token.ts';
import { AttributeDecoder } from './attribute-decoder.ts';
import type { CustomAttributeValue } from './custom-attribute-value.ts';

/** The type of the attribute in a row of CustomAttribute: a TypeDef, TypeRef or TypeSpec (of a generic attribute). Throws `BadImageError`. */
export function attributeTypeOf(metadata: Metadata, rid: number): Token {
  const { CustomAttribute, MemberRef } = metadata.tables;
  const constructorToken = CustomAttribute.column('Type').token(rid);
  if (tokenTable(constructorToken) === TableId.MethodDef) return metadata.declaringType(constructorToken as MethodDefToken);
  return MemberRef.column('Class').token(tokenRid(constructorToken));
}

/** The row of the first CustomAttribute of a type, by its full name, on a parent; `undefined` if the parent has none. Throws `BadImageError`. */
export function findCustomAttribute(metadata: Metadata, parent: Token, typeName: string): number | undefined {
  for (const rid of metadata.customAttributesOf(parent)) {
    if (typeFullName(metadata, attributeTypeOf(metadata, rid)) === typeName) return rid;
  }
  return undefined;
}

/** The decoder that every reader of one metadata shares: it knows the enumerations of that metadata and infers the others. */
export const attributeDecoderOf: (metadata: Metadata) => AttributeDecoder = lazyFor((metadata: Metadata) => new AttributeDecoder(metadata));

/** The value of that attribute; `undefined` where the parent does not have it. Throws `BadImageError`. */
export function customAttributeValue(metadata: Metadata, parent: Token, typeName: string): CustomAttributeValue | undefined {
  const rid = findCustomAttribute(metadata, parent, typeName);
  return rid === undefined ? undefined : attributeDecoderOf(metadata).decode(rid);
}
