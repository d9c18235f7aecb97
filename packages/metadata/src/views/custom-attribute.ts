import type { CustomAttributeValue } from '../attributes/custom-attribute-value.ts';
import { attributeDecoderOf, attributeTypeOf } from '../attributes/find-custom-attribute.ts';
import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import type { Token } from '../tables/token.ts';

/** A row of CustomAttribute (ECMA-335 II.22.10). Getters read when asked and throw `BadImageError`. */
export class CustomAttribute {
  readonly metadata: Metadata;
  readonly rid: number;

  constructor(metadata: Metadata, rid: number) {
    this.metadata = metadata;
    this.rid = rid;
  }

  get parent(): Token {
    return this.metadata.tables.CustomAttribute.column('Parent').token(this.rid);
  }

  /** A MethodDef or MemberRef. */
  get constructorToken(): Token {
    return this.metadata.tables.CustomAttribute.column('Type').token(this.rid);
  }

  /** A TypeDef, TypeRef or TypeSpec. */
  get type(): Token {
    return attributeTypeOf(this.metadata, this.rid);
  }

  /** `Namespace.NameAttribute`. */
  get typeName(): string {
    return typeFullName(this.metadata, this.type);
  }

  /** The decoded value. If enumerations of other assemblies matter, decode with an `AttributeDecoder` that has a resolver. */
  get value(): CustomAttributeValue {
    return attributeDecoderOf(this.metadata).decode(this.rid);
  }
}

/** The attributes of whatever a token names. */
export const customAttributes = (metadata: Metadata, parent: Token): CustomAttribute[] =>
  Array.from(metadata.customAttributesOf(parent), (rid) => new CustomAttribute(metadata, rid));
