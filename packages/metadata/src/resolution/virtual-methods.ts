import type { Metadata } from '../metadata.ts';
import { MethodAttributes } from '../tables/metadata-flags.ts';
import { TableId } from '../tables/table-id.ts';
import {
  isTokenOf,
  type MemberRefToken,
  type MethodDefToken,
  makeToken,
  type Token,
  type TypeDefToken,
  tokenRid,
} from '../tables/token.ts';
import { type DeclaredMembers, MAXIMUM_BASES, type SearchedType } from './declared-members.ts';
import type { MemberResolution } from './resolution.ts';
import type { SignatureIdentity } from './signature-identity.ts';

/** A method of a module. */
export interface MethodOfModule {
  readonly metadata: Metadata;
  readonly token: MethodDefToken;
}

/** Resolves a MemberRef: `Resolver.member`. */
type ResolveMember = (metadata: Metadata, token: MemberRefToken) => MemberResolution;

/** Which methods override a virtual method, or implement one of an interface (ECMA-335 II.10.3, II.12.2). */
export class VirtualMethods {
  readonly #resolve: ResolveMember;
  readonly #signatures: SignatureIdentity;
  readonly #members: DeclaredMembers;

  constructor(resolve: ResolveMember, signatures: SignatureIdentity, members: DeclaredMembers) {
    this.#resolve = resolve;
    this.#signatures = signatures;
    this.#members = members;
  }

  /** The method of a base type whose slot a method takes by its name and signature; the nearest one. @throws BadImageError */
  overridden(metadata: Metadata, method: MethodDefToken): MethodOfModule | undefined {
    const { MethodDef } = metadata.tables;
    const flags = MethodDef.get(tokenRid(method), 'Flags');
    if ((flags & MethodAttributes.Virtual) === 0 || (flags & MethodAttributes.NewSlot) !== 0) return undefined;
    const name = metadata.strings.get(MethodDef.get(tokenRid(method), 'Name'));
    const signature = this.#signatures.of(metadata, MethodDef.get(tokenRid(method), 'Signature'));
    const base = this.#members.base(searched(metadata, metadata.declaringType(method)));
    return base?.kind === 'type' ? this.#virtualOf(base, name, signature) : undefined;
  }

  /** The methods that MethodImpl rows say a body stands for, each with that body. @throws BadImageError */
  *explicit(metadata: Metadata): Generator<{ readonly body: Token; readonly declaration: MethodOfModule }> {
    const { MethodImpl } = metadata.tables;
    const [bodies, declarations] = [MethodImpl.column('MethodBody'), MethodImpl.column('MethodDeclaration')];
    for (let rid = 1; rid <= MethodImpl.rowCount; rid++) {
      const declaration = this.#method(metadata, declarations.token(rid));
      if (declaration !== undefined) yield { body: bodies.token(rid), declaration };
    }
  }

  /**
   * The method that a type has for a method of one of its interfaces by name and signature: its own or an inherited one.
   * @param interfaceType a TypeDef, TypeRef or TypeSpec of the module of `type`
   * @throws BadImageError
   */
  implementation(metadata: Metadata, type: TypeDefToken, interfaceType: Token, method: MethodOfModule): MethodOfModule | undefined {
    const implemented = this.#members.constructed(metadata, interfaceType);
    if (implemented?.kind !== 'type') return undefined;
    const { MethodDef } = method.metadata.tables;
    const name = method.metadata.strings.get(MethodDef.get(tokenRid(method.token), 'Name'));
    const signature = this.#signatures.of(method.metadata, MethodDef.get(tokenRid(method.token), 'Signature'), implemented.typeArguments);
    return this.#virtualOf(searched(metadata, type), name, signature);
  }

  #virtualOf(start: SearchedType, name: string, signature: string): MethodOfModule | undefined {
    let type: SearchedType | undefined = start;
    for (let step = 0; type !== undefined && step < MAXIMUM_BASES; step++) {
      const found = this.#members.find(type, name, signature);
      if (found?.kind === 'method' && isVirtual(found)) return found;
      const base: ReturnType<DeclaredMembers['base']> = this.#members.base(type);
      type = base?.kind === 'type' ? base : undefined;
    }
    return undefined;
  }

  #method(metadata: Metadata, token: Token): MethodOfModule | undefined {
    if (isTokenOf(token, 'MethodDef')) return { metadata, token };
    const found = isTokenOf(token, 'MemberRef') ? this.#resolve(metadata, token) : undefined;
    return found?.kind === 'method' ? found : undefined;
  }
}

const searched = (metadata: Metadata, token: TypeDefToken): SearchedType => ({
  kind: 'type',
  metadata,
  token: makeToken(TableId.TypeDef, tokenRid(token)),
  forwarders: [],
  typeArguments: undefined,
});

const isVirtual = ({ metadata, token }: MethodOfModule): boolean =>
  (metadata.tables.MethodDef.get(tokenRid(token), 'Flags') & MethodAttributes.Virtual) !== 0;
