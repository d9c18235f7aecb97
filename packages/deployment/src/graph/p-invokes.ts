import { runtimeIdentifiers } from '../configuration/runtime-identifiers.ts';
import { type DeployedFile, fileNameOf } from '../files/deployed-file.ts';
import type { Deployment } from '../files/deployment.ts';
import type { ManagedFacts, PInvokeFacts } from '../files/managed-facts.ts';
import type { TargetProcess } from '../process/target-process.ts';
import { isFrameworkLibrary } from '../tables/frameworks.ts';
import { isWindows, type OperatingSystem } from '../tables/operating-systems.ts';
import { redistributableOf } from '../tables/redistributables.ts';
import { isOfSystem, isOfUnix, isPackaged, isWindowsLibrary } from '../tables/system-libraries.ts';
import type { DependencyKind, Edge, Satisfaction } from './edge.ts';

/** DllImportSearchPath.AssemblyDirectory. */
const ASSEMBLY_DIRECTORY = 0x2;

/** The libraries that the methods of an assembly name, each with its methods. */
export function pinvokeEdges(
  deployment: Deployment,
  process: TargetProcess,
  from: DeployedFile,
  { pinvokes }: ManagedFacts,
): readonly Edge[] {
  const byLibrary = new Map<string, PInvokeFacts[]>();
  for (const method of pinvokes) {
    const key = `${method.library}\0${method.searchPaths ?? ''}`;
    const known = byLibrary.get(key);
    if (known === undefined) byLibrary.set(key, [method]);
    else known.push(method);
  }
  return [...byLibrary.values()].map((methods): Edge => {
    const [{ library, searchPaths } = { library: '', searchPaths: undefined }] = methods;
    const { file, tried } = findLibrary(deployment, process, from, { library, searchPaths });
    const satisfied = file ? { by: 'folder' as const, file } : elsewhere(deployment, process, library);
    return { from, name: library, reason: 'pinvoke', methods, kind: kindOf(process, library, file, satisfied), satisfied, tried };
  });
}

/**
 * The names that a library is looked for by, in order (dotnet/runtime `src/coreclr/vm/nativelibrary.cpp`, `DetermineLibNameVariations`): as it is written first
 * where it has the suffix of the system, else last.
 */
export function libraryNames(os: OperatingSystem, library: string): readonly string[] {
  if (isWindows(os)) return /(?:\.dll|\.exe|\.)$/i.test(library) ? [library] : [`${library}.dll`, library];
  const suffix = os === 'macos' ? '.dylib' : '.so';
  const prefix = library.includes('/') ? '' : 'lib';
  const at = library.indexOf(suffix);
  const hasSuffix = at >= 0 && (at + suffix.length === library.length || library[at + suffix.length] === '.');
  const plain = prefix === '' ? [library] : [library, `${prefix}${library}`];
  const suffixed = plain.map((name) => `${name}${suffix}`);
  return hasSuffix ? [...plain, ...suffixed] : [...suffixed, ...plain];
}

interface LibraryRequest {
  readonly library: string;
  readonly searchPaths: number | undefined;
}

function findLibrary(
  deployment: Deployment,
  process: TargetProcess,
  from: DeployedFile,
  { library, searchPaths }: LibraryRequest,
): { readonly file: DeployedFile | undefined; readonly tried: readonly string[] } {
  const tried: string[] = [];
  const names = libraryNames(process.os, library);
  for (const [folder, lead] of searchFolders(deployment, process, from, searchPaths)) {
    for (const name of names) {
      const path = `${lead}${name}`;
      tried.push(path);
      const file = deployment.files.inFolder(folder, path);
      if (file !== undefined && isSameName(process.os, file, name)) return { file, tried };
    }
  }
  return { file: names.map((name) => deployment.files.searched(name)).find(Boolean), tried };
}

/** Windows finds names without case; the other systems do not. */
const isSameName = (os: OperatingSystem, { name }: DeployedFile, wanted: string): boolean => isWindows(os) || name === fileNameOf(wanted);

/** NATIVE_DLL_SEARCH_DIRECTORIES: the folder of the program and those of the deps.json; then the folder of the assembly. */
function* searchFolders(
  deployment: Deployment,
  process: TargetProcess,
  from: DeployedFile,
  searchPaths: number | undefined,
): Generator<readonly [folder: string, lead: string]> {
  const { folder, depsJson, os, architecture } = process;
  const rids = runtimeIdentifiers(os, architecture);
  if (depsJson && typeof depsJson.content !== 'string') {
    const native = depsJson.content.assets.filter(({ kind, rid }) => kind === 'native' && rid !== undefined && rids.includes(rid));
    const leads = native
      .sort((one, other) => rids.indexOf(one.rid ?? '') - rids.indexOf(other.rid ?? ''))
      .map(({ place }) => place.slice(0, place.lastIndexOf('/') + 1));
    for (const lead of new Set(leads)) yield [folder, lead];
  }
  if (deployment.isPackage) for (const rid of rids) yield [packageRoot(folder), `runtimes/${rid}/native/`];
  yield [folder, ''];
  if (process.inside !== undefined) yield [process.inside, ''];
  if (from.folder !== folder && (searchPaths === undefined || (searchPaths & ASSEMBLY_DIRECTORY) !== 0)) yield [from.folder, ''];
}

const packageRoot = (folder: string): string => folder.slice(0, folder.indexOf(':') + 1);

function elsewhere(deployment: Deployment, { os }: TargetProcess, library: string): Satisfaction {
  if (isFrameworkLibrary(library)) return { by: 'framework', framework: 'Microsoft.NETCore.App' };
  const [name = library] = libraryNames(os, library);
  // A package may call what another brings; of what it has itself, a build for the process is missing.
  const missing: Satisfaction = deployment.isPackage && !hasLibrary(deployment, os, library) ? { by: 'package' } : { by: 'nothing' };
  if (!isWindows(os)) return isOfUnix(os === 'macos' ? 'macos' : 'linux', library) ? { by: 'system' } : missing;
  const family = redistributableOf(name);
  if (family && !family.debug) return { by: 'redistributable', row: family.row };
  return isOfSystem(os, name) ? { by: 'system' } : missing;
}

function hasLibrary({ files }: Deployment, os: OperatingSystem, library: string): boolean {
  const names = new Set(libraryNames(os, library).map((name) => name.toLowerCase()));
  return files.all.some(({ name }) => names.has(name.toLowerCase()));
}

function kindOf({ os }: TargetProcess, library: string, file: DeployedFile | undefined, satisfied: Satisfaction): DependencyKind {
  if (file !== undefined) return 'ours';
  if (satisfied.by === 'framework' || satisfied.by === 'package') return satisfied.by;
  if (satisfied.by === 'redistributable') return 'vc-runtime';
  if (redistributableOf(library)?.debug) return 'debug-runtime';
  return satisfied.by === 'system' || isForeignSystem(os, library) || (!isWindows(os) && isPackaged(library)) ? 'system' : 'unknown';
}

/** A library of another system than the process is for. */
export const isForeignSystem = (os: OperatingSystem, library: string): boolean =>
  isWindows(os)
    ? isUnixName(library)
    : isWindowsLibrary(library) || (os === 'linux' ? isOfUnix('macos', library) : isOfUnix('linux', library));

const isUnixName = (library: string): boolean =>
  /\.so(?:\.[0-9.]+)?$|\.dylib$|^\/|^lib(?:c|dl|pthread|objc|System|X11|gtk.*|glib.*)$/i.test(library) ||
  isOfUnix('linux', library) ||
  isOfUnix('macos', library);
