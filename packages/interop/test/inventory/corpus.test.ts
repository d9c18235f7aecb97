// The interop inventory of the corpus against recorded facts (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { Assembly } from '@ijw/assembly';
import { type InteropInventory, interopCounts, readInteropInventory } from '@ijw/interop';
import type { Metadata } from '@ijw/metadata';
import { nativeTypeName } from '@ijw/metadata/marshalling';
import { CallingConvention } from '@ijw/metadata/signatures';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';

const CORPUS = new URL('../../../../../shared/corpus/', import.meta.url);
const MANIFEST = new URL('manifest.json', CORPUS);

interface Manifest {
  readonly files: readonly { readonly file: string; readonly interop: Counts | null; readonly signatures: Counts | null }[];
}

type Counts = Readonly<Record<string, unknown>>;

/** The manifest's words for our conventions. */
const conventionNames: Readonly<Record<string, string>> = { managed: 'default', cdecl: 'C' };
const byConvention = (counts: Readonly<Record<string, number>>): Counts =>
  Object.fromEntries(
    Object.entries(counts).map(([key, count]) => [key.replace(/^[a-z]+/, (name) => conventionNames[name] ?? name), count]),
  );

const simple = (name: string): string => name.replace(/^.*\//, '');
const onlyCallConv = (modifiers: ReadonlyMap<string, number>): Counts =>
  Object.fromEntries([...modifiers].filter(([name]) => name.includes('.CallConv')));
const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((total, count) => total + count, 0);
const kindOfDescriptor: Readonly<Record<string, string>> = { fixedSystemString: 'fixedSysString', customMarshaler: 'customMarshaler' };

function marshalledFields(inventory: InteropInventory): Counts {
  const counts: Record<string, number> = {};
  for (const { descriptor } of inventory.marshalledFields) {
    const name =
      'nativeType' in descriptor ? nativeTypeName(descriptor.nativeType)! : (kindOfDescriptor[descriptor.kind] ?? descriptor.kind);
    counts[name.toUpperCase()] = (counts[name.toUpperCase()] ?? 0) + 1;
  }
  return counts;
}

const present = (counts: Readonly<Record<string, number>>): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** The inventory in the manifest's keys. */
function asManifest(inventory: InteropInventory): Counts {
  const counts = interopCounts(inventory);
  const { attributes, layouts } = counts;
  return {
    unmanagedCallersOnly: counts.unmanagedCallersOnly,
    unmanagedCallersOnlyConvs: {
      ...counts.unmanagedCallersOnlyConventions,
      ...(counts.unmanagedCallersOnlyEntryPoints > 0 && { 'with EntryPoint': counts.unmanagedCallersOnlyEntryPoints }),
    },
    unmanagedCallersOnlySample: inventory.unmanagedCallersOnly.slice(0, 12).map(({ method }) => simple(method)),
    fnptr: byConvention(counts.functionPointers),
    fnptrTotal: sum(counts.functionPointers),
    calliUnmanaged: counts.unmanagedCalls,
    suppressGCTransition: attributes.suppressGCTransition,
    suppressGCTransitionSample: inventory.suppressGCTransition.slice(0, 8).map(({ method }) => simple(method)),
    modsCallConv: onlyCallConv(inventory.modifiers),
    comWrappersSubclasses: inventory.comWrappers.map(({ type, base }) => `${simple(type)} : ${base}`),
    dynamicInterfaceCastableImplementation: counts.castableImplementations,
    dynamicInterfaceCastableSample: inventory.castableImplementations.slice(0, 8).map(({ type }) => simple(type)),
    IDynamicInterfaceCastable: inventory.dynamicInterfaceCastable.map(({ type }) => simple(type)),
    libraryImport: attributes.libraryImport,
    disableRuntimeMarshalling: attributes.disableRuntimeMarshalling,
    unmanagedCallConvAttr: attributes.unmanagedCallConv,
    unmanagedFunctionPointer: attributes.unmanagedFunctionPointer,
    generatedComInterface: counts.generatedComInterfaces,
    generatedComClass: counts.generatedComClasses,
    comImportTypes: counts.comImports,
    guidAttr: attributes.guid,
    customMarshaller: attributes.customMarshaller,
    nativeMarshalling: attributes.nativeMarshalling,
    inlineArray: attributes.inlineArray,
    unsafeAccessor: attributes.unsafeAccessor,
    windowsRuntimeTypes: counts.windowsRuntime.types,
    fieldMarshal: marshalledFields(inventory),
    layout: present({ auto: layouts.auto, seq: layouts.sequential, explicit: layouts.explicit }),
    namedPInvoke: counts.platformInvokes.named,
    internalCall: counts.platformInvokes.internalCall,
    preserveSigOff: counts.preserveSigOff,
  };
}

/** `native managed+CallConvCdecl` is the manifest's `native default modopt CallConvCdecl`. */
const methodConventions = (counts: Readonly<Record<string, number>>): Counts =>
  Object.fromEntries(
    Object.entries(counts).map(([key, count]) => {
      const [code, convention, ...modifiers] = key.split(/[ +]/);
      const words = [{ il: 'IL', none: 'other' }[code!] ?? code, conventionNames[convention!] ?? convention];
      return [[...words, ...modifiers.map((name) => `modopt ${name}`)].join(' '), count];
    }),
  );

/** Kinds of StandAloneSig rows by their first byte. */
function standAloneKinds(metadata: Metadata): Counts {
  const names: Readonly<Record<number, string>> = { [CallingConvention.Field]: 'field', [CallingConvention.LocalSig]: 'local' };
  const table = metadata.tables.StandAloneSig;
  const counts: Record<string, number> = {};
  for (let rid = 1; rid <= table.rowCount; rid++) {
    const header = metadata.blobs.get(table.get(rid, 'Signature'))[0]! & 0xf;
    const name = names[header] ?? ['default', 'C', 'stdcall', 'thiscall', 'fastcall'][header] ?? 'unmanaged';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe.skipIf(!existsSync(MANIFEST))('the inventory of every file of ../shared/corpus', () => {
  const { files } = existsSync(MANIFEST) ? (JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest) : { files: [] };
  it.each(files)('$file', ({ file, interop, signatures }) => {
    const assembly = Assembly.of(PEImage.parse(readFileSync(new URL(file, CORPUS))));
    const { metadata } = assembly;
    if (metadata === undefined) {
      expect(interop ?? {}).toEqual({});
      return;
    }
    const inventory = readInteropInventory(assembly);
    expect(assembly.diagnostics.entries).toEqual([]);
    expect(asManifest(inventory)).toEqual(interop);
    const counts = interopCounts(inventory);
    expect({
      fnptr: byConvention(counts.functionPointers),
      mods: counts.modifiers,
      methodConv: methodConventions(counts.methodConventions),
      calliStandalone: byConvention(counts.callSignatures),
      standAloneSigKinds: standAloneKinds(metadata),
    }).toEqual({
      fnptr: signatures?.fnptr,
      mods: signatures?.mods,
      methodConv: signatures?.methodConv,
      calliStandalone: signatures?.calliStandalone,
      standAloneSigKinds: signatures?.standAloneSigKinds,
    });
  });
});
