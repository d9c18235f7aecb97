import type { FileSource } from '@ijw/assembly';
import type { RuntimeId } from '@ijw/assembly/runtime-profiles';
import { ifReadable, UsageError } from '@ijw/binary';
import { CoffCharacteristics, detectContainer, PEImage } from '@ijw/pe';
import { inflatedBundleEntry, loadInflate, loadInflateUpTo, readSingleFileBundle } from '@ijw/pe/containers';
import type { OperatingSystem } from '../tables/operating-systems.ts';
import { type DeployedFile, DeployedFiles, type OriginSource } from './deployed-file.ts';
import { embeddedMixedAssemblies, type InflateUpTo } from './embedded-assemblies.ts';
import { type FileFacts, type PeFacts, readExports, readFileFacts } from './file-facts.ts';
import { TextPool } from './text-pool.ts';

/** The process that a deployment is for; what is left out follows from the files. */
export interface DeploymentOptions {
  readonly runtime?: RuntimeId;
  /** `x86`, `x64`, `arm64`. */
  readonly architecture?: string;
  readonly os?: OperatingSystem;
  /** `native`: native code loads the file before any runtime. */
  readonly started?: 'managed' | 'native';
}

export interface DeploymentInput extends DeploymentOptions {
  /** The folder, archive or package. */
  readonly source: FileSource;
  /** The path in `source` of the file that was asked about; the whole folder without it. */
  readonly file?: string;
  /** The program that loads it, where it lies in another folder. */
  readonly application?: { readonly source: FileSource; readonly path: string };
  /** The path in `source` of the program that loads it. */
  readonly app?: string;
  /** Folders and archives whose files are found by name. */
  readonly search?: readonly FileSource[];
}

/** Files, and what is known of each of them. A file is read when it is asked for, and its bytes are not kept. */
export class Deployment {
  readonly name: string;
  readonly options: DeploymentOptions;
  readonly files: DeployedFiles;
  /** The file that was asked about. */
  readonly file: DeployedFile | undefined;
  readonly application: DeployedFile | undefined;
  /** A NuGet package: its folders are laid out for builds, not for a runtime. */
  readonly isPackage: boolean;
  readonly #inflate: InflateUpTo;
  readonly #bundles: ReadonlyMap<string, string>;
  readonly #pool = new TextPool();
  readonly #facts = new Map<DeployedFile, FileFacts>();
  readonly #exports = new Map<DeployedFile, ReadonlySet<string | number> | undefined>();

  private constructor(input: DeploymentInput, files: DeployedFiles, bundles: ReadonlyMap<string, string>, inflate: InflateUpTo) {
    const { source, runtime, architecture, os, started } = input;
    this.name = source.name;
    this.options = { ...(runtime && { runtime }), ...(architecture && { architecture }), ...(os && { os }), ...(started && { started }) };
    this.files = files;
    this.file = input.file === undefined ? undefined : requireFile(files, input.file);
    this.application = applicationOf(input, files);
    this.isPackage = source.paths.some((path) => /^[^/]+\.nuspec$/i.test(path));
    this.#bundles = bundles;
    this.#inflate = inflate;
  }

  /** Opens a deployment. Rejects with `UsageError` if it has no file of that path. Single-file programs bring the files inside them. */
  static async open(input: DeploymentInput): Promise<Deployment> {
    const sources = sourcesOf(input);
    const named = input.app ?? input.file;
    const programs = named === undefined ? input.source.paths.filter((path) => PROGRAM.test(path)) : [named];
    const inside: [string, FileSource][] = [];
    for (const path of programs) {
      const files = await bundledFiles(path, input.source.read(path));
      if (files !== undefined) inside.push([path, files]);
    }
    const bundles = inside.map(([, source]): OriginSource => ({ origin: 'bundle', source }));
    const files = new DeployedFiles([...sources, ...bundles]);
    const hosts = inside.map(([path], index): [string, string] => [path, `${sources.length + index}:`]);
    return new Deployment(input, files, new Map(hosts), await loadInflateUpTo());
  }

  /** The folder of the files inside a single-file program. */
  insideOf(file: DeployedFile): string | undefined {
    return file.origin === 'deployment' ? this.#bundles.get(file.path) : undefined;
  }

  facts(file: DeployedFile): FileFacts {
    const known = this.#facts.get(file);
    if (known !== undefined) return known;
    const facts = file.use((bytes) => readFileFacts(bytes, this.#pool)) ?? { format: 'other', description: 'a file that cannot be read' };
    this.#facts.set(file, facts);
    return facts;
  }

  /** The facts of a PE image; `undefined` for any other file. */
  image(file: DeployedFile): PeFacts | undefined {
    const facts = this.facts(file);
    return facts.format === 'pe' ? facts : undefined;
  }

  /** What a library exports; `undefined` where that cannot be read. */
  exports(file: DeployedFile): ReadonlySet<string | number> | undefined {
    if (!this.#exports.has(file))
      this.#exports.set(
        file,
        ifReadable(() => file.use(readExports)),
      );
    return this.#exports.get(file);
  }

  /** Opens the file again. @throws BadImageError */
  open(file: DeployedFile): PEImage {
    return PEImage.parse(file.read() ?? new Uint8Array());
  }

  /** Names of the embedded assemblies that are mixed: an assembly in a resource, deflated or not, is opened to see. */
  embeddedMixed(file: DeployedFile): readonly string[] {
    return ifReadable(() => embeddedMixedAssemblies(this.open(file), this.#inflate)) ?? [];
  }

  /** A text file beside another one, found without case. */
  read(folder: string, name: string): { readonly file: DeployedFile; readonly bytes: Uint8Array } | undefined {
    const file = this.files.inFolder(folder, name);
    const bytes = file?.read();
    return file && bytes && { file, bytes };
  }
}

function requireFile(files: DeployedFiles, path: string): DeployedFile {
  const file = files.byPath(path);
  if (file === undefined) throw new UsageError(`The deployment does not have ${path}`);
  return file;
}

function applicationOf({ application, app }: DeploymentInput, files: DeployedFiles): DeployedFile | undefined {
  if (app !== undefined) return requireFile(files, app);
  if (application === undefined) return undefined;
  const lead = application.source.name.endsWith('/') ? application.source.name : `${application.source.name}/`;
  return requireFile(files, `${lead}${application.path}`);
}

function sourcesOf({ source, application, search = [] }: DeploymentInput): readonly OriginSource[] {
  return [
    { origin: 'deployment', source },
    ...(application === undefined ? [] : [{ origin: 'application' as const, source: application.source }]),
    ...search.map((each) => ({ origin: 'search' as const, source: each })),
  ];
}

/** The program of a single-file publish: on Windows an EXE, elsewhere a file without an extension. */
const PROGRAM = /(?:\.exe|^[^.]+|\/[^./]+)$/i;

/** The files inside a single-file program; `undefined` for any other file. */
async function bundledFiles(name: string, bytes: Uint8Array | undefined): Promise<FileSource | undefined> {
  const bundle = bytes && isProgram(bytes) ? ifReadable(() => readSingleFileBundle(bytes)) : undefined;
  if (bytes === undefined || bundle === undefined) return undefined;
  const inflate = await loadInflate();
  const byPath = new Map(bundle.entries.map((entry) => [entry.path, entry]));
  return {
    name,
    paths: [...byPath.keys()],
    read: (path) => {
      const entry = byPath.get(path);
      return entry && ifReadable(() => inflatedBundleEntry(bytes, entry, inflate));
    },
  };
}

/** Libraries are not searched for the marker of a bundle. */
function isProgram(bytes: Uint8Array): boolean {
  switch (detectContainer(bytes).kind) {
    case 'pe':
      return ifReadable(() => (PEImage.parse(bytes).coffHeader.characteristics & CoffCharacteristics.DLL) === 0) ?? false;
    case 'elf':
    case 'machO':
    case 'machOUniversal':
      return true;
    default:
      return false;
  }
}
