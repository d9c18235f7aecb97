import type { Diagnostic, Diagnostics } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import { type BundleEntry, type NativeAotImage, type PEImage, readSingleFileBundle, type SingleFileBundle } from '@ijw/pe';
import type { OpenedFile } from '../open-file.ts';
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
  readonly corFlags?: number;
  readonly entryPoint?: ImageSummary['entryPoint'];
  readonly nativeAot?: NativeAotImage;
  readonly counts: ImageCounts;
  /** What a single-file application carries. */
  readonly bundle?: { readonly version: string; readonly id: string; readonly files: readonly BundleEntry[] };
  readonly diagnostics: readonly Diagnostic[];
}

/** What a document says of the file itself; the digest is the caller's, who has the fastest one. */
export interface FileIdentity {
  readonly file: string;
  /** Of the opened bytes, in lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** Reads no more than the document needs. What cannot be read is a diagnostic. */
export function infoDocument(opened: OpenedFile, identity: FileIdentity): InfoDocument {
  const common = { file: identity.file, size: opened.bytes.length, sha256: identity.sha256, format: opened.format };
  switch (opened.format) {
    case 'bundle':
      return { ...common, kind: 'native', counts: NO_COUNTS, bundle: bundleSummary(opened.bundle), diagnostics: [] };
    case 'metadata':
      return { ...common, ...metadataFacts(opened.bytes, opened.diagnostics) };
    default:
      return { ...common, ...imageFacts(opened.image, opened.bytes) };
  }
}

type Facts = Omit<InfoDocument, 'file' | 'size' | 'sha256' | 'format'>;

function imageFacts(image: PEImage, bytes: Uint8Array): Facts {
  const { metadata, ...summary } = summarizeImage(image);
  // Only a host that was linked as a program carries a bundle; the search through the whole file is left out for others.
  const bundle =
    metadata === undefined && image.sections.length > 0 ? image.diagnostics.attempt(() => readSingleFileBundle(bytes)) : undefined;
  return { ...summary, ...metadata, ...(bundle && { bundle: bundleSummary(bundle) }), diagnostics: [...image.diagnostics.entries] };
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
