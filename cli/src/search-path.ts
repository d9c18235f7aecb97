import { dirname } from 'node:path';
import { type FileSearch, type FileSource, searchFiles, zipFiles } from '@ijw/assembly';
import { BadImageError, ifReadable, UsageError } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import type { AssemblyProvider } from '@ijw/metadata/resolution';
import { detectContainer, PEImage } from '@ijw/pe';
import { type ModuleProvider, searchedModules } from '@ijw/windows';
import type { OptionValues } from './command.ts';
import { FileAccessError, type Io } from './io.ts';

/** The values of `--search`. */
export const searchOption = ({ search }: OptionValues): readonly string[] => (Array.isArray(search) ? (search as readonly string[]) : []);

/** The files of the folders, ZIP archives and packages that `--search` names, in that order. Rejects with `UsageError` for anything else. */
export async function searchPath(io: Io, paths: readonly string[]): Promise<FileSearch> {
  return searchFiles(await sourcesOf(io, paths));
}

/** The folder of a file, then what `--search` names. Standard input, and a folder that cannot be listed, have no files beside them. */
export async function searchPathBeside(io: Io, file: string, paths: readonly string[]): Promise<FileSearch> {
  const given = await sourcesOf(io, paths);
  const beside = file === '-' ? undefined : ifAccessible(() => folderFiles(io, dirname(file)));
  return searchFiles(beside === undefined ? given : [beside, ...given]);
}

/** The files in the folder of a file, by the paths that the command line would give them; the folder is listed when that is asked for. */
export function filesBeside(io: Io, file: string): FileSource {
  const folder = /^.*[\\/]/s.exec(file)?.[0] ?? '';
  return {
    name: folder,
    get paths() {
      return io.filesIn(folder === '' ? '.' : folder).map((name) => `${folder}${name}`);
    },
    read: (path) => (io.isFile(path) ? io.readFile(path) : undefined),
  };
}

function ifAccessible<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof FileAccessError) return undefined;
    throw error;
  }
}

/** The files of a folder, listed once; folders and what else is not a file are left out. @throws FileAccessError */
export function folderFiles(io: Io, folder: string): FileSource {
  const names = new Set(io.filesIn(folder));
  const start = folder.endsWith('/') ? folder : `${folder}/`;
  return { name: folder, paths: [...names], read: (name) => (names.has(name) ? io.readFile(`${start}${name}`) : undefined) };
}

export const sourcesOf = (io: Io, paths: readonly string[]): Promise<readonly FileSource[]> =>
  Promise.all(paths.map((path) => sourceOf(io, path)));

async function sourceOf(io: Io, path: string): Promise<FileSource> {
  try {
    const bytes = io.isFile(path) ? io.readFile(path) : undefined;
    return bytes !== undefined && isZip(bytes) ? await zipFiles(path, bytes) : folderFiles(io, path);
  } catch (error) {
    if (error instanceof FileAccessError || error instanceof BadImageError) throw new UsageError(`--search ${path}: ${error.message}`);
    throw error;
  }
}

/** PKWARE APPNOTE 4.3.7 and 4.3.16: a local file header, or the end record of an archive without files. */
export const isZip = ([p, k, third, fourth]: Uint8Array): boolean =>
  p === 0x50 && k === 0x4b && ((third === 3 && fourth === 4) || (third === 5 && fourth === 6));

/** Modules for the simulated process, which has no others than these and those of Windows. */
export const moduleProvider = (search: FileSearch): ModuleProvider =>
  searchedModules((name) => {
    const file = search(name);
    const bytes = file?.read();
    return file && bytes && { bytes, path: file.path };
  });

/** Assemblies by their simple name: `Name.dll`, else `Name.exe`. A file that cannot be read as one is passed over. */
export const assemblyProvider = (search: FileSearch): AssemblyProvider => ({
  assembly({ name }) {
    const file = search(`${name}.dll`) ?? search(`${name}.exe`);
    return file && ifReadable(() => metadataOf(file.read()));
  },
});

function metadataOf(bytes: Uint8Array | undefined): Metadata | undefined {
  if (bytes === undefined) return undefined;
  return detectContainer(bytes).kind === 'metadata' ? Metadata.parse(bytes) : Metadata.of(PEImage.parse(bytes));
}
