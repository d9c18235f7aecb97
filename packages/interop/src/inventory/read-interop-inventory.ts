import type { Assembly } from '@ijw/assembly';
import { isTokenOf } from '@ijw/metadata';
import { readCastableTypes, readComImports, readComWrappers, typesWith } from './com-uses.ts';
import { conventionUses, methodConventions } from './convention-uses.ts';
import { readILUses } from './il-uses.ts';
import type { InteropInventory, NamedMethod } from './interop-inventory.ts';
import { InteropModule } from './interop-module.ts';
import { readLibraryImports } from './library-imports.ts';
import { countLayouts, readGenericArguments, readMarshalledFields } from './marshalling-uses.ts';
import { readUnmanagedEntries } from './unmanaged-entries.ts';
import { readWindowsRuntimeUse } from './windows-runtime-use.ts';

/**
 * Everything about interop in an assembly. Reads every signature, every interop attribute and all IL once. The lists of instructions are empty for metadata
 * that stands alone. Rows that cannot be read are reported to the diagnostics of the assembly and passed over.
 * @throws UnsupportedError where the assembly has no metadata; BadImageError when the tables cannot be read at all
 */
export function readInteropInventory(assembly: Assembly): InteropInventory {
  const module = new InteropModule(assembly);
  const { signatures, attributes } = module;
  const il = readILUses(module);
  const count = (kind: Parameters<typeof attributes.all>[0]): number => attributes.all(kind).length;
  return {
    functionPointers: conventionUses(module, signatures.functionPointers),
    callSignatures: conventionUses(module, signatures.callSites),
    methodConventions: methodConventions(module),
    unmanagedCalls: il.unmanagedCalls,
    modifiers: modifierCounts(module),
    unmanagedCallersOnly: readUnmanagedEntries(module),
    suppressGCTransition: suppressed(module),
    libraryImports: readLibraryImports(module, il),
    comWrappers: readComWrappers(module),
    comWrappersRegistrations: il.comWrappersRegistrations,
    generatedComInterfaces: typesWith(module, 'generatedComInterface'),
    generatedComClasses: typesWith(module, 'generatedComClass'),
    comImports: readComImports(module),
    dynamicCalls: il.dynamicCalls,
    dynamicInterfaceCastable: readCastableTypes(module),
    castableImplementations: typesWith(module, 'dynamicInterfaceCastableImplementation'),
    genericArguments: readGenericArguments(module),
    runtimeMarshallingDisabled: attributes.all('disableRuntimeMarshalling').some(({ parent }) => isTokenOf(parent, 'Assembly')),
    platformInvokes: module.platformInvokes,
    marshalledFields: readMarshalledFields(module),
    layouts: countLayouts(module),
    attributes: {
      disableRuntimeMarshalling: count('disableRuntimeMarshalling'),
      libraryImport: count('libraryImport'),
      unmanagedCallConv: count('unmanagedCallConv'),
      unmanagedFunctionPointer: count('unmanagedFunctionPointer'),
      guid: count('guid'),
      customMarshaller: count('customMarshaller'),
      nativeMarshalling: count('nativeMarshalling'),
      inlineArray: count('inlineArray'),
      unsafeAccessor: count('unsafeAccessor'),
      suppressGCTransition: count('suppressGCTransition'),
    },
    windowsRuntime: readWindowsRuntimeUse(module),
  };
}

const suppressed = (module: InteropModule): readonly NamedMethod[] =>
  module.attributes
    .all('suppressGCTransition')
    .flatMap(({ parent }) => (isTokenOf(parent, 'MethodDef') ? { token: parent, method: module.methodName(parent) } : []))
    .sort((one, other) => one.token - other.token);

/** `modopt NS.Type`, `modreq NS.Type`; a constructed type is only `TypeSpec`. */
function modifierCounts(module: InteropModule): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [key, count] of module.signatures.modifiers) {
    const token = Math.floor(key / 2) as Parameters<typeof module.typeName>[0];
    const name = isTokenOf(token, 'TypeSpec') ? 'TypeSpec' : module.typeName(token);
    const text = `${key % 2 ? 'modreq' : 'modopt'} ${name}`;
    counts.set(text, (counts.get(text) ?? 0) + count);
  }
  return counts;
}
