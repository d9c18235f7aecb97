import type { FileSearch, FoundFile } from '@ijw/assembly';
import { BadImageError, UnsupportedError } from '@ijw/binary';
import type { LintOptions, MissingLibrary, NativeExports } from '@ijw/interop/lint';
import { PEImage } from '@ijw/pe';
import { readExportDirectory } from '@ijw/pe/exports';
import { FileAccessError, type Io } from './io.ts';
import { searchPath } from './search-path.ts';

/** The native libraries in what `--search` names, each read once. Rejects as `searchPath` does. */
export async function nativeLibraries(io: Io, folders: readonly string[]): Promise<NonNullable<LintOptions['nativeLibrary']>> {
  const search = await searchPath(io, folders);
  const known = new Map<string, NativeExports | MissingLibrary | undefined>();
  return (name) => {
    const key = name.toLowerCase();
    if (!known.has(key)) known.set(key, lookUp(search, folders, name));
    return known.get(key);
  };
}

/** Shared objects of Linux and macOS. */
const FOREIGN = /\.(?:so(?:\.\d+)*|dylib)$/i;

/** A library with a path is loaded from that path at run time, and a library of another system is not a PE file: neither is checked. */
function lookUp(search: FileSearch, folders: readonly string[], name: string): NativeExports | MissingLibrary | undefined {
  if (/[\\/]/.test(name)) return undefined;
  const file = search(name) ?? search(`${name}.dll`);
  if (file !== undefined) return FOREIGN.test(file.path) ? undefined : readLibrary(file);
  const foreign = [`${name}.so`, `lib${name}.so`, `lib${name}`, `${name}.dylib`, `lib${name}.dylib`];
  if (foreign.some((file) => search(file) !== undefined)) return undefined;
  return { problem: `is not in ${folders.length === 1 ? 'the folder' : 'the folders'} ${folders.join(', ')}` };
}

function readLibrary({ path, read }: FoundFile): NativeExports | MissingLibrary | undefined {
  try {
    const bytes = read();
    if (bytes === undefined) return undefined;
    const symbols = readExportDirectory(PEImage.parse(bytes))?.symbols;
    return { names: symbols?.flatMap((symbol) => symbol.name ?? []) ?? [], ordinals: symbols?.map(({ ordinal }) => ordinal) ?? [] };
  } catch (error) {
    if (error instanceof BadImageError) return { problem: `is not a PE file that can be read (${path}: ${error.code}: ${error.message})` };
    if (error instanceof FileAccessError || error instanceof UnsupportedError)
      return { problem: `cannot be read (${path}: ${error.message})` };
    throw error;
  }
}
