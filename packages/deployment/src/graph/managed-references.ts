import type { DepsJson } from '../configuration/deps-json.ts';
import { runtimeIdentifiers } from '../configuration/runtime-identifiers.ts';
import type { DeployedFile } from '../files/deployed-file.ts';
import type { Deployment } from '../files/deployment.ts';
import type { AssemblyUse, ManagedFacts } from '../files/managed-facts.ts';
import type { TargetProcess } from '../process/target-process.ts';
import { frameworksWith } from '../tables/frameworks.ts';
import type { Edge, Satisfaction } from './edge.ts';

/** The assemblies that an assembly refers to, as the binder finds them: the program's own list, then the framework's. */
export function referenceEdges(
  deployment: Deployment,
  process: TargetProcess,
  from: DeployedFile,
  { references }: ManagedFacts,
): readonly Edge[] {
  return references.map((use): Edge => {
    const { file, tried } = findAssembly(deployment, process, from, use.identity.name);
    const satisfied: Satisfaction = file ? { by: 'folder', file } : elsewhere(deployment, process, use);
    const kind = file ? 'ours' : satisfied.by === 'framework' ? 'framework' : satisfied.by === 'package' ? 'package' : 'unknown';
    return { from, name: use.identity.name, reason: 'reference', use, kind, satisfied, tried };
  });
}

/** The places of an assembly in their order, and the file that is there. */
export function findAssembly(
  deployment: Deployment,
  process: TargetProcess,
  from: DeployedFile,
  name: string,
): { readonly file: DeployedFile | undefined; readonly tried: readonly string[] } {
  const tried: string[] = [];
  for (const [folder, path] of candidates(process, from, name)) {
    tried.push(folder === process.inside ? `${path} inside ${process.program?.name ?? 'the bundle'}` : path);
    const file = deployment.files.inFolder(folder, path);
    if (file !== undefined) return { file, tried };
  }
  return { file: deployment.files.searched(`${name}.dll`) ?? deployment.files.searched(`${name}.exe`), tried };
}

type Candidate = readonly [folder: string, path: string];

function* candidates(process: TargetProcess, from: DeployedFile, name: string): Generator<Candidate> {
  const { folder, inside, depsJson, exeConfig, host } = process;
  if (inside !== undefined) yield [inside, `${name}.dll`];
  for (const place of runtimeAssets(process, depsJson?.content, name)) yield [folder, place];
  for (const each of new Set([folder, from.folder])) {
    yield [each, `${name}.dll`];
    yield [each, `${name}.exe`];
  }
  if (host !== 'framework') return;
  const paths = exeConfig && typeof exeConfig.content !== 'string' ? exeConfig.content.privatePaths : [];
  for (const path of ['', ...paths.map((each) => `${each}/`)]) {
    yield [folder, `${path}${name}.dll`];
    yield [folder, `${path}${name}/${name}.dll`];
  }
}

/** `runtimes/win/lib/net8.0/Name.dll` of a portable publish: the asset for the nearest runtime identifier. */
function runtimeAssets({ os, architecture }: TargetProcess, deps: DepsJson | string | undefined, name: string): readonly string[] {
  if (deps === undefined || typeof deps === 'string') return [];
  const rids = runtimeIdentifiers(os, architecture);
  const file = `${name}.dll`.toLowerCase();
  return deps.assets
    .filter(
      ({ kind, place, rid }) => kind === 'runtime' && rid !== undefined && rids.includes(rid) && place.toLowerCase().endsWith(`/${file}`),
    )
    .sort((one, other) => rids.indexOf(one.rid ?? '') - rids.indexOf(other.rid ?? ''))
    .map(({ place }) => place);
}

/** What is not in the folder may come with the framework, unless the folder has that framework itself. */
function elsewhere(deployment: Deployment, process: TargetProcess, { identity }: AssemblyUse): Satisfaction {
  const { runtime, ownFrameworks, runtimeConfig } = process;
  const named = runtimeConfig && typeof runtimeConfig.content !== 'string' ? runtimeConfig.content : undefined;
  const isNamed = (framework: string): boolean =>
    framework === 'Microsoft.NETCore.App' ||
    framework === '.NETFramework' ||
    named === undefined ||
    named.frameworks.some(({ name }) => name === framework);
  // The core library comes with coreclr: a list of assemblies alone, as in the lib folder of a runtime pack, has neither.
  if (isCoreLibrary(identity.name) && !hasRuntime(deployment, process)) return { by: 'framework', framework: 'Microsoft.NETCore.App' };
  const framework = frameworksWith(runtime, identity.name).find((each) => !ownFrameworks.has(each) && isNamed(each));
  if (framework !== undefined && (named === undefined || named.includedFrameworks.length === 0)) return { by: 'framework', framework };
  return deployment.isPackage && framework === undefined ? { by: 'package' } : { by: 'nothing' };
}

const isCoreLibrary = (name: string): boolean => name.toLowerCase() === 'system.private.corelib';

const hasRuntime = ({ files }: Deployment, { folder, inside }: TargetProcess): boolean =>
  inside !== undefined || ['coreclr.dll', 'libcoreclr.so', 'libcoreclr.dylib'].some((name) => files.inFolder(folder, name) !== undefined);
