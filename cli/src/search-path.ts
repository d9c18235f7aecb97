import { dirname } from 'node:path';
import { ifReadable, UsageError } from '@ijw/binary';
import { type AssemblyProvider, Metadata } from '@ijw/metadata';
import { detectContainer, PEImage } from '@ijw/pe';
import { type ModuleProvider, searchedModules } from '@ijw/windows';
import { FileAccessError, type Io } from './io.ts';

/** The files of the folders that `--search` names, in the order of the folders. */
export interface SearchPath {
  /** The path of the first file of that name. Names are compared as Windows compares them, without case. */
  find(name: string): string | undefined;
}

/** Folders are listed once; what is in them and is not a file is skipped. @throws UsageError for what is not a folder */
export function searchPath(io: Io, folders: readonly string[]): SearchPath {
  return search(folders.map((folder) => [folder, filesOf(io, folder)] as const));
}

/** The folder of a file, then those of `--search`. Standard input, and a folder that cannot be listed, have no files beside them. */
export function searchPathBeside(io: Io, file: string, folders: readonly string[]): SearchPath {
  const folder = dirname(file);
  const given = folders.map((path) => [path, filesOf(io, path)] as const);
  try {
    return search([[folder, file === '-' ? [] : io.filesIn(folder)], ...given]);
  } catch (error) {
    if (error instanceof FileAccessError) return search(given);
    throw error;
  }
}

function search(folders: readonly (readonly [string, readonly string[]])[]): SearchPath {
  const paths = new Map<string, string>();
  for (const [folder, names] of folders) {
    for (const name of names) {
      const key = name.toLowerCase();
      if (!paths.has(key)) paths.set(key, folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`);
    }
  }
  return { find: (name) => paths.get(name.toLowerCase()) };
}

function filesOf(io: Io, folder: string): readonly string[] {
  try {
    return io.filesIn(folder);
  } catch (error) {
    if (error instanceof FileAccessError) throw new UsageError(`--search ${folder}: ${error.message}`);
    throw error;
  }
}

/** Modules for the simulated process, which has no others than these and those of Windows. */
export const moduleProvider = (io: Io, search: SearchPath): ModuleProvider =>
  searchedModules((name) => {
    const path = search.find(name);
    return path === undefined ? undefined : { bytes: io.readFile(path), path };
  });

/** Assemblies by their simple name: `Name.dll`, else `Name.exe`. A file that cannot be read as one is passed over. */
export function assemblyProvider(io: Io, search: SearchPath): AssemblyProvider {
  return {
    assembly({ name }) {
      const path = search.find(`${name}.dll`) ?? search.find(`${name}.exe`);
      return path === undefined ? undefined : ifReadable(() => metadataOf(io.readFile(path)));
    },
  };
}

const metadataOf = (bytes: Uint8Array): Metadata | undefined =>
  detectContainer(bytes).kind === 'metadata' ? Metadata.parse(bytes) : Metadata.of(PEImage.parse(bytes));
