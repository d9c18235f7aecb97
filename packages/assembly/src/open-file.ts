import { BadImageError, Diagnostics } from '@ijw/binary';
import { NanoAssembly } from '@ijw/nano';
import { detectContainer, type ImageLayout, PEImage } from '@ijw/pe';
import { bundleEntryBytes, imageOfWebcil, readSingleFileBundle, readWebcil, type SingleFileBundle, webcilOfWasm } from '@ijw/pe/containers';

export interface OpenOptions {
  /** How the bytes of a PE image lie: as in a file (the default), or as mapped in memory. */
  readonly layout?: ImageLayout;
  /** The path of a file inside a .NET single-file bundle: that file is opened in place of the bundle. */
  readonly entry?: string;
  /** Where to report what is wrong with the file. */
  readonly diagnostics?: Diagnostics;
}

/** The content of a file. `bytes` are those of the file, or of the requested entry. */
export type OpenedFile = { readonly bytes: Uint8Array; readonly diagnostics: Diagnostics } & (
  | { readonly format: 'PE32' | 'PE32+' | 'webcil'; readonly image: PEImage }
  | { readonly format: 'metadata' }
  /** A `.pe` file of .NET nanoFramework. */
  | { readonly format: 'nano'; readonly nano: NanoAssembly }
  /** A single-file application whose host is an ELF or a Mach-O file. */
  | { readonly format: 'bundle'; readonly bundle: SingleFileBundle }
);

/**
 * Opens a PE image, a Webcil (bare or in a WebAssembly module), bare metadata, an assembly of .NET nanoFramework, or a .NET single-file bundle. Rejects with `BadImageError` for any other
 * bytes, and `NO_SUCH_ENTRY` if the bundle has no such entry.
 */
export async function openFile(file: Uint8Array, options: OpenOptions = {}): Promise<OpenedFile> {
  const { layout, entry, diagnostics = new Diagnostics() } = options;
  const bytes = entry === undefined ? file : await entryBytes(file, entry);
  const { kind } = detectContainer(bytes);
  if (kind === 'metadata') return { format: 'metadata', bytes, diagnostics };
  if (kind === 'nano') return { format: 'nano', bytes, diagnostics, nano: NanoAssembly.parse(bytes) };
  const bundle = kind === 'elf' || kind === 'machO' ? readSingleFileBundle(bytes) : undefined;
  if (bundle !== undefined) return { format: 'bundle', bytes, diagnostics, bundle };
  const webcil = kind === 'wasm' ? webcilOfWasm(bytes) : kind === 'webcil' ? { bytes, offset: 0 } : undefined;
  if (webcil !== undefined) {
    const image = PEImage.parse(imageOfWebcil(readWebcil(webcil.bytes, webcil.offset)), { diagnostics });
    return { format: 'webcil', bytes, diagnostics, image };
  }
  const image = PEImage.parse(bytes, { layout, diagnostics });
  return { format: image.is64Bit ? 'PE32+' : 'PE32', bytes, diagnostics, image };
}

/** Paths differ in case where bundles are made on Windows: an exact match wins. */
async function entryBytes(file: Uint8Array, path: string): Promise<Uint8Array> {
  const bundle = readSingleFileBundle(file);
  if (bundle === undefined) throw noSuchEntry(`The file is not a single-file bundle: it has no entry "${path}"`);
  const entry =
    bundle.entries.find((candidate) => candidate.path === path) ??
    bundle.entries.find((candidate) => candidate.path.toLowerCase() === path.toLowerCase());
  if (entry === undefined) throw noSuchEntry(`The bundle has no "${path}"; it has ${entryPaths(bundle)}`);
  return bundleEntryBytes(file, entry);
}

/** An error of the file, as a path that leads to no file is. */
const noSuchEntry = (message: string): BadImageError =>
  new BadImageError({ code: 'NO_SUCH_ENTRY', offset: 0, reading: 'the bundle', message });

const MOST_PATHS = 20;

/** The first paths of a bundle, for messages. */
export const entryPaths = ({ entries }: SingleFileBundle): string =>
  entries
    .slice(0, MOST_PATHS)
    .map(({ path }) => path)
    .join(', ');
