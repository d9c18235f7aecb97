import { type Diagnostics, UnsupportedError, UsageError } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import {
  bundleEntryBytes,
  detectContainer,
  imageOfWebcil,
  PEImage,
  readSingleFileBundle,
  readWebcil,
  type SingleFileBundle,
  webcilOfWasm,
} from '@ijw/pe';
import type { CommandContext } from './command.ts';

/** What a file turned out to be. */
export interface OpenedFile {
  /** `bundle`: a single-file application whose host is no PE image. */
  readonly format: 'PE32' | 'PE32+' | 'webcil' | 'metadata' | 'bundle';
  /** The bytes of the file, or of the entry that was asked for. */
  readonly bytes: Uint8Array;
  /** Absent for bare metadata and for a bundle. */
  readonly image?: PEImage;
  readonly bundle?: SingleFileBundle;
}

/** Opens a PE image, a Webcil (bare or in a WebAssembly module), bare metadata, or an entry of a single-file bundle. Throws `FileAccessError`, `BadImageError`, `UsageError`. */
export async function openFile(context: CommandContext, file = context.operands[0]!): Promise<OpenedFile> {
  const bytes = await entryBytes(context, context.io.readFile(file));
  const kind = detectContainer(bytes).kind;
  if (kind === 'metadata') return { format: 'metadata', bytes };
  const bundle = kind === 'elf' || kind === 'machO' ? readSingleFileBundle(bytes) : undefined;
  if (bundle !== undefined) return { format: 'bundle', bytes, bundle };
  const webcil = kind === 'wasm' ? webcilOfWasm(bytes) : kind === 'webcil' ? { bytes, offset: 0 } : undefined;
  if (webcil !== undefined)
    return { format: 'webcil', bytes, image: PEImage.parse(imageOfWebcil(readWebcil(webcil.bytes, webcil.offset))) };
  const image = PEImage.parse(bytes, { layout: layout(context) });
  return { format: image.is64Bit ? 'PE32+' : 'PE32', bytes, image };
}

async function entryBytes(context: CommandContext, bytes: Uint8Array): Promise<Uint8Array> {
  const path = context.options.entry;
  if (typeof path !== 'string') return bytes;
  const bundle = readSingleFileBundle(bytes);
  if (bundle === undefined) throw new UsageError('--entry: the file is no single-file bundle');
  const entry =
    bundle.entries.find((candidate) => candidate.path === path) ??
    bundle.entries.find((candidate) => candidate.path.toLowerCase() === path.toLowerCase());
  if (entry === undefined) throw new UsageError(`--entry: the bundle has no "${path}"; it has ${entryPaths(bundle)}`);
  return bundleEntryBytes(bytes, entry);
}

const MOST_PATHS = 20;

const entryPaths = ({ entries }: SingleFileBundle): string =>
  entries
    .slice(0, MOST_PATHS)
    .map(({ path }) => path)
    .join(', ');

/** A bundle alone is nothing that a command could work on. */
function refuseBundle({ bundle }: OpenedFile): void {
  if (bundle !== undefined)
    throw new UnsupportedError(`The file is a .NET single-file bundle: --entry opens one of its files, ${entryPaths(bundle)}`);
}

/** The image a command works on. */
export async function openImage(context: CommandContext, file = context.operands[0]!): Promise<PEImage> {
  const opened = await openFile(context, file);
  refuseBundle(opened);
  const { image } = opened;
  if (image === undefined) throw new UnsupportedError('The file is bare metadata: there is no image around it');
  return image;
}

/** The metadata of the file: of an image's CLI header, or standing alone. Throws where there is none. */
export async function openMetadata(context: CommandContext, diagnostics: Diagnostics): Promise<Metadata> {
  const opened = await openFile(context);
  refuseBundle(opened);
  const { bytes, image } = opened;
  if (image === undefined) return Metadata.parse(bytes, { diagnostics });
  const metadata = Metadata.of(image, { diagnostics });
  if (metadata === undefined) throw new UnsupportedError('The image is native: it has no CLI header, so there is no metadata in it');
  return metadata;
}

export function layout(context: CommandContext): 'file' | 'mapped' {
  return context.options.layout === 'mapped' ? 'mapped' : 'file';
}

/** An address or number as users write it: decimal, or hexadecimal after `0x`. */
export function parseNumber(text: string, what: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) throw new UsageError(`${what} wants a number, not "${text}"`);
  return value;
}
