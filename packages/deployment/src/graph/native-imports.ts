import type { DeployedFile } from '../files/deployed-file.ts';
import { fileNameOf } from '../files/deployed-file.ts';
import type { Deployment } from '../files/deployment.ts';
import type { NativeImport, PeFacts } from '../files/file-facts.ts';
import type { TargetProcess } from '../process/target-process.ts';
import { isWindows } from '../tables/operating-systems.ts';
import { redistributableOf } from '../tables/redistributables.ts';
import { isApiSet, isOfSystem, isOfUnix, isPackaged, isWindowsLibrary } from '../tables/system-libraries.ts';
import type { DependencyKind, Edge, Satisfaction } from './edge.ts';

/** Where a file is looked for, in order, and what was found. */
interface Found {
  readonly file: DeployedFile | undefined;
  readonly tried: readonly string[];
}

const HOSTS: ReadonlySet<string> = new Set(['ijwhost.dll', 'mscoree.dll']);

/** A name without an extension is a DLL's. */
export const dllName = (name: string): string => (/\.[^.\\/]*$/.test(name) ? name : `${name}.dll`);

/**
 * The import tables of an image, resolved as LoadLibraryEx does with LOAD_WITH_ALTERED_SEARCH_PATH: the folder of the image, that of the program, the system
 * (Windows documentation, "Dynamic-link library search order").
 */
export function nativeImportEdges(
  deployment: Deployment,
  process: TargetProcess,
  from: DeployedFile,
  { imports }: PeFacts,
): readonly Edge[] {
  return imports.map((imported) => {
    const reason = imported.delayed ? ('delayImport' as const) : ('import' as const);
    return { from, name: imported.module, reason, imported, ...resolveImport(deployment, process, from, imported) };
  });
}

type Resolved = Pick<Edge, 'kind' | 'satisfied' | 'tried'>;

function resolveImport(deployment: Deployment, process: TargetProcess, from: DeployedFile, { module }: NativeImport): Resolved {
  const name = fileNameOf(dllName(module));
  if (isApiSet(name) && isOfSystem(process.os, name)) return { kind: 'api-set', satisfied: { by: 'system' }, tried: [] };
  if (name.toLowerCase() === 'mscoree.dll' && isOfSystem(process.os, name)) return { kind: 'host', satisfied: { by: 'system' }, tried: [] };
  const { file, tried } = findNative(deployment, process, from, name);
  const kind = kindOf(name, file);
  if (file !== undefined) return { kind, satisfied: { by: 'folder', file }, tried };
  return { kind, satisfied: satisfactionOf(process, name, kind), tried };
}

/** The folder of the file that asks, that of the program, then what is searched. */
export function findNative(deployment: Deployment, process: TargetProcess, from: DeployedFile, name: string): Found {
  const tried: string[] = [];
  for (const folder of new Set([from.folder, process.folder])) {
    tried.push(`${shownFolder(folder)}${name}`);
    const file = deployment.files.inFolder(folder, name);
    if (file !== undefined) return { file, tried };
  }
  const file = deployment.files.searched(name);
  if (file !== undefined) tried.push(file.path);
  return { file, tried };
}

const shownFolder = (folder: string): string => {
  const path = folder.slice(folder.indexOf(':') + 1);
  return path === '' ? '' : `${path}/`;
};

function kindOf(name: string, file: DeployedFile | undefined): DependencyKind {
  if (HOSTS.has(name.toLowerCase())) return 'host';
  const family = redistributableOf(name);
  if (family) return family.debug ? 'debug-runtime' : 'vc-runtime';
  if (isApiSet(name)) return 'api-set';
  // Node.js of Electron was a DLL before version 4 of Electron.
  if (/\.exe$|^node\.dll$/i.test(name) && file === undefined) return 'host-exe';
  if (/\.exe$/i.test(name)) return 'host-exe';
  if (file !== undefined) return 'ours';
  return isWindowsLibrary(name) ? 'system' : 'unknown';
}

function satisfactionOf({ os, program }: TargetProcess, name: string, kind: DependencyKind): Satisfaction {
  const family = redistributableOf(name);
  if (family && !family.debug) return { by: 'redistributable', row: family.row };
  if (kind === 'host-exe' && (program === undefined || program.name.toLowerCase() === name.toLowerCase())) return { by: 'host' };
  return isOfSystem(os, name) ? { by: 'system' } : { by: 'nothing' };
}

/** The libraries that an ELF or a Mach-O file names. What a package of the system may bring is not known here. */
export function neededEdges(
  deployment: Deployment,
  process: TargetProcess,
  from: DeployedFile,
  needed: readonly string[],
): readonly Edge[] {
  return needed.map((name): Edge => {
    const { file, tried } = findNative(deployment, process, from, fileNameOf(name));
    const satisfied: Satisfaction = file
      ? { by: 'folder', file }
      : !isWindows(process.os) && isOfUnix(process.os === 'macos' ? 'macos' : 'linux', name)
        ? { by: 'system' }
        : { by: 'nothing' };
    const kind: DependencyKind = file ? 'ours' : satisfied.by === 'system' || isPackaged(name) ? 'system' : 'unknown';
    return { from, name, reason: 'needed', kind, satisfied, tried };
  });
}
