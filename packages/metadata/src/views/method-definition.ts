import type { Metadata } from '../metadata.ts';
import { methodFullName } from '../names/method-full-name.ts';
import { methodSignatureOf } from '../names/method-signature-text.ts';
import type { MethodSignature } from '../signatures/signature-type-provider.ts';
import type { TypeNode } from '../signatures/type-node.ts';
import { TableId } from '../tables/table-id.ts';
import { type MethodDefToken, makeToken, type Token, type TypeDefToken, tokenRid } from '../tables/token.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';
import { type GenericParameter, genericParameters } from './generic-parameter.ts';
import { ParameterDefinition } from './parameter-definition.ts';
import { type PlatformInvoke, platformInvokeOf } from './platform-invoke.ts';
import { type SecurityDeclaration, securityDeclarations } from './security-declaration.ts';

/** A row of MethodDef (ECMA-335 II.22.26). Getters read when asked and throw `BadImageError`. */
export class MethodDefinition {
  readonly metadata: Metadata;
  readonly token: MethodDefToken;

  constructor(metadata: Metadata, token: MethodDefToken) {
    this.metadata = metadata;
    this.token = token;
  }

  get name(): string {
    return this.metadata.strings.get(this.metadata.tables.MethodDef.get(tokenRid(this.token), 'Name'));
  }

  /** `Namespace.Type::Name`. */
  get fullName(): string {
    return methodFullName(this.metadata, this.token);
  }

  /** Of the body, IL or native; 0 for none. */
  get rva(): number {
    return this.metadata.tables.MethodDef.get(tokenRid(this.token), 'RVA');
  }

  /** `MethodAttributes`. */
  get flags(): number {
    return this.metadata.tables.MethodDef.get(tokenRid(this.token), 'Flags');
  }

  /** `MethodImplAttributes`. */
  get implementationFlags(): number {
    return this.metadata.tables.MethodDef.get(tokenRid(this.token), 'ImplFlags');
  }

  get signature(): MethodSignature<TypeNode> {
    return methodSignatureOf(this.metadata, this.token);
  }

  /** Nil where no type has it. */
  get declaringType(): TypeDefToken {
    return this.metadata.declaringType(this.token) as TypeDefToken;
  }

  /** The Param rows, which need not be there for every parameter; the return value has sequence 0. */
  get parameters(): ParameterDefinition[] {
    return Array.from(
      this.metadata.paramsOf(tokenRid(this.token)),
      (rid) => new ParameterDefinition(this.metadata, makeToken(TableId.Param, rid)),
    );
  }

  get genericParameters(): GenericParameter[] {
    return genericParameters(this.metadata, this.token);
  }

  get platformInvoke(): PlatformInvoke | undefined {
    return platformInvokeOf(this.metadata, this.token);
  }

  /** The properties and events that it is an accessor of, with its role (`MethodSemanticsAttributes`). */
  get semantics(): { readonly role: number; readonly association: Token }[] {
    const { MethodSemantics } = this.metadata.tables;
    return Array.from(this.metadata.semanticsOfMethod(tokenRid(this.token)), (rid) => ({
      role: MethodSemantics.get(rid, 'Semantics'),
      association: MethodSemantics.column('Association').token(rid),
    }));
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }

  get securityDeclarations(): SecurityDeclaration[] {
    return securityDeclarations(this.metadata, this.token);
  }
}
