import type { FileSource } from '@ijw/assembly';

/** Where a source of files stands: the folder that was asked about, that of the program, or one to search. */
export type FileOrigin = 'deployment' | 'application' | 'search' | 'bundle';

/** A file of a deployment. */
export interface DeployedFile {
  /** As messages name it: from the folder that was asked about, or with the name of its source. */
  readonly path: string;
  /** Without folders, as it is written. */
  readonly name: string;
  /** Tells the folders of all sources apart. */
  readonly folder: string;
  readonly origin: FileOrigin;
  /** The whole file. Passes on the errors of its place. */
  read(): Uint8Array | undefined;
  /** Gives the whole file to a function that keeps nothing of it: the place may use its memory again. */
  use<T>(take: (bytes: Uint8Array) => T): T | undefined;
}

export interface OriginSource {
  readonly origin: FileOrigin;
  readonly source: FileSource;
}

/** The part of a path after the last folder; both kinds of slashes divide. */
export const fileNameOf = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

const folderOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

/** `Name` of `Name.dll`: the last extension goes. */
export const withoutExtension = (name: string): string => name.replace(/\.[^.]*$/, '');

/** All files of a deployment, by their place and by their name. Names are found without case; the first file of a name wins. */
export class DeployedFiles {
  readonly all: readonly DeployedFile[];
  readonly #byPlace = new Map<string, DeployedFile>();
  readonly #byPath = new Map<string, DeployedFile>();
  readonly #searched = new Map<string, DeployedFile>();

  constructor(sources: readonly OriginSource[]) {
    this.all = sources.flatMap((source, index) => filesOf(source, index));
    for (const file of this.all) {
      const place = placeKey(file.folder, file.name);
      if (!this.#byPlace.has(place)) this.#byPlace.set(place, file);
      if (!this.#byPath.has(file.path)) this.#byPath.set(file.path, file);
      const name = file.name.toLowerCase();
      if (file.origin === 'search' && !this.#searched.has(name)) this.#searched.set(name, file);
    }
  }

  byPath(path: string): DeployedFile | undefined {
    return this.#byPath.get(path) ?? this.all.find((file) => file.path.toLowerCase() === path.toLowerCase());
  }

  /** The file of a name in a folder, or below it: `runtimes/win/native/a.dll`. */
  inFolder(folder: string, name: string): DeployedFile | undefined {
    const path = name.replaceAll('\\', '/');
    const below = folderOf(path);
    return this.#byPlace.get(placeKey(below === '' ? folder : joined(folder, below), fileNameOf(path)));
  }

  /** The file of a name in whatever folder of a source that is searched. */
  searched(name: string): DeployedFile | undefined {
    return this.#searched.get(fileNameOf(name).toLowerCase());
  }
}

const placeKey = (folder: string, name: string): string => `${folder}\0${name}`.toLowerCase();

const joined = (folder: string, below: string): string => (folder.endsWith(':') ? `${folder}${below}` : `${folder}/${below}`);

function filesOf({ origin, source }: OriginSource, index: number): readonly DeployedFile[] {
  const lead = origin === 'deployment' || origin === 'bundle' ? '' : source.name.endsWith('/') ? source.name : `${source.name}/`;
  return source.paths.map((path) => ({
    path: `${lead}${path}`,
    name: fileNameOf(path),
    folder: `${index}:${folderOf(path)}`,
    origin,
    read: () => source.read(path),
    use(take) {
      if (source.use !== undefined) return source.use(path, take);
      const bytes = source.read(path);
      return bytes && take(bytes);
    },
  }));
}
