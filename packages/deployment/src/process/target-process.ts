import { OBSERVED_RUNTIME, RUNTIME_PROFILES, type RuntimeHost, type RuntimeId } from '@ijw/assembly/runtime-profiles';
import { type DepsJson, parseDepsJson } from '../configuration/deps-json.ts';
import { type ExeConfig, parseExeConfig } from '../configuration/exe-config.ts';
import { configuredRuntime, parseRuntimeConfig, type RuntimeConfig } from '../configuration/runtime-config.ts';
import { type DeployedFile, withoutExtension } from '../files/deployed-file.ts';
import type { Deployment } from '../files/deployment.ts';
import { FRAMEWORK_ROWS, type FrameworkName } from '../tables/framework-assemblies.ts';
import type { OperatingSystem } from '../tables/operating-systems.ts';

/** A configuration file: what it says, or what is wrong with it. */
export interface ConfigurationFile<T> {
  readonly file: DeployedFile;
  readonly content: T | string;
}

/** The process that a file of the deployment is for. */
export interface TargetProcess {
  /** What the verdict is about. */
  readonly root: DeployedFile;
  /** The assembly that the program starts with, where the root is the native program before it. */
  readonly main: DeployedFile | undefined;
  readonly program: DeployedFile | undefined;
  /** The folder of the program, or of the root. */
  readonly folder: string;
  /** The folder of files inside a single-file program. */
  readonly inside: string | undefined;
  readonly runtime: RuntimeId;
  readonly host: RuntimeHost;
  readonly os: OperatingSystem;
  readonly architecture: string;
  /** What decides the architecture. */
  readonly because: string;
  readonly started: 'managed' | 'native';
  readonly runtimeConfig: ConfigurationFile<RuntimeConfig> | undefined;
  readonly depsJson: ConfigurationFile<DepsJson> | undefined;
  readonly exeConfig: ConfigurationFile<ExeConfig> | undefined;
  /** The frameworks whose files are in the folder: what they lack does not come from elsewhere. */
  readonly ownFrameworks: ReadonlySet<FrameworkName>;
}

/** Works out the process of a root. */
export function targetProcess(deployment: Deployment, root: DeployedFile): TargetProcess {
  const program = deployment.application ?? programOf(deployment, root);
  const main = program && mainAssembly(deployment, program);
  const folder = (program ?? root).folder;
  const inside = program && deployment.insideOf(program);
  const named = main ?? program ?? root;
  const configured = <T>(name: string, parse: (bytes: Uint8Array) => T | string): ConfigurationFile<T> | undefined => {
    const found = (inside === undefined ? undefined : deployment.read(inside, name)) ?? deployment.read(folder, name);
    return found && { file: found.file, content: parse(found.bytes) };
  };
  const base = withoutExtension(named.name);
  const runtimeConfig = configured(`${base}.runtimeconfig.json`, parseRuntimeConfig);
  const depsJson = configured(`${base}.deps.json`, parseDepsJson) ?? frameworkDeps(deployment, folder);
  const exeConfig = program && configured(`${program.name}.config`, parseExeConfig);
  const os = deployment.options.os ?? systemOf(deployment, { root, folder, depsJson });
  const runtime = runtimeOf(deployment, { root, main, folder, inside, runtimeConfig, exeConfig });
  const { architecture, because } = architectureOf(deployment, { root, program, main, folder });
  return {
    root,
    main,
    program,
    folder,
    inside,
    runtime,
    host: RUNTIME_PROFILES[runtime].host,
    os,
    architecture,
    because,
    started: deployment.options.started ?? startedOf(deployment, program ?? root, main),
    runtimeConfig,
    depsJson,
    exeConfig,
    ownFrameworks: knownFrameworks(deployment, folder, inside),
  };
}

/** Roots with one key have one process. */
export function processKey({
  runtime,
  os,
  architecture,
  started,
  folder,
  inside,
  program,
  depsJson,
  runtimeConfig,
}: TargetProcess): string {
  const files = [program?.path, depsJson?.file.path, runtimeConfig?.file.path];
  return [runtime, os, architecture, started, folder, inside, ...files].join('\n');
}

/** A root that is started is its own program. */
function programOf(deployment: Deployment, root: DeployedFile): DeployedFile | undefined {
  const facts = deployment.facts(root);
  if (facts.format === 'pe') {
    if (!facts.isDll) return root;
    const config = deployment.files.inFolder(root.folder, `${withoutExtension(root.name)}.runtimeconfig.json`);
    return config !== undefined && facts.kind === 'managed' ? root : undefined;
  }
  return facts.format !== 'other' && facts.program ? root : undefined;
}

/** The assembly that an apphost starts has its name; a single-file program has it inside. */
function mainAssembly(deployment: Deployment, program: DeployedFile): DeployedFile | undefined {
  const facts = deployment.facts(program);
  if (facts.format === 'pe' && facts.kind !== 'native') return program;
  const inside = deployment.insideOf(program);
  const base = facts.format === 'pe' ? withoutExtension(program.name) : program.name;
  const beside = deployment.files.inFolder(inside ?? program.folder, `${base}.dll`);
  return beside && deployment.image(beside)?.managed ? beside : undefined;
}

/** The list of a shared framework lies beside its assemblies: `Microsoft.NETCore.App.deps.json`. */
function frameworkDeps(deployment: Deployment, folder: string): ConfigurationFile<DepsJson> | undefined {
  for (const name of ['Microsoft.NETCore.App', 'Microsoft.AspNetCore.App', 'Microsoft.WindowsDesktop.App']) {
    const found = deployment.read(folder, `${name}.deps.json`);
    if (found) return { file: found.file, content: parseDepsJson(found.bytes) };
  }
  return undefined;
}

interface RuntimeClues {
  readonly root: DeployedFile;
  readonly main: DeployedFile | undefined;
  readonly folder: string;
  readonly inside: string | undefined;
  readonly runtimeConfig: ConfigurationFile<RuntimeConfig> | undefined;
  readonly exeConfig: ConfigurationFile<ExeConfig> | undefined;
}

/** By the option; the target framework of the program or the file; what the runtimeconfig names; the core library in the folder. */
function runtimeOf(deployment: Deployment, { root, main, folder, inside, runtimeConfig, exeConfig }: RuntimeClues): RuntimeId {
  const { runtime } = deployment.options;
  if (runtime !== undefined) return runtime;
  const target = deployment.image(main ?? root)?.managed?.target;
  if (target?.host === 'framework') return supportedRuntime(exeConfig) ?? target.runtime;
  if (target !== undefined && target.host !== 'either') return target.runtime;
  const config = runtimeConfig && typeof runtimeConfig.content !== 'string' ? configuredRuntime(runtimeConfig.content) : undefined;
  if (config !== undefined) return config;
  const core = deployment.files.inFolder(inside ?? folder, 'System.Private.CoreLib.dll');
  return (core && deployment.image(core)?.managed?.target.runtime) ?? target?.runtime ?? OBSERVED_RUNTIME;
}

/** The first supportedRuntime that there is wins: CLR 4 is a part of Windows, CLR 2 a feature of it. */
function supportedRuntime(config: ConfigurationFile<ExeConfig> | undefined): RuntimeId | undefined {
  const [first] = config && typeof config.content !== 'string' ? config.content.supportedRuntimes : [];
  if (first === undefined) return undefined;
  return /^v[12]\./i.test(first) ? 'net20' : 'net40';
}

interface SystemClues {
  readonly root: DeployedFile;
  readonly folder: string;
  readonly depsJson: ConfigurationFile<DepsJson> | undefined;
}

const SYSTEM_OF_RID: readonly (readonly [RegExp, OperatingSystem])[] = [
  [/\/win/, 'win10'],
  [/\/osx/, 'macos'],
  [/\/(?:linux|alpine|debian|ubuntu|rhel|unix)/, 'linux'],
];

/** By the format of the file, the system that precompiled code is for, the runtime identifier of the publish, the runtime in the folder. */
function systemOf(deployment: Deployment, { root, folder, depsJson }: SystemClues): OperatingSystem {
  const facts = deployment.facts(root);
  if (facts.format === 'elf') return 'linux';
  if (facts.format === 'machO') return 'macos';
  if (facts.format === 'pe' && facts.machineOs !== undefined) return facts.machineOs === 'apple' ? 'macos' : 'linux';
  const target = depsJson && typeof depsJson.content !== 'string' ? depsJson.content.target : undefined;
  const named = SYSTEM_OF_RID.find(([pattern]) => target !== undefined && pattern.test(target));
  if (named) return named[1];
  if (deployment.files.inFolder(folder, 'libcoreclr.so')) return 'linux';
  return deployment.files.inFolder(folder, 'libcoreclr.dylib') ? 'macos' : 'win10';
}

interface ArchitectureClues {
  readonly root: DeployedFile;
  readonly program: DeployedFile | undefined;
  readonly main: DeployedFile | undefined;
  readonly folder: string;
}

/** By the option; the native program; the bits of the assembly; the runtime in the folder; x64, as AnyCPU runs on 64-bit systems. */
function architectureOf(
  deployment: Deployment,
  { root, program, main, folder }: ArchitectureClues,
): { architecture: string; because: string } {
  const { architecture } = deployment.options;
  if (architecture !== undefined) return { architecture, because: '--architecture' };
  if (program !== undefined && program !== main) {
    const machine = machineOf(deployment, program);
    if (machine !== undefined) return { architecture: machine, because: program.name };
  }
  const file = main ?? program ?? root;
  const image = deployment.image(file);
  if (image === undefined) return { architecture: machineOf(deployment, file) ?? 'x64', because: file.name };
  if (image.platform.anyCpu) {
    const runtime = ['coreclr.dll', 'libcoreclr.so', 'libcoreclr.dylib']
      .map((name) => deployment.files.inFolder(folder, name))
      .find(Boolean);
    const machine = runtime && machineOf(deployment, runtime);
    if (runtime && machine !== undefined) return { architecture: machine, because: runtime.name };
  }
  return { architecture: image.platform.architecture, because: `${file.name} is ${image.platform.anyCpu ? 'AnyCPU' : 'for it alone'}` };
}

function machineOf(deployment: Deployment, file: DeployedFile): string | undefined {
  const facts = deployment.facts(file);
  if (facts.format === 'pe') return facts.machine;
  return facts.format === 'other' ? undefined : facts.machines[0];
}

/** A native program that is not the host of an assembly loads what it loads before any runtime. */
function startedOf(deployment: Deployment, program: DeployedFile, main: DeployedFile | undefined): 'managed' | 'native' {
  const image = deployment.image(program);
  return image !== undefined && image.kind === 'native' && !image.isDll && main === undefined ? 'native' : 'managed';
}

const known = new WeakMap<Deployment, Map<string, ReadonlySet<FrameworkName>>>();

/** Counted once a folder. */
function knownFrameworks(deployment: Deployment, folder: string, inside: string | undefined): ReadonlySet<FrameworkName> {
  const ofDeployment = known.get(deployment) ?? new Map<string, ReadonlySet<FrameworkName>>();
  known.set(deployment, ofDeployment);
  const key = `${folder}\n${inside}`;
  const frameworks = ofDeployment.get(key) ?? ownFrameworks(deployment, folder, inside);
  ofDeployment.set(key, frameworks);
  return frameworks;
}

/** As many assemblies of a framework in a folder are the framework itself, not what a program brings. */
const MANY = 0.4;

function ownFrameworks(deployment: Deployment, folder: string, inside: string | undefined): ReadonlySet<FrameworkName> {
  const has = (name: string): boolean =>
    deployment.files.inFolder(folder, name) !== undefined ||
    (inside !== undefined && deployment.files.inFolder(inside, name) !== undefined);
  const own = new Set<FrameworkName>();
  if (['System.Private.CoreLib.dll', 'coreclr.dll', 'libcoreclr.so', 'libcoreclr.dylib'].some(has)) own.add('Microsoft.NETCore.App');
  for (const { framework, names } of FRAMEWORK_ROWS) {
    const all = names.flatMap((line) => line.split(' '));
    if (framework === '.NETFramework' || own.has(framework) || all.length < 20) continue;
    if (all.filter((name) => has(`${name}.dll`)).length > all.length * MANY) own.add(framework);
  }
  return own;
}
