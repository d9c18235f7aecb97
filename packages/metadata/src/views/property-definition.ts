import type { ConstantValue } from '../constants/constant-value.ts';
import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { decodePropertySignature } from '../signatures/decode-signature.ts';
import type { MethodSignature } from '../signatures/signature-type-provider.ts';
import { type TypeNode, typeNodes } from '../signatures/type-node.ts';
import { MethodSemanticsAttributes } from '../tables/metadata-flags.ts';
import { type MethodDefToken, type PropertyToken, type TypeDefToken, tokenRid } from '../tables/token.ts';
import { accessorsOf } from './accessors.ts';
import { constantOf } from './constant.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';

/** A row of Property (ECMA-335 II.22.34). Getters read when asked and throw `BadImageError`. */
export class PropertyDefinition {
  readonly metadata: Metadata;
  readonly token: PropertyToken;

  constructor(metadata: Metadata, token: PropertyToken) {
    this.metadata = metadata;
    this.token = token;
  }

  get name(): string {
    return this.metadata.strings.get(this.metadata.tables.Property.get(tokenRid(this.token), 'Name'));
  }

  /** `Namespace.Type::Name`. */
  get fullName(): string {
    return `${typeFullName(this.metadata, this.declaringType)}::${this.name}`;
  }

  /** `PropertyAttributes`. */
  get flags(): number {
    return this.metadata.tables.Property.get(tokenRid(this.token), 'Flags');
  }

  /** Its type is the return type; the parameters are an indexer's. */
  get signature(): MethodSignature<TypeNode> {
    const blob = this.metadata.tables.Property.get(tokenRid(this.token), 'Type');
    return decodePropertySignature(this.metadata.blobs.reader(blob, 'the signature of a property'), typeNodes);
  }

  /** Nil where no type has it. */
  get declaringType(): TypeDefToken {
    return this.metadata.declaringType(this.token) as TypeDefToken;
  }

  get getter(): MethodDefToken | undefined {
    return accessorsOf(this.metadata, this.token, MethodSemanticsAttributes.Getter)[0];
  }

  get setter(): MethodDefToken | undefined {
    return accessorsOf(this.metadata, this.token, MethodSemanticsAttributes.Setter)[0];
  }

  get otherMethods(): MethodDefToken[] {
    return accessorsOf(this.metadata, this.token, MethodSemanticsAttributes.Other);
  }

  get constant(): ConstantValue | undefined {
    return constantOf(this.metadata, this.token);
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }
}
