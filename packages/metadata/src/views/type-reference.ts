import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { type ExportedTypeToken, type Token, type TypeRefToken, tokenRid } from '../tables/token.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';

/** A row of TypeRef (ECMA-335 II.22.38). A `Resolver` finds the definition. Getters read when asked and throw `BadImageError`. */
export class TypeReference {
  readonly metadata: Metadata;
  readonly token: TypeRefToken;

  constructor(metadata: Metadata, token: TypeRefToken) {
    this.metadata = metadata;
    this.token = token;
  }

  get name(): string {
    return this.metadata.strings.get(this.metadata.tables.TypeRef.get(tokenRid(this.token), 'Name'));
  }

  get namespace(): string {
    return this.metadata.strings.get(this.metadata.tables.TypeRef.get(tokenRid(this.token), 'Namespace'));
  }

  /** `Namespace.Outer/Inner`. */
  get fullName(): string {
    return typeFullName(this.metadata, this.token);
  }

  /** A Module, ModuleRef, AssemblyRef, or TypeRef (the type around a nested one); nil: look in the exported types. */
  get scope(): Token {
    return this.metadata.tables.TypeRef.column('ResolutionScope').token(tokenRid(this.token));
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }
}

/** A row of ExportedType (ECMA-335 II.22.14): a forwarder, or a type in another file of the assembly. */
export class ExportedType {
  readonly metadata: Metadata;
  readonly token: ExportedTypeToken;

  constructor(metadata: Metadata, token: ExportedTypeToken) {
    this.metadata = metadata;
    this.token = token;
  }

  /** `Namespace.Outer/Inner`. */
  get fullName(): string {
    return typeFullName(this.metadata, this.token);
  }

  /** `TypeAttributes`; `IsTypeForwarder` among them. */
  get flags(): number {
    return this.metadata.tables.ExportedType.get(tokenRid(this.token), 'Flags');
  }

  /** A File, AssemblyRef or ExportedType (the type around a nested one). */
  get implementation(): Token {
    return this.metadata.tables.ExportedType.column('Implementation').token(tokenRid(this.token));
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }
}
