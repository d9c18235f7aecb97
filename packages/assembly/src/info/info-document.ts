import { type Diagnostic, type Diagnostics, hex, ifReadable } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import { type NanoAssembly, type NanoTableName, nanoChecksums } from '@ijw/nano';
import type { PEImage } from '@ijw/pe';
import { type BundleEntry, readSingleFileBundle, type SingleFileBundle } from '@ijw/pe/containers';
import { importHash } from '@ijw/pe/imports';
import type { NativeAotImage } from '@ijw/pe/ready-to-run';
import type { OpenedFile } from '../open-file.ts';
import type { TargetHost } from '../runtime-profiles/target-runtime.ts';
import { type ImageCounts, type ImageSummary, type MetadataSummary, summarizeImage, summarizeMetadata } from './image-summary.ts';

/** The answer to "what is this file?": the JSON of `ijw info`. */
export interface InfoDocument extends Partial<MetadataSummary> {
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly format: OpenedFile['format'];
  readonly machine?: string;
  readonly machineOs?: string;
  readonly kind: ImageSummary['kind'] | 'metadata';
  /** The processes that the image can be loaded into: `AnyCPU: x64 process on 64-bit Windows`. */
  readonly platform?: string;
  /** Architecture of the process on 64-bit Windows. */
  readonly processArchitecture?: string;
  /** The runtimes that a managed or mixed image was built for. */
  readonly host?: (typeof HOST_NAMES)[TargetHost];
  readonly corFlags?: number;
  readonly entryPoint?: ImageSummary['entryPoint'];
  readonly nativeAot?: NativeAotImage;
  readonly counts: ImageCounts;
  /** MD5 over the names of the imports, and SHA-256 over those of the referenced types, where they were asked for. */
  readonly imphash?: string;
  readonly typeRefHash?: string;
  /** Of an assembly of .NET nanoFramework: its marker, and the checksum that the native code of the runtime must have. */
  readonly nano?: { readonly marker: string; readonly nativeMethodsChecksum: number };
  /** The content of a single-file application. */
  readonly bundle?: { readonly version: string; readonly id: string; readonly files: readonly BundleEntry[] };
  readonly diagnostics: readonly Diagnostic[];
}

/** As users know them. */
const HOST_NAMES = { framework: '.NET Framework', core: '.NET', either: 'either' } as const satisfies Record<TargetHost, string>;

/** SHA-256 in lower-case hexadecimal digits: the caller's, who has the fastest one. */
export type Sha256 = (bytes: Uint8Array) => string;

export interface InfoOptions {
  /** The name of the file in the document. */
  readonly file: string;
  readonly sha256: Sha256;
  /** With `imphash` and `typeRefHash`, which take some time. */
  readonly similarity?: boolean;
}

/** Reads no more than the document needs. What cannot be read is a diagnostic. */
export function infoDocument(opened: OpenedFile, { file, sha256, similarity = false }: InfoOptions): InfoDocument {
  const common = { file, size: opened.bytes.length, sha256: sha256(opened.bytes), format: opened.format };
  switch (opened.format) {
    case 'bundle':
      return { ...common, kind: 'native', counts: NO_COUNTS, bundle: bundleSummary(opened.bundle), diagnostics: [] };
    case 'metadata':
      return { ...common, ...metadataFacts(opened.bytes, opened.diagnostics) };
    case 'nano':
      return { ...common, ...nanoFacts(opened.nano) };
    default:
      return { ...common, ...imageFacts(opened.image, opened.bytes, similarity ? sha256 : undefined) };
  }
}

type Facts = Omit<InfoDocument, 'file' | 'size' | 'sha256' | 'format'>;

function imageFacts(image: PEImage, bytes: Uint8Array, sha256: Sha256 | undefined): Facts {
  const { diagnostics } = image;
  const { metadata, platform, target, kind, machine, machineOs, ...summary } = summarizeImage(image);
  // Only a host that was linked as a program carries a bundle; the search through the whole file is left out for others.
  const bundle = metadata === undefined && image.sections.length > 0 ? diagnostics.attempt(() => readSingleFileBundle(bytes)) : undefined;
  const hashes = sha256 && similarityHashes(image, sha256);
  return {
    machine,
    ...(machineOs !== undefined && { machineOs }),
    kind,
    ...(platform && { platform: platform.text, processArchitecture: platform.architecture }),
    ...(target && { host: HOST_NAMES[target.host] }),
    ...summary,
    ...metadata,
    ...hashes,
    ...(bundle && { bundle: bundleSummary(bundle) }),
    diagnostics: [...diagnostics.entries],
  };
}

/** Names that cannot be read have no hash; they are diagnostics of what reads them otherwise. */
function similarityHashes(image: PEImage, sha256: Sha256): Pick<InfoDocument, 'imphash' | 'typeRefHash'> {
  const imphash = ifReadable(() => importHash(image));
  const names = ifReadable(() => {
    const metadata = Metadata.of(image);
    return metadata && typeRefNames(metadata);
  });
  return {
    ...(imphash !== undefined && { imphash }),
    ...(names !== undefined && { typeRefHash: sha256(new TextEncoder().encode(names)) }),
  };
}

const bundleSummary = ({ majorVersion, minorVersion, bundleId, entries }: SingleFileBundle): NonNullable<InfoDocument['bundle']> => ({
  version: `${majorVersion}.${minorVersion}`,
  id: bundleId,
  files: entries,
});

const NO_COUNTS: ImageCounts = {
  types: 0,
  methods: 0,
  fields: 0,
  rvaPInvokes: 0,
  namedPInvokes: 0,
  internalCalls: 0,
  vtableSlots: 0,
  unmanagedCallersOnly: 0,
  exports: 0,
  imports: 0,
};

/** An assembly of .NET nanoFramework. */
function nanoFacts(nano: NanoAssembly): Facts {
  const { header, bytes } = nano;
  const rows = (table: NanoTableName): number => nano.table(table)?.rowCount ?? 0;
  const computed = nanoChecksums(bytes, header);
  const wrong = (['headerCrc', 'assemblyCrc'] as const).filter((name) => computed[name] !== header[name]);
  return {
    kind: 'managed',
    assembly: { name: nano.name, version: header.version, culture: '', publicKeyToken: '' },
    nano: { marker: `NFMRK${header.format}`, nativeMethodsChecksum: header.nativeMethodsChecksum },
    counts: { ...NO_COUNTS, types: rows('TypeDef'), methods: rows('MethodDef'), fields: rows('FieldDef') },
    references: Array.from({ length: rows('AssemblyRef') }, (_, index) => {
      const { Name = 0, Version = '' } = nano.table('AssemblyRef')?.row(index) ?? {};
      return { name: nano.string(Number(Name)), version: String(Version) };
    }),
    diagnostics: wrong.map((name) => ({
      code: 'BAD_CHECKSUM',
      severity: 'warning',
      offset: name === 'headerCrc' ? 8 : 12,
      reading: 'the header of a nanoFramework assembly',
      message: `${name} is ${hex(header[name], 8)}, the bytes give ${hex(computed[name], 8)}`,
    })),
  };
}

/** A portable PDB or other bare metadata. */
function metadataFacts(bytes: Uint8Array, diagnostics: Diagnostics): Facts {
  const metadata = Metadata.parse(bytes, { diagnostics });
  const summary = diagnostics.attempt(() => summarizeMetadata(metadata));
  const rows = diagnostics.attempt(() => metadata.tables);
  const counts: ImageCounts = {
    ...NO_COUNTS,
    types: rows?.TypeDef.rowCount ?? 0,
    methods: rows?.MethodDef.rowCount ?? 0,
    fields: rows?.Field.rowCount ?? 0,
  };
  return { kind: 'metadata', ...summary, counts, diagnostics: [...diagnostics.entries] };
}

/** `String.Compare` of .NET with an English culture; it goes by Unicode's collation, not by code units. Made when it is first used: it loads data. */
const compare = (): ((one: string, other: string) => number) => new Intl.Collator('en-US').compare;

/**
 * What the TypeRefHash is the SHA-256 of: `Namespace-Name` of every TypeRef, by namespace and name, with commas between (G DATA, "Introducing the TypeRefHash";
 * PeNet `TypeRefHash.ComputeHash`). `undefined` where the assembly refers to no type. Throws `BadImageError`.
 */
function typeRefNames(metadata: Metadata): string | undefined {
  const { TypeRef } = metadata.tables;
  if (TypeRef.rowCount === 0) return undefined;
  const [namespaces, names] = [TypeRef.column('Namespace'), TypeRef.column('Name')];
  const order = compare();
  const types = Array.from({ length: TypeRef.rowCount }, (_, index) => ({
    namespace: metadata.strings.get(namespaces.at(index + 1)),
    name: metadata.strings.get(names.at(index + 1)),
  }));
  types.sort((one, other) => order(one.namespace, other.namespace) || order(one.name, other.name));
  return types.map(({ namespace, name }) => `${namespace}-${name}`).join(',');
}
