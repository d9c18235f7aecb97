import type { Metadata } from '../metadata.ts';
import type { FieldToken, MethodDefToken, TypeDefToken } from '../tables/token.ts';

/** The reason why a reference cannot be resolved. */
export type UnresolvedReason =
  | 'assemblyNotFound'
  | 'moduleNotFound'
  | 'typeNotFound'
  | 'memberNotFound'
  /** Forwarders, or scopes of nested types, lead back to themselves. */
  | 'loop'
  /** The token is nil, or of a table that refers to nothing of the kind, such as a TypeSpec of an array. */
  | 'notAReference';

export interface Unresolved {
  readonly kind: 'unresolved';
  readonly reason: UnresolvedReason;
  /** The last item of the search: the name of an assembly, a file, a type or a member. */
  readonly name: string;
  /** The assemblies that forwarded the search, in order. */
  readonly forwarders: readonly string[];
}

export interface ResolvedType {
  readonly kind: 'type';
  readonly metadata: Metadata;
  readonly token: TypeDefToken;
  /** The assemblies that forwarded the search, in order. */
  readonly forwarders: readonly string[];
}

export type TypeResolution = ResolvedType | Unresolved;

export type MemberResolution =
  | { readonly kind: 'method'; readonly metadata: Metadata; readonly token: MethodDefToken }
  | { readonly kind: 'field'; readonly metadata: Metadata; readonly token: FieldToken }
  /** The runtime itself provides `Get`, `Set`, `Address` and the constructors of arrays. */
  | { readonly kind: 'arrayMethod' }
  | Unresolved;
