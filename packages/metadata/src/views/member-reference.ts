import type { Metadata } from '../metadata.ts';
import { methodFullName } from '../names/method-full-name.ts';
import { methodSignatureOf } from '../names/method-signature-text.ts';
import { decodeFieldSignature } from '../signatures/decode-signature.ts';
import { signatureKindOf } from '../signatures/signature-header.ts';
import type { MethodSignature } from '../signatures/signature-type-provider.ts';
import { type TypeNode, typeNodes } from '../signatures/type-node.ts';
import { type MemberRefToken, type Token, tokenRid } from '../tables/token.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';

/** A row of MemberRef (ECMA-335 II.22.25). A `Resolver` finds the definition. Getters read when asked and throw `BadImageError`. */
export class MemberReference {
  readonly metadata: Metadata;
  readonly token: MemberRefToken;

  constructor(metadata: Metadata, token: MemberRefToken) {
    this.metadata = metadata;
    this.token = token;
  }

  get name(): string {
    return this.metadata.strings.get(this.metadata.tables.MemberRef.get(tokenRid(this.token), 'Name'));
  }

  /** `Namespace.Type::Name`. */
  get fullName(): string {
    return methodFullName(this.metadata, this.token);
  }

  /** A TypeDef, TypeRef, TypeSpec, ModuleRef, or MethodDef (a call with variable arguments). */
  get parent(): Token {
    return this.metadata.tables.MemberRef.column('Class').token(tokenRid(this.token));
  }

  get kind(): 'field' | 'method' {
    const blob = this.metadata.blobs.get(this.#signature);
    return blob.length > 0 && signatureKindOf(blob[0]!) === 'field' ? 'field' : 'method';
  }

  /** Of a method. */
  get signature(): MethodSignature<TypeNode> {
    return methodSignatureOf(this.metadata, this.token);
  }

  /** Of a field. */
  get fieldType(): TypeNode {
    return decodeFieldSignature(this.metadata.blobs.reader(this.#signature, 'the signature of a field'), typeNodes);
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }

  get #signature(): number {
    return this.metadata.tables.MemberRef.get(tokenRid(this.token), 'Signature');
  }
}
