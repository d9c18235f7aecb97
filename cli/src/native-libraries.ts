import { BadImageError } from '@ijw/binary';
import type { LintOptions, MissingLibrary, NativeExports } from '@ijw/interop';
import { PEImage, readExportDirectory } from '@ijw/pe';
import { FileAccessError, type Io } from './io.ts';
import { type SearchPath, searchPath } from './search-path.ts';

/** The native libraries in the folders of `--search`, each read once. */
export function nativeLibraries(io: Io, folders: readonly string[]): NonNullable<LintOptions['nativeLibrary']> {
  const search = searchPath(io, folders);
  const known = new Map<string, NativeExports | MissingLibrary | undefined>();
  return (name) => {
    const key = name.toLowerCase();
    if (!known.has(key)) known.set(key, lookUp(io, search, folders, name));
    return known.get(key);
  };
}

/** Shared objects of Linux and macOS. */
const FOREIGN = /\.(?:so(?:\.\d+)*|dylib)$/i;

/** A library with a path is looked for there at run time, and one of another system is not a PE file: of both nothing is said. */
function lookUp(io: Io, search: SearchPath, folders: readonly string[], name: string): NativeExports | MissingLibrary | undefined {
  if (/[\\/]/.test(name)) return undefined;
  const path = search.find(name) ?? search.find(`${name}.dll`);
  if (path !== undefined) return FOREIGN.test(path) ? undefined : readLibrary(io, path);
  const foreign = [`${name}.so`, `lib${name}.so`, `lib${name}`, `${name}.dylib`, `lib${name}.dylib`];
  if (foreign.some((file) => search.find(file) !== undefined)) return undefined;
  return { problem: `is not in ${folders.length === 1 ? 'the folder' : 'the folders'} ${folders.join(', ')}` };
}

function readLibrary(io: Io, path: string): NativeExports | MissingLibrary | undefined {
  try {
    const symbols = readExportDirectory(PEImage.parse(io.readFile(path)))?.symbols;
    return { names: symbols?.flatMap((symbol) => symbol.name ?? []) ?? [], ordinals: symbols?.map(({ ordinal }) => ordinal) ?? [] };
  } catch (error) {
    if (error instanceof BadImageError) return { problem: `is not a PE file that can be read (${path}: ${error.code}: ${error.message})` };
    if (error instanceof FileAccessError) return { problem: `cannot be read (${path}: ${error.message})` };
    throw error;
  }
}
