import { createHash } from 'node:crypto';
import { type Diagnostic, Diagnostics } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import { type BundleEntry, type PEImage, readSingleFileBundle, type SingleFileBundle } from '@ijw/pe';
import { type ImageCounts, type ImageSummary, type MetadataSummary, summarizeImage, summarizeMetadata } from '@ijw/vtfixup/image-summary';
import type { CommandContext } from './command.ts';
import { type OpenedFile, openFile } from './input.ts';

/** The JSON of `ijw info`. */
export interface FileDescription extends Partial<MetadataSummary> {
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
  readonly format: OpenedFile['format'];
  readonly machine?: string;
  readonly machineOs?: string;
  readonly kind: ImageSummary['kind'] | 'metadata';
  readonly corFlags?: number;
  readonly entryPoint?: ImageSummary['entryPoint'];
  readonly counts: ImageCounts;
  /** What a single-file application carries. */
  readonly bundle?: { readonly version: string; readonly id: string; readonly files: readonly BundleEntry[] };
  readonly diagnostics: readonly Diagnostic[];
}

/** Answers "what is this file?". Throws `FileAccessError`, `BadImageError`. */
export async function describeFile(context: CommandContext, file: string): Promise<FileDescription> {
  const { format, bytes, image, bundle } = await openFile(context, file);
  const common = { file, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  if (bundle !== undefined) return { ...common, format, kind: 'native', counts: NO_COUNTS, bundle: bundleText(bundle), diagnostics: [] };
  return image === undefined ? { ...common, ...describeMetadata(bytes) } : { ...common, ...describeImage(image, format, bytes) };
}

function describeImage(image: PEImage, format: OpenedFile['format'], bytes: Uint8Array): Omit<FileDescription, 'file' | 'size' | 'sha256'> {
  const { metadata, ...summary } = summarizeImage(image);
  // Only a host that was linked as a program carries a bundle; the search through the whole file is left out for others.
  const bundle =
    metadata === undefined && image.sections.length > 0 ? image.diagnostics.attempt(() => readSingleFileBundle(bytes)) : undefined;
  return {
    ...summary,
    format,
    ...metadata,
    ...(bundle && { bundle: bundleText(bundle) }),
    diagnostics: image.diagnostics.entries,
  };
}

const bundleText = ({ majorVersion, minorVersion, bundleId, entries }: SingleFileBundle): NonNullable<FileDescription['bundle']> => ({
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

/** A portable PDB or other bare metadata. */
function describeMetadata(bytes: Uint8Array): Omit<FileDescription, 'file' | 'size' | 'sha256'> {
  const diagnostics = new Diagnostics();
  const metadata = Metadata.parse(bytes, { diagnostics });
  const summary = diagnostics.attempt(() => summarizeMetadata(metadata));
  const rows = diagnostics.attempt(() => metadata.tables);
  const counts: ImageCounts = {
    ...NO_COUNTS,
    types: rows?.TypeDef.rowCount ?? 0,
    methods: rows?.MethodDef.rowCount ?? 0,
    fields: rows?.Field.rowCount ?? 0,
  };
  return { format: 'metadata', kind: 'metadata', ...summary, counts, diagnostics: diagnostics.entries };
}
