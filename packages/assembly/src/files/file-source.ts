/** Files by path, wherever they lie: a folder, an archive, memory. Paths have `/` between folders and name the same file each time. */
export interface FileSource {
  /** What messages call it: the path of the folder or the archive. */
  readonly name: string;
  /** The paths of all files. */
  readonly paths: readonly string[];
  /** The bytes of a file; `undefined` if the path names none. Passes on the errors of its place; a damaged archive throws `BadImageError`. */
  read(path: string): Uint8Array | undefined;
}

/** Files that are in memory. */
export function memoryFiles(name: string, files: ReadonlyMap<string, Uint8Array>): FileSource {
  return { name, paths: [...files.keys()], read: (path) => files.get(path) };
}

/** Finds the path that a source has for a name as Windows compares names: without case, `\` as `/`. The first one wins. */
export function windowsPaths(source: FileSource): (name: string) => string | undefined {
  const known = new Map<string, string>();
  for (const path of source.paths) {
    const key = path.toLowerCase();
    if (!known.has(key)) known.set(key, path);
  }
  return (name) => known.get(name.replaceAll('\\', '/').toLowerCase());
}
