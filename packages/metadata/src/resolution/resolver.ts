import type { EnumReference } from '../attributes/attribute-type.ts';
import type { EnumUnderlyingTypeName } from '../enumeration.ts';
import { enumUnderlyingType } from '../enumeration.ts';
import type { Metadata } from '../metadata.ts';
import { tryParseSerializedTypeName } from '../names/serialized-type-name.ts';
import { TableId } from '../tables/table-id.ts';
import { isNilToken, type MemberRefToken, type MethodDefToken, makeToken, type Token, tokenRid, tokenTable } from '../tables/token.ts';
import { parseAssemblyIdentity } from './assembly-identity.ts';
import type { AssemblyProvider } from './assembly-provider.ts';
import { referencedAssembly } from './assembly-references.ts';
import { DeclaredMembers, MAXIMUM_BASES, type SearchedType } from './declared-members.ts';
import type { MemberResolution, TypeResolution, Unresolved, UnresolvedReason } from './resolution.ts';
import { SignatureIdentity } from './signature-identity.ts';
import { TypeResolver } from './type-resolver.ts';
import { VirtualMethods } from './virtual-methods.ts';

/** Where reflection looks for a type that names no assembly, after the assembly that names it. */
const CORE_LIBRARIES: ReadonlySet<string> = new Set(['system.private.corelib', 'system.runtime', 'mscorlib', 'netstandard']);

const unresolved = (reason: UnresolvedReason, name: string): Unresolved => ({ kind: 'unresolved', reason, name, forwarders: [] });

/**
 * Resolves references across modules and assemblies, which an `AssemblyProvider` supplies. Everything is resolved at its first use and kept. Methods
 * throw `BadImageError` where a row on the way cannot be read; a missing item is an `Unresolved`.
 */
export class Resolver {
  readonly types: TypeResolver;
  readonly #signatures: SignatureIdentity;
  readonly #members: DeclaredMembers;
  /** The methods that override or implement others. */
  readonly virtualMethods: VirtualMethods;

  constructor(provider: AssemblyProvider) {
    this.types = new TypeResolver(provider);
    this.#signatures = new SignatureIdentity(this.types);
    this.#members = new DeclaredMembers(this.types, this.#signatures);
    this.virtualMethods = new VirtualMethods((metadata, token) => this.member(metadata, token), this.#signatures, this.#members);
  }

  /** The definition of a TypeDef, TypeRef or ExportedType; of a TypeSpec, the generic type that it constructs. */
  type(metadata: Metadata, token: Token): TypeResolution {
    if (tokenTable(token) !== TableId.TypeSpec || isNilToken(token)) return this.types.resolve(metadata, token);
    const constructed = this.#signatures.typeSpec(metadata, token);
    if (constructed === undefined || constructed === 'array') return unresolved('notAReference', '');
    return this.types.resolve(metadata, constructed.definition);
  }

  /** The field or method that a MemberRef means (ECMA-335 II.22.25), in the type it names or in one of the base types. */
  member(metadata: Metadata, token: MemberRefToken): MemberResolution {
    const { MemberRef, ModuleRef } = metadata.tables;
    const rid = tokenRid(token);
    const parent = MemberRef.column('Class').token(rid);
    const name = metadata.strings.get(MemberRef.get(rid, 'Name'));
    if (isNilToken(parent)) return unresolved('notAReference', name);
    switch (tokenTable(parent)) {
      case TableId.MethodDef:
        return { kind: 'method', metadata, token: parent as MethodDefToken };
      case TableId.ModuleRef: {
        const fileName = metadata.strings.get(ModuleRef.get(tokenRid(parent), 'Name'));
        const module = this.types.module(fileName, metadata);
        if (!module) return unresolved('moduleNotFound', fileName);
        return this.#inType(metadata, rid, {
          kind: 'type',
          metadata: module,
          token: makeToken(TableId.TypeDef, 1),
          forwarders: [],
          typeArguments: undefined,
        });
      }
      case TableId.TypeSpec:
        if (this.#signatures.typeSpec(metadata, parent) === 'array') return { kind: 'arrayMethod' };
        return this.#memberOf(metadata, rid, this.type(metadata, parent));
      default:
        return this.#memberOf(metadata, rid, this.type(metadata, parent));
    }
  }

  /** The underlying type of an enumeration that an attribute of a module refers to, for an `AttributeDecoder`. */
  enumUnderlyingType(metadata: Metadata, reference: EnumReference): EnumUnderlyingTypeName | undefined {
    const type = reference.kind === 'token' ? this.type(metadata, reference.token) : this.serializedType(metadata, reference.name);
    return type.kind === 'type' ? enumUnderlyingType(type.metadata, type.token) : undefined;
  }

  /** The definition of a type by its serialized name, as an attribute of a module has it: a plain type or the generic type of a constructed one. */
  serializedType(metadata: Metadata, name: string): TypeResolution {
    const parsed = tryParseSerializedTypeName(name);
    const type = parsed?.type.kind === 'generic' ? parsed.type.definition : parsed?.type;
    if (type?.kind !== 'named') return unresolved('notAReference', name);
    if (parsed?.assembly !== undefined) {
      const assembly = this.types.assembly(parseAssemblyIdentity(parsed.assembly), metadata);
      return assembly ? this.types.find(assembly, type.namespace, type.name, type.nested) : unresolved('assemblyNotFound', parsed.assembly);
    }
    const own = this.types.find(metadata, type.namespace, type.name, type.nested);
    const core = own.kind === 'type' ? undefined : this.#coreLibrary(metadata);
    return core ? this.types.find(core, type.namespace, type.name, type.nested) : own;
  }

  #coreLibrary(metadata: Metadata): Metadata | undefined {
    const { AssemblyRef } = metadata.tables;
    for (let rid = 1; rid <= AssemblyRef.rowCount; rid++) {
      const identity = referencedAssembly(metadata, makeToken(TableId.AssemblyRef, rid));
      if (CORE_LIBRARIES.has(identity.name.toLowerCase())) return this.types.assembly(identity, metadata);
    }
    return undefined;
  }

  #memberOf(metadata: Metadata, memberRef: number, type: TypeResolution): MemberResolution {
    return type.kind === 'type' ? this.#inType(metadata, memberRef, { ...type, typeArguments: undefined }) : type;
  }

  #inType(metadata: Metadata, memberRef: number, start: SearchedType): MemberResolution {
    const { MemberRef } = metadata.tables;
    const name = metadata.strings.get(MemberRef.get(memberRef, 'Name'));
    const signature = this.#signatures.of(metadata, MemberRef.get(memberRef, 'Signature'));
    let type: SearchedType | Unresolved = start;
    for (let step = 0; step < MAXIMUM_BASES; step++) {
      if (type.kind === 'unresolved') return type;
      const found = this.#members.find(type, name, signature);
      if (found) return found;
      const base = this.#members.base(type);
      if (!base) return unresolved('memberNotFound', name);
      type = base;
    }
    return unresolved('loop', name);
  }
}
