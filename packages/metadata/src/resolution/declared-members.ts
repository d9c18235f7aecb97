import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import { isNilToken, makeToken, type Token, tokenRid, tokenTable } from '../tables/token.ts';
import type { MemberResolution, ResolvedType, Unresolved } from './resolution.ts';
import type { SignatureIdentity } from './signature-identity.ts';
import type { TypeResolver } from './type-resolver.ts';

/** Longer chains of base types are taken for loops. */
export const MAXIMUM_BASES = 200;

/** A type whose members are searched, with the generic arguments that it was reached with. */
export interface SearchedType extends ResolvedType {
  readonly typeArguments: readonly string[] | undefined;
}

/** The members of a type and of its base types, compared by name and by the identity of the signature. */
export class DeclaredMembers {
  readonly #types: TypeResolver;
  readonly #signatures: SignatureIdentity;

  constructor(types: TypeResolver, signatures: SignatureIdentity) {
    this.#types = types;
    this.#signatures = signatures;
  }

  /** The field or method that the type itself declares. */
  find({ metadata, token, typeArguments }: SearchedType, name: string, signature: string): MemberResolution | undefined {
    const { Field, MethodDef } = metadata.tables;
    const rid = tokenRid(token);
    if (signature.startsWith('field ')) {
      for (const field of metadata.fieldsOf(rid)) {
        if (metadata.strings.get(Field.get(field, 'Name')) !== name) continue;
        if (this.#signatures.of(metadata, Field.get(field, 'Signature'), typeArguments) !== signature) continue;
        return { kind: 'field', metadata, token: makeToken(TableId.Field, field) };
      }
      return undefined;
    }
    for (const method of metadata.methodsOf(rid)) {
      if (metadata.strings.get(MethodDef.get(method, 'Name')) !== name) continue;
      if (this.#signatures.of(metadata, MethodDef.get(method, 'Signature'), typeArguments) !== signature) continue;
      return { kind: 'method', metadata, token: makeToken(TableId.MethodDef, method) };
    }
    return undefined;
  }

  /** The base type with its arguments said in terms of the type that the search began with. */
  base({ metadata, token, typeArguments }: SearchedType): SearchedType | Unresolved | undefined {
    const base = metadata.tables.TypeDef.column('Extends').token(tokenRid(token));
    return isNilToken(base) ? undefined : this.constructed(metadata, base, typeArguments);
  }

  /** The type that a TypeDef, TypeRef or TypeSpec names, with its generic arguments; `undefined` for what has no members. */
  constructed(metadata: Metadata, token: Token, typeArguments?: readonly string[]): SearchedType | Unresolved | undefined {
    if (tokenTable(token) !== TableId.TypeSpec) {
      const type = this.#types.resolve(metadata, token);
      return type.kind === 'type' ? { ...type, typeArguments: undefined } : type;
    }
    const constructed = this.#signatures.typeSpec(metadata, token, typeArguments);
    if (constructed === undefined || constructed === 'array') return undefined;
    const type = this.#types.resolve(metadata, constructed.definition);
    return type.kind === 'type' ? { ...type, typeArguments: constructed.arguments } : type;
  }
}
