import { type TargetRuntime, targetRuntime } from '@ijw/assembly/runtime-profiles';
import { ByteReader, ifReadable } from '@ijw/binary';
import { isTokenOf, type Metadata, makeToken, methodFullName, PInvokeAttributes, TableId, tokenRid } from '@ijw/metadata';
import { customAttributesOfType } from '@ijw/metadata/attributes';
import { type AssemblyIdentity, assemblyIdentity, referencedAssembly } from '@ijw/metadata/resolution';
import type { PEImage } from '@ijw/pe';
import { isEmbeddedAssembly } from './embedded-assemblies.ts';
import type { TextPool } from './text-pool.ts';

/** A method that is found by name in a library. */
export interface PInvokeFacts {
  /** `Namespace.Type::Name`. */
  readonly method: string;
  readonly library: string;
  /** A name, or `#` and an ordinal. */
  readonly entryPoint: string;
  /** Only this name is looked for: not the one with A or W after it. */
  readonly exact: boolean;
  readonly wide: boolean;
  readonly stdcall: boolean;
  /** DefaultDllImportSearchPaths of the method or the assembly; `undefined` without one. */
  readonly searchPaths: number | undefined;
}

/** An assembly that a module refers to, with the types that it takes from there. */
export interface AssemblyUse {
  readonly identity: AssemblyIdentity;
  /** `Namespace.Name`, nested ones left out. */
  readonly types: readonly string[];
}

/** What is known of an assembly without its bytes. */
export interface ManagedFacts {
  readonly identity: AssemblyIdentity | undefined;
  readonly target: TargetRuntime;
  readonly metadataVersion: string;
  readonly references: readonly AssemblyUse[];
  readonly pinvokes: readonly PInvokeFacts[];
  /** Types that stand in no other, and the assemblies that the others are forwarded to. */
  readonly types: ReadonlySet<string>;
  readonly forwards: ReadonlyMap<string, string>;
  /** Names of manifest resources that hold an assembly: `costura.name.dll.compressed`. */
  readonly embedded: readonly string[];
  /** It asks which operating system it runs on. */
  readonly asksForSystem: boolean;
  /** It makes AssemblyLoadContexts that can be unloaded. */
  readonly makesCollectible: boolean;
}

/** Reads the tables that say what an assembly needs. @throws BadImageError */
export function managedFacts(image: PEImage, metadata: Metadata, pool: TextPool): ManagedFacts {
  const references = assemblyUses(metadata, pool);
  const taken = new Set(references.flatMap(({ types }) => types));
  return {
    identity: ifReadable(() => kept(assemblyIdentity(metadata), pool)),
    target: targetRuntime(image, metadata),
    metadataVersion: metadata.root.version,
    references,
    pinvokes: ifReadable(() => readPInvokes(metadata, pool)) ?? [],
    types: definedTypes(metadata, pool),
    forwards: forwardedTypes(metadata, pool),
    embedded: embeddedAssemblies(metadata).map((name) => pool.keep(name)),
    asksForSystem: SYSTEM_TYPES.some((name) => taken.has(name)),
    makesCollectible: taken.has('System.Runtime.Loader.AssemblyLoadContext') && makesCollectible(metadata),
  };
}

const SYSTEM_TYPES = [
  'System.OperatingSystem',
  'System.PlatformID',
  'System.Runtime.InteropServices.RuntimeInformation',
  'System.Runtime.InteropServices.OSPlatform',
  'System.Runtime.Versioning.SupportedOSPlatformAttribute',
  'System.Runtime.Versioning.UnsupportedOSPlatformAttribute',
];

/** An identity whose texts do not hold the heap they are from. */
const kept = <I extends AssemblyIdentity | undefined>(identity: I, pool: TextPool): I =>
  identity && { ...identity, name: pool.keep(identity.name) };

function assemblyUses(metadata: Metadata, pool: TextPool): readonly AssemblyUse[] {
  const { AssemblyRef, TypeRef } = metadata.tables;
  const uses = Array.from({ length: AssemblyRef.rowCount }, (_, index) => {
    const types: string[] = [];
    return { identity: kept(referencedAssembly(metadata, makeToken(TableId.AssemblyRef, index + 1)), pool), types };
  });
  const [scope, namespace, name] = [TypeRef.column('ResolutionScope'), TypeRef.column('Namespace'), TypeRef.column('Name')];
  for (let rid = 1; rid <= TypeRef.rowCount; rid++) {
    const token = scope.tokenOrBad(rid);
    if (token === -1 || !isTokenOf(token, 'AssemblyRef')) continue;
    const text = ifReadable(() => pool.join(metadata.strings.get(namespace.at(rid)), metadata.strings.get(name.at(rid))));
    if (text !== undefined) uses[tokenRid(token) - 1]?.types.push(text);
  }
  return uses;
}

function definedTypes(metadata: Metadata, pool: TextPool): ReadonlySet<string> {
  const { TypeDef, NestedClass } = metadata.tables;
  const nested = new Set<number>();
  const column = NestedClass.column('NestedClass');
  for (let rid = 1; rid <= NestedClass.rowCount; rid++) nested.add(column.at(rid));
  const [namespace, name] = [TypeDef.column('Namespace'), TypeDef.column('Name')];
  const types = new Set<string>();
  for (let rid = 1; rid <= TypeDef.rowCount; rid++) {
    if (nested.has(rid)) continue;
    const text = ifReadable(() => pool.join(metadata.strings.get(namespace.at(rid)), metadata.strings.get(name.at(rid))));
    if (text !== undefined) types.add(text);
  }
  return types;
}

/** ECMA-335 II.22.14: rows of ExportedType whose Implementation is an AssemblyRef. Those of other modules count as defined here: as an empty name. */
function forwardedTypes(metadata: Metadata, pool: TextPool): ReadonlyMap<string, string> {
  const { ExportedType, AssemblyRef } = metadata.tables;
  const [implementation, namespace, name] = ['Implementation', 'TypeNamespace', 'TypeName'].map((column) =>
    ExportedType.column(column as 'TypeName'),
  ) as [ReturnType<typeof ExportedType.column>, ReturnType<typeof ExportedType.column>, ReturnType<typeof ExportedType.column>];
  const forwards = new Map<string, string>();
  for (let rid = 1; rid <= ExportedType.rowCount; rid++) {
    ifReadable(() => {
      const token = implementation.token(rid);
      if (isTokenOf(token, 'ExportedType')) return;
      const to = isTokenOf(token, 'AssemblyRef') ? metadata.strings.get(AssemblyRef.get(tokenRid(token), 'Name')) : '';
      forwards.set(pool.join(metadata.strings.get(namespace.at(rid)), metadata.strings.get(name.at(rid))), pool.keep(to));
    });
  }
  return forwards;
}

/** `__Internal` is the program itself, `QCall` and `*` are the runtime (dotnet/runtime `src/coreclr/vm/dllimport.cpp`), hostpolicy runs in every process. Mono's own
 * library is asked for to find out whether Mono runs. */
const OF_RUNTIME = /^(?:|qcall|\*|__internal|(?:lib)?hostpolicy|mono-2\.0-\w+(?:\.dll)?)$/i;

function readPInvokes(metadata: Metadata, pool: TextPool): readonly PInvokeFacts[] {
  const { ImplMap, ModuleRef, MethodDef } = metadata.tables;
  const forwarded = ImplMap.column('MemberForwarded');
  const searchPaths = searchPathsOf(metadata);
  const assemblyPaths = searchPaths.get(makeToken(TableId.Assembly, 1));
  const pinvokes: PInvokeFacts[] = [];
  for (let rid = 1; rid <= ImplMap.rowCount; rid++) {
    ifReadable(() => {
      const { MappingFlags: flags, ImportName, ImportScope } = ImplMap.row(rid);
      const member = forwarded.token(rid);
      const library = ImportScope === 0 ? '' : metadata.strings.get(ModuleRef.get(tokenRid(ImportScope), 'Name'));
      if (!isTokenOf(member, 'MethodDef') || OF_RUNTIME.test(library) || MethodDef.get(tokenRid(member), 'RVA') !== 0) return;
      const method = methodFullName(metadata, member);
      pinvokes.push({
        method: pool.keep(method),
        library: pool.keep(library),
        entryPoint: pool.keep(metadata.strings.get(ImportName) || metadata.strings.get(MethodDef.get(tokenRid(member), 'Name'))),
        exact: (flags & PInvokeAttributes.NoMangle) !== 0,
        wide: (flags & PInvokeAttributes.CharSetMask) >= PInvokeAttributes.CharSetUnicode,
        stdcall: isStdcall(flags),
        searchPaths: searchPaths.get(member) ?? assemblyPaths,
      });
    });
  }
  return pinvokes;
}

/** Winapi is stdcall on Windows. */
const isStdcall = (flags: number): boolean => {
  const convention = flags & PInvokeAttributes.CallConvMask;
  return convention === PInvokeAttributes.CallConvStdcall || convention === PInvokeAttributes.CallConvPlatformapi;
};

/** DefaultDllImportSearchPathsAttribute (System.Runtime.InteropServices), by what it is on. */
function searchPathsOf(metadata: Metadata): ReadonlyMap<number, number> {
  const { CustomAttribute } = metadata.tables;
  const found = new Map<number, number>();
  for (const rid of customAttributesOfType(metadata, 'System.Runtime.InteropServices.DefaultDllImportSearchPathsAttribute')) {
    ifReadable(() => {
      const reader = new ByteReader(metadata.blobs.get(CustomAttribute.get(rid, 'Value')), { reading: 'DefaultDllImportSearchPaths' });
      reader.skip(2);
      found.set(CustomAttribute.column('Parent').token(rid), reader.u32());
    });
  }
  return found;
}

function embeddedAssemblies(metadata: Metadata): readonly string[] {
  const { ManifestResource } = metadata.tables;
  const names = Array.from({ length: ManifestResource.rowCount }, (_, index) =>
    ifReadable(() => metadata.strings.get(ManifestResource.get(index + 1, 'Name'))),
  );
  return names.filter((name): name is string => name !== undefined && isEmbeddedAssembly(name));
}

/** A MemberRef to `AssemblyLoadContext(…, bool isCollectible)`. */
function makesCollectible(metadata: Metadata): boolean {
  const { MemberRef, TypeRef } = metadata.tables;
  const [parent, name] = [MemberRef.column('Class'), MemberRef.column('Name')];
  for (let rid = 1; rid <= MemberRef.rowCount; rid++) {
    const token = parent.tokenOrBad(rid);
    if (token === -1 || !isTokenOf(token, 'TypeRef')) continue;
    const isConstructor = ifReadable(
      () =>
        metadata.strings.get(name.at(rid)) === '.ctor' &&
        metadata.strings.get(TypeRef.get(tokenRid(token), 'Name')) === 'AssemblyLoadContext' &&
        metadata.blobs.get(MemberRef.get(rid, 'Signature')).includes(BOOLEAN),
    );
    if (isConstructor) return true;
  }
  return false;
}

/** ECMA-335 II.23.1.16: ELEMENT_TYPE_BOOLEAN, which none of the other parameters is. */
const BOOLEAN = 0x02;
