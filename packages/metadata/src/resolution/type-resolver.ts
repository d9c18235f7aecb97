import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import {
  type AssemblyRefToken,
  type ExportedTypeToken,
  type FileToken,
  isNilToken,
  type ModuleRefToken,
  type Token,
  type TypeDefToken,
  type TypeRefToken,
  tokenRid,
  tokenTable,
} from '../tables/token.ts';
import { type AssemblyIdentity, formatAssemblyIdentity } from './assembly-identity.ts';
import type { AssemblyProvider } from './assembly-provider.ts';
import { assemblyIdentity, referencedAssembly } from './assembly-references.ts';
import type { TypeResolution, Unresolved, UnresolvedReason } from './resolution.ts';
import { TypeIndex } from './type-index.ts';

/** Forwarders and scopes are followed this far; a search that goes on is taken for a loop even where every step is new. */
const MAXIMUM_STEPS = 100;

/** One search from a reference to a definition, with its steps so far. */
interface Search {
  readonly visited: Set<string>;
  readonly forwarders: string[];
}

const qualified = (namespace: string, name: string): string => (namespace === '' ? name : `${namespace}.${name}`);

/** Finds the definitions of types across modules and assemblies (ECMA-335 II.22.38, II.22.14). A module is opened when a search needs it. */
export class TypeResolver {
  readonly #provider: AssemblyProvider;
  readonly #indexes = new Map<Metadata, TypeIndex>();
  readonly #serials = new Map<Metadata, number>();
  readonly #assemblies = new Map<string, Metadata | undefined>();
  readonly #modules = new Map<string, Metadata | undefined>();
  readonly #resolved = new Map<string, TypeResolution>();

  constructor(provider: AssemblyProvider) {
    this.#provider = provider;
  }

  /** The definition of a TypeDef, TypeRef or ExportedType token of a module. Throws `BadImageError` where a row cannot be read. */
  resolve(metadata: Metadata, token: Token): TypeResolution {
    const key = `${this.serial(metadata)}:${token}`;
    let resolution = this.#resolved.get(key);
    if (!resolution) {
      resolution = this.#follow(metadata, token, { visited: new Set(), forwarders: [] });
      this.#resolved.set(key, resolution);
    }
    return resolution;
  }

  /** The type of that name in an assembly, forwarders followed. `nested` are the names of types within types. */
  find(metadata: Metadata, namespace: string, name: string, nested: readonly string[] = []): TypeResolution {
    const search: Search = { visited: new Set(), forwarders: [] };
    let found = this.#findTopLevel(metadata, namespace, name, search);
    for (const inner of nested) found = this.#findNested(found, '', inner, search);
    return found;
  }

  /** The manifest module of an assembly that a module refers to; the module itself where it refers to its own assembly. */
  assembly(identity: AssemblyIdentity, from: Metadata): Metadata | undefined {
    const own = assemblyIdentity(from);
    const sameName = own?.name.toLowerCase() === identity.name.toLowerCase();
    if (sameName && (identity.publicKeyToken === undefined || identity.publicKeyToken === own?.publicKeyToken)) return from;
    const key = formatAssemblyIdentity(identity);
    if (!this.#assemblies.has(key)) this.#assemblies.set(key, this.#provider.assembly(identity, from));
    return this.#assemblies.get(key);
  }

  index(metadata: Metadata): TypeIndex {
    let index = this.#indexes.get(metadata);
    if (!index) {
      index = new TypeIndex(metadata);
      this.#indexes.set(metadata, index);
    }
    return index;
  }

  /** A number for each module that was met, to tell them apart in keys. */
  serial(metadata: Metadata): number {
    let serial = this.#serials.get(metadata);
    if (serial === undefined) {
      serial = this.#serials.size;
      this.#serials.set(metadata, serial);
    }
    return serial;
  }

  /** A module of the same assembly by file name. */
  module(fileName: string, from: Metadata): Metadata | undefined {
    const { Module } = from.tables;
    if (Module.rowCount > 0 && from.strings.get(Module.get(1, 'Name')).toLowerCase() === fileName.toLowerCase()) return from;
    const key = `${this.serial(from)}:${fileName}`;
    if (!this.#modules.has(key)) this.#modules.set(key, this.#provider.module?.(fileName, from));
    return this.#modules.get(key);
  }

  #fail(search: Search, reason: UnresolvedReason, name: string): Unresolved {
    return { kind: 'unresolved', reason, name, forwarders: search.forwarders };
  }

  /** Whether this step of a search is new, and the search not too long. */
  #enter(search: Search, step: string): boolean {
    if (search.visited.has(step) || search.visited.size >= MAXIMUM_STEPS) return false;
    search.visited.add(step);
    return true;
  }

  #follow(metadata: Metadata, token: Token, search: Search): TypeResolution {
    if (isNilToken(token)) return this.#fail(search, 'notAReference', '');
    switch (tokenTable(token)) {
      case TableId.TypeDef:
        return { kind: 'type', metadata, token: token as TypeDefToken, forwarders: search.forwarders };
      case TableId.TypeRef:
        return this.#followReference(metadata, token as TypeRefToken, search);
      case TableId.ExportedType:
        return this.#followExported(metadata, token as ExportedTypeToken, search);
      default:
        return this.#fail(search, 'notAReference', '');
    }
  }

  #followReference(metadata: Metadata, token: TypeRefToken, search: Search): TypeResolution {
    const { TypeRef, ModuleRef } = metadata.tables;
    const rid = tokenRid(token);
    const namespace = metadata.strings.get(TypeRef.get(rid, 'Namespace'));
    const name = metadata.strings.get(TypeRef.get(rid, 'Name'));
    if (!this.#enter(search, `r${this.serial(metadata)}:${rid}`)) return this.#fail(search, 'loop', qualified(namespace, name));
    const scope = TypeRef.column('ResolutionScope').token(rid);
    if (isNilToken(scope)) return this.#findTopLevel(metadata, namespace, name, search);
    switch (tokenTable(scope)) {
      case TableId.TypeRef:
        return this.#findNested(this.#follow(metadata, scope, search), namespace, name, search);
      case TableId.AssemblyRef:
        return this.#inAssembly(metadata, scope as AssemblyRefToken, namespace, name, search);
      case TableId.ModuleRef:
        return this.#inModule(
          metadata,
          metadata.strings.get(ModuleRef.get(tokenRid(scope as ModuleRefToken), 'Name')),
          namespace,
          name,
          search,
        );
      default:
        return this.#findTopLevel(metadata, namespace, name, search);
    }
  }

  /** A forwarder leads to an assembly, a type of a netmodule to a file, a nested one to the exported type around it. */
  #followExported(metadata: Metadata, token: ExportedTypeToken, search: Search): TypeResolution {
    const { ExportedType, File } = metadata.tables;
    const rid = tokenRid(token);
    const namespace = metadata.strings.get(ExportedType.get(rid, 'TypeNamespace'));
    const name = metadata.strings.get(ExportedType.get(rid, 'TypeName'));
    if (!this.#enter(search, `e${this.serial(metadata)}:${rid}`)) return this.#fail(search, 'loop', qualified(namespace, name));
    const implementation = ExportedType.column('Implementation').token(rid);
    switch (isNilToken(implementation) ? -1 : tokenTable(implementation)) {
      case TableId.ExportedType:
        return this.#findNested(this.#follow(metadata, implementation, search), namespace, name, search);
      case TableId.AssemblyRef:
        search.forwarders.push(assemblyIdentity(metadata)?.name ?? '');
        return this.#inAssembly(metadata, implementation as AssemblyRefToken, namespace, name, search);
      case TableId.File:
        return this.#inModule(
          metadata,
          metadata.strings.get(File.get(tokenRid(implementation as FileToken), 'Name')),
          namespace,
          name,
          search,
        );
      default:
        return this.#fail(search, 'typeNotFound', qualified(namespace, name));
    }
  }

  #inAssembly(from: Metadata, reference: AssemblyRefToken, namespace: string, name: string, search: Search): TypeResolution {
    const identity = referencedAssembly(from, reference);
    const assembly = this.assembly(identity, from);
    if (!assembly) return this.#fail(search, 'assemblyNotFound', formatAssemblyIdentity(identity));
    return this.#findTopLevel(assembly, namespace, name, search);
  }

  #inModule(from: Metadata, fileName: string, namespace: string, name: string, search: Search): TypeResolution {
    const module = this.module(fileName, from);
    if (!module) return this.#fail(search, 'moduleNotFound', fileName);
    return this.#findTopLevel(module, namespace, name, search);
  }

  #findTopLevel(metadata: Metadata, namespace: string, name: string, search: Search): TypeResolution {
    const index = this.index(metadata);
    const token = index.find(namespace, name);
    if (token !== undefined) return { kind: 'type', metadata, token, forwarders: search.forwarders };
    const exported = index.findExported(namespace, name);
    if (exported !== undefined) return this.#followExported(metadata, exported, search);
    return this.#fail(search, 'typeNotFound', qualified(namespace, name));
  }

  #findNested(enclosing: TypeResolution, namespace: string, name: string, search: Search): TypeResolution {
    if (enclosing.kind === 'unresolved') return enclosing;
    const token = this.index(enclosing.metadata).find(namespace, name, enclosing.token);
    if (token === undefined) return this.#fail(search, 'typeNotFound', qualified(namespace, name));
    return { kind: 'type', metadata: enclosing.metadata, token, forwarders: search.forwarders };
  }
}
