/** Files by path, wherever they lie: a folder, an archive, memory. Paths have `/` between folders and name the same file each time. */
export interface FileSource {
  /** The name in messages: the path of the folder or the archive. */
  readonly name: string;
  /** The paths of all files. */
  readonly paths: readonly string[];
  /** The bytes of a file; `undefined` if the path names none. Passes on the errors of its place; a damaged archive throws `BadImageError`. */
  read(path: string): Uint8Array | undefined;
  /** As `read`, for a function that keeps nothing of the bytes: a source may give each file in the same memory. */
  use?<T>(path: string, take: (bytes: Uint8Array) => T): T | undefined;
}

/** Files that are in memory. */
export function memoryFiles(name: string, files: ReadonlyMap<string, Uint8Array>): FileSource {
  return { name, paths: [...files.keys()], read: (path) => files.get(path) };
}

/** A file of a source. */
export interface FoundFile {
  /** The name of the source, and the path in it. */
  readonly path: string;
  /** Throws what the source throws. */
  read(): Uint8Array | undefined;
}

/** Finds a file by its name alone, in whatever folder of a source it lies. */
export type FileSearch = (name: string) => FoundFile | undefined;

/** Searches several sources in their order. Names are compared as Windows compares them, without case; the first file of a name wins. */
export function searchFiles(sources: readonly FileSource[]): FileSearch {
  const known = new Map<string, FoundFile>();
  for (const source of sources) {
    const folder = source.name.endsWith('/') ? source.name : `${source.name}/`;
    for (const path of source.paths) {
      const key = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
      if (!known.has(key)) known.set(key, { path: `${folder}${path}`, read: () => source.read(path) });
    }
  }
  return (name) => known.get(name.toLowerCase());
}
