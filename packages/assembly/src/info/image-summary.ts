import type { Diagnostics } from '@ijw/binary';
import { countMethodCodeKinds, Metadata, makeToken, TableId } from '@ijw/metadata';
import { customAttributesOfType, targetFramework } from '@ijw/metadata/attributes';
import { assemblyIdentity, formatVersion, referencedAssembly } from '@ijw/metadata/resolution';
import { type CliHeader, CorFlags, type ImageKind, imageKindOf, type PEImage, readCliHeader } from '@ijw/pe';
import { readExportDirectory } from '@ijw/pe/exports';
import { readImportDirectory } from '@ijw/pe/imports';
import { type NativeAotImage, readNativeAot } from '@ijw/pe/ready-to-run';
import { type ProcessPlatform, processPlatform } from '../runtime-profiles/process-platform.ts';
import { type TargetFacts, type TargetRuntime, targetRuntimeOf } from '../runtime-profiles/target-runtime.ts';

export interface ImageCounts {
  readonly types: number;
  readonly methods: number;
  readonly fields: number;
  /** P/Invokes into the module itself, by RVA. */
  readonly rvaPInvokes: number;
  /** P/Invokes by library and name. */
  readonly namedPInvokes: number;
  readonly internalCalls: number;
  /** Slots of the VTableFixups table. */
  readonly vtableSlots: number;
  readonly unmanagedCallersOnly: number;
  readonly exports: number;
  readonly imports: number;
}

/** The facts about an image that fit on one screen. */
export interface ImageSummary {
  readonly machine: string;
  readonly machineOs?: string;
  readonly kind: ImageKind;
  readonly platform?: ProcessPlatform;
  /** The target of a managed or mixed image. */
  readonly target?: TargetRuntime;
  readonly corFlags?: number;
  readonly entryPoint?: { readonly token: number } | { readonly rva: number };
  readonly metadata?: MetadataSummary;
  /** The evidence that NativeAOT made the image. */
  readonly nativeAot?: NativeAotImage;
  readonly counts: ImageCounts;
}

export interface MetadataSummary {
  readonly runtimeVersion: string;
  readonly targetFramework?: string;
  readonly assembly?: { readonly name: string; readonly version: string; readonly culture: string; readonly publicKeyToken: string };
  readonly module?: { readonly name: string; readonly mvid?: string };
  readonly references: readonly { readonly name: string; readonly version: string }[];
}

/** Reads no more than the summary needs. Data that cannot be read is a diagnostic and is not counted. */
export function summarizeImage(image: PEImage, diagnostics: Diagnostics = image.diagnostics): ImageSummary {
  const header = diagnostics.attempt(() => readCliHeader(image));
  const metadata = header && diagnostics.attempt(() => Metadata.of(image, { diagnostics }));
  const nativeAot = diagnostics.attempt(() => readNativeAot(image));
  const summary = metadata && diagnostics.attempt(() => summarizeMetadata(metadata));
  const platform = diagnostics.attempt(() => processPlatform(image, header));
  const target = header && diagnostics.attempt(() => targetRuntimeOf(image, summary && targetFacts(summary)));
  return {
    machine: image.machine,
    ...(image.machineOs !== undefined && { machineOs: image.machineOs }),
    kind: imageKindOf(header),
    ...(platform && { platform }),
    ...(target && { target }),
    ...(header && { corFlags: header.flags }),
    ...entryPoint(image, header),
    ...(summary && { metadata: summary }),
    ...(nativeAot && { nativeAot }),
    counts: countCrossings(image, header, metadata, diagnostics),
  };
}

const targetFacts = ({ targetFramework: framework, runtimeVersion: version, references }: MetadataSummary): TargetFacts => ({
  framework,
  version,
  references: references.map(({ name }) => name),
});

function entryPoint(image: PEImage, header: CliHeader | undefined): Pick<ImageSummary, 'entryPoint'> {
  const value = header?.entryPointTokenOrRva ?? image.optionalHeader.addressOfEntryPoint;
  if (value === 0) return {};
  return { entryPoint: header && !(header.flags & CorFlags.NATIVE_ENTRYPOINT) ? { token: value } : { rva: value } };
}

/** The same for metadata that stands alone. @throws BadImageError */
export function summarizeMetadata(metadata: Metadata): MetadataSummary {
  const { Module, AssemblyRef } = metadata.tables;
  const identity = assemblyIdentity(metadata);
  const framework = targetFramework(metadata);
  const mvid = Module.rowCount > 0 ? metadata.guids.get(Module.get(1, 'Mvid')) : undefined;
  return {
    runtimeVersion: metadata.root.version,
    ...(framework !== undefined && { targetFramework: framework }),
    ...(identity && {
      assembly: {
        name: identity.name,
        version: identity.version ? formatVersion(identity.version) : '',
        culture: identity.culture ?? '',
        publicKeyToken: identity.publicKeyToken ?? '',
      },
    }),
    ...(Module.rowCount > 0 && { module: { name: metadata.strings.get(Module.get(1, 'Name')), ...(mvid !== undefined && { mvid }) } }),
    references: Array.from({ length: AssemblyRef.rowCount }, (_, index) => {
      const reference = referencedAssembly(metadata, makeToken(TableId.AssemblyRef, index + 1));
      return { name: reference.name, version: reference.version ? formatVersion(reference.version) : '' };
    }),
  };
}

function countCrossings(
  image: PEImage,
  header: CliHeader | undefined,
  metadata: Metadata | undefined,
  diagnostics: Diagnostics,
): ImageCounts {
  const none = { types: 0, methods: 0, fields: 0, rvaPInvokes: 0, namedPInvokes: 0, internalCalls: 0, unmanagedCallersOnly: 0 };
  const managed = (metadata && diagnostics.attempt(() => countMembers(metadata))) ?? none;
  const imports = diagnostics.attempt(() => readImportDirectory(image));
  const exported = diagnostics.attempt(() => readExportDirectory(image));
  return {
    ...managed,
    vtableSlots: (header && diagnostics.attempt(() => countSlots(image, header))) ?? 0,
    exports: exported?.symbols.length ?? 0,
    imports: imports?.modules.reduce((sum, module) => sum + module.symbols.length, 0) ?? 0,
  };
}

function countMembers(metadata: Metadata): Omit<ImageCounts, 'vtableSlots' | 'exports' | 'imports'> {
  const { MethodDef, TypeDef, Field } = metadata.tables;
  const { rva, named, internalCall } = countMethodCodeKinds(metadata);
  return {
    types: TypeDef.rowCount,
    methods: MethodDef.rowCount,
    fields: Field.rowCount,
    rvaPInvokes: rva,
    namedPInvokes: named,
    internalCalls: internalCall,
    unmanagedCallersOnly: customAttributesOfType(metadata, 'System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute').length,
  };
}

/** The sum of the records' counts. */
function countSlots(image: PEImage, header: CliHeader): number {
  const { rva, size } = header.vTableFixups;
  if (rva === 0 || size < 8) return 0;
  const reader = image.readerAt(rva, size - (size % 8), 'the VTableFixups table');
  let slots = 0;
  while (reader.remaining > 0) {
    reader.skip(4);
    slots += reader.u16();
    reader.skip(2);
  }
  return slots;
}
