import type { AssetKind } from '../configuration/deps-json.ts';
import { configuredRuntime, parseRuntimeConfig } from '../configuration/runtime-config.ts';
import { runtimeIdentifiers } from '../configuration/runtime-identifiers.ts';
import { type DeployedFile, fileNameOf, withoutExtension } from '../files/deployed-file.ts';
import { ruleConsequence } from '../findings/consequences.ts';
import type { Consequence, FindingInput, FindingRule } from '../findings/finding.ts';
import { chainTo } from '../graph/dependency-graph.ts';
import type { TargetProcess } from '../process/target-process.ts';
import { frameworksWith, majorOf } from '../tables/frameworks.ts';
import { isWindows } from '../tables/operating-systems.ts';
import { type Check, type CheckContext, issue } from './check.ts';

const HOST_ERRORS = 'https://github.com/dotnet/runtime/blob/main/docs/design/features/host-error-codes.md';
const IJW = 'https://learn.microsoft.com/dotnet/core/porting/cpp-cli';

const NO_CONFIG: FindingRule = {
  id: 'DR501',
  level: 'error',
  title: 'The runtimeconfig.json of a C++/CLI image is missing',
  message: '{config} is missing: native code cannot start the runtime for {file}',
  fix: 'Put {config} beside {file}; its name follows that of the deployed file. Build the C++/CLI project with EnableDynamicLoading.',
  help: 'ijwhost looks for NAME.runtimeconfig.json by the name of the file that was loaded: a renamed image needs a renamed configuration. The first call fails with a C++ exception, 0xE06D7363.',
  link: IJW,
};

const SELF_CONTAINED: FindingRule = {
  id: 'DR502',
  level: 'error',
  title: 'A C++/CLI image has the configuration of a self-contained program',
  message: '{config} is self-contained (includedFrameworks): native code cannot start a runtime with it',
  fix: 'Build with SelfContained=false, so that {config} names a framework of the machine.',
  help: 'hostfxr starts a self-contained runtime for its own program alone. A component that native code loads uses the runtime of the machine.',
  link: issue('dotnet/runtime', 82670),
};

const FRAMEWORK_TOO_OLD: FindingRule = {
  id: 'DR503',
  level: 'error',
  title: 'The configuration names an older framework than the program was built for',
  message: '{config} asks for {found}, but {file} was built for {needed}',
  fix: 'Publish again, so that {config} names {needed}; or build {file} for {found}.',
  help: 'The runtime is started in the version that the configuration names. Assemblies of a newer framework do not find the versions that they refer to.',
  link: 'https://learn.microsoft.com/dotnet/core/versions/selection',
};

const FRAMEWORK_NOT_NAMED: FindingRule = {
  id: 'DR504',
  level: 'error',
  title: 'The configuration does not name a framework that the program needs',
  message: '{config} does not name {framework}, which has {assembly}',
  fix: 'Add {framework} to the frameworks of {config}: use the SDK or the FrameworkReference for it, and publish again.',
  help: 'Only the frameworks of the configuration are searched. WPF and Windows Forms are in Microsoft.WindowsDesktop.App, ASP.NET Core in Microsoft.AspNetCore.App.',
  link: 'https://learn.microsoft.com/dotnet/core/runtime-config/',
};

const MALFORMED: FindingRule = {
  id: 'DR505',
  level: 'error',
  title: 'A configuration file cannot be read',
  message: '{file} cannot be read: {problem}',
  fix: 'Publish again, or mend {file}.',
  help: 'The host reads NAME.runtimeconfig.json and NAME.deps.json before it starts the runtime, and stops at one that is not JSON.',
  link: HOST_ERRORS,
};

const LEGACY_POLICY: FindingRule = {
  id: 'DR506',
  level: 'error',
  title: 'A mixed image for CLR 2 needs the legacy activation policy',
  message: '{file} was built for {version} of the runtime: {config} must set useLegacyV2RuntimeActivationPolicy',
  fix: 'Put <startup useLegacyV2RuntimeActivationPolicy="true"><supportedRuntime version="v4.0"/></startup> into {config}, or rebuild {file} for .NET Framework 4.',
  help: 'CLR 4 loads a mixed image of CLR 1.1 or 2.0 only where the configuration of the program binds the old runtime to it.',
  link: 'https://learn.microsoft.com/dotnet/framework/configure-apps/file-schema/startup/startup-element',
};

const CONFIG_OF_DLL: FindingRule = {
  id: 'DR507',
  level: 'info',
  title: 'The configuration of a DLL is not read',
  message: '{config} is not read: the runtime reads the configuration of the program alone',
  fix: 'Move what {config} sets into the configuration of the program (NAME.exe.config).',
  help: '.NET Framework reads the file of the EXE; .NET reads runtimeconfig.json and leaves startup settings of .config files alone.',
  link: 'https://learn.microsoft.com/dotnet/framework/configure-apps/',
};

const NO_PROGRAM_CONFIG: FindingRule = {
  id: 'DR508',
  level: 'error',
  title: 'The runtimeconfig.json of a program is missing',
  message: '{config} is missing: {program} does not find a runtime',
  fix: 'Copy {config} beside {program}; dotnet publish writes it.',
  help: 'Without it the host takes the program for self-contained and looks for the runtime in its folder.',
  link: HOST_ERRORS,
};

const NO_MAIN: FindingRule = {
  id: 'DR509',
  level: 'error',
  title: 'The assembly of a program is missing',
  message: '{assembly} is missing: {program} only starts it',
  fix: 'Copy {assembly} beside {program}; the two are one program.',
  help: 'The EXE that the SDK builds is a native host; the program itself is in the DLL of the same name.',
  link: HOST_ERRORS,
};

const NOT_DEPLOYED: FindingRule = {
  id: 'DR510',
  level: 'error',
  title: 'A file that deps.json lists is missing',
  message: '{name} is missing: {config} lists it, for {library}',
  fix: 'Copy {name} beside {program}, or publish again; without {config} the host takes what is in the folder.',
  help: 'Up to .NET 8 the host stops: "An assembly specified in the application dependencies manifest was not found". .NET 10 starts, and fails where the file is used.',
  link: 'https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md',
};

const NEWER_RUNTIME: FindingRule = {
  id: 'DR511',
  level: 'error',
  title: 'An assembly was built for a newer runtime than the process has',
  message: '{file} was built for {version} of the runtime; the process has CLR 2',
  fix: 'Put <startup><supportedRuntime version="v4.0"/></startup> into {config}, so that the program runs on CLR 4; or build {file} for .NET Framework 3.5.',
  help: 'A program of .NET Framework 2.0 to 3.5 runs on CLR 2 where it is installed, unless its configuration says otherwise. CLR 2 loads no assembly of .NET Framework 4.',
  link: 'https://learn.microsoft.com/dotnet/framework/migration-guide/version-compatibility',
};

function* run(context: CheckContext): Iterable<FindingInput> {
  yield* malformedFindings(context);
  if (context.process.host === 'framework') yield* frameworkFindings(context);
  else {
    yield* nativeStartFindings(context);
    yield* programFindings(context);
    yield* assetFindings(context);
    yield* versionFindings(context);
  }
  yield* dllConfigFindings(context);
}

function* malformedFindings({ process }: CheckContext): Iterable<FindingInput> {
  for (const config of [process.runtimeConfig, process.depsJson]) {
    if (config === undefined || typeof config.content !== 'string') continue;
    const consequence = { hresult: config === process.runtimeConfig ? 0x80008093 : 0x8000808b };
    yield {
      rule: MALFORMED,
      chain: [process.root.name, config.file.name],
      file: config.file,
      when: 'start',
      values: { problem: config.content },
      consequence,
    };
  }
}

/** What ijwhost throws into native code whose runtime does not start. */
const CPP_EXCEPTION = 'C++ exception 0xE06D7363';

/** Mixed images that native code loads start the runtime themselves. */
function* nativeStartFindings(context: CheckContext): Iterable<FindingInput> {
  const { deployment, process, graph } = context;
  if (process.started !== 'native' || !isWindows(process.os)) return;
  for (const { file, withRoot } of graph.nodes.values()) {
    if (!withRoot || deployment.image(file)?.kind !== 'mixed') continue;
    const name = `${withoutExtension(file.name)}.runtimeconfig.json`;
    const config = deployment.files.inFolder(file.folder, name);
    const common = { chain: [...chainTo(graph, file), name], values: { file: file.name, config: name }, when: 'start' as const };
    if (config === undefined) {
      const consequence = {
        hresult: 0x800080a3,
        exception: CPP_EXCEPTION,
        text: 'Failed to start the .NET runtime. Error code: 0x800080a3',
      };
      yield { ...common, rule: NO_CONFIG, file: name, consequence };
    } else if (isSelfContained(config)) {
      yield { ...common, rule: SELF_CONTAINED, file: config, consequence: { hresult: 0x80008093, exception: CPP_EXCEPTION } };
    }
  }
}

function isSelfContained(config: DeployedFile): boolean {
  const content = parseRuntimeConfig(config.read() ?? new Uint8Array());
  return typeof content !== 'string' && content.includedFrameworks.length > 0;
}

/** `App` of App.exe, and of App on systems without extensions. */
function programName({ process: { program, main, os } }: CheckContext): string {
  const name = program?.name ?? '';
  return isWindows(os) || main === program ? withoutExtension(name) : name;
}

function* programFindings(context: CheckContext): Iterable<FindingInput> {
  const { deployment, process } = context;
  const { program, main } = process;
  if (program === undefined || process.inside !== undefined) return;
  const base = programName(context);
  const values = { program: program.name, config: `${base}.runtimeconfig.json`, assembly: `${base}.dll` };
  const image = deployment.image(program);
  const isHost = main !== undefined && main !== program;
  const isManaged = main === program && image?.kind === 'managed' && process.runtimeConfig === undefined;
  if (isHost && process.runtimeConfig === undefined && process.ownFrameworks.size === 0) {
    const consequence = { hresult: 0x80008083 };
    yield { rule: NO_PROGRAM_CONFIG, chain: [program.name, values.config], file: values.config, when: 'start', values, consequence };
  } else if (
    isManaged &&
    image !== undefined &&
    !image.isDll &&
    image.managed?.target.because === 'targetFramework' &&
    isBuiltByNetSdk(context, program)
  ) {
    yield {
      rule: NO_PROGRAM_CONFIG,
      chain: [program.name, values.config],
      file: values.config,
      when: 'start',
      values,
      consequence: { hresult: 0x80008083 },
    };
  } else if (main === undefined && (image === undefined || image.kind === 'native') && process.runtimeConfig !== undefined) {
    // AppPathFindFailure of CoreCLR 10.0.12; which code others have is not known.
    const known = majorOf(process.runtime) >= 10 ? { hresult: 0x8000809a } : {};
    const consequence = { ...known, text: `The application to execute does not exist: '${values.assembly}'.` };
    yield { rule: NO_MAIN, chain: [program.name, values.assembly], file: values.assembly, when: 'start', values, consequence };
  }
}

/** The files of the deps.json: those for every system, and those for the runtime identifier of the process. Inside a single file they are part of it. */
function* assetFindings(context: CheckContext): Iterable<FindingInput> {
  const { deployment, process } = context;
  const { depsJson, folder, program, inside, root } = process;
  if (depsJson === undefined || typeof depsJson.content === 'string' || inside !== undefined) return;
  if (program === undefined && process.ownFrameworks.size === 0) return;
  const rids = runtimeIdentifiers(process.os, process.architecture).slice(0, 1);
  for (const { kind, place, rid, library } of depsJson.content.assets) {
    // The lib folder of a runtime pack has a list of the native files, which are in another.
    if (program === undefined && kind === 'native') continue;
    if ((rid !== undefined && !rids.includes(rid)) || deployment.files.inFolder(folder, place)) continue;
    const name = fileNameOf(place);
    // The assembly of the program has a finding of its own.
    if (program !== undefined && name.toLowerCase() === `${programName(context)}.dll`.toLowerCase()) continue;
    const values = { name, config: depsJson.file.name, library, program: program?.name ?? root.name };
    const chain = [root.name, depsJson.file.name, name];
    yield { rule: NOT_DEPLOYED, chain, file: place, when: 'start', values, consequence: notDeployed(process, kind, name) };
  }
}

/** Up to .NET 8 the host stops (host-error-codes.md); CoreCLR 10.0.12 starts, and the file is missing where it is used. Of .NET 9 it is not known. */
function notDeployed({ runtime }: TargetProcess, kind: AssetKind, name: string): Consequence {
  if (majorOf(runtime) < 9) return { hresult: 0x8000808c };
  if (majorOf(runtime) === 9) return {};
  return kind === 'native'
    ? { hresult: 0x80131524, exception: 'System.DllNotFoundException', text: `Unable to load '${name}' or one of its dependencies.` }
    : fileNotFound(withoutExtension(name));
}

/** A managed EXE whose host is .NET: it is started by `dotnet NAME.exe`. */
const isBuiltByNetSdk = ({ deployment, process }: CheckContext, program: DeployedFile): boolean =>
  process.host === 'core' && deployment.image(program)?.managed?.target.host === 'core';

function* versionFindings(context: CheckContext): Iterable<FindingInput> {
  const { process, deployment } = context;
  const config = process.runtimeConfig;
  if (config === undefined || typeof config.content === 'string') return;
  const found = configuredRuntime(config.content);
  const file = process.main ?? process.root;
  const target = deployment.image(file)?.managed?.target;
  const built = target?.host === 'core' && target.because === 'targetFramework' ? target.runtime : undefined;
  const needed = deployment.options.runtime ?? built;
  if (found && needed && majorOf(found) < majorOf(needed)) {
    const values = { config: config.file.name, found, needed, file: file.name };
    const name = `System.Runtime, Version=${majorOf(needed)}.0.0.0, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a`;
    const consequence = {
      hresult: 0x80070002,
      exception: 'System.IO.FileNotFoundException',
      text: `Could not load file or assembly '${name}'. The system cannot find the file specified.`,
    };
    yield { rule: FRAMEWORK_TOO_OLD, chain: [process.root.name, config.file.name], file: config.file, when: 'start', values, consequence };
  }
  yield* frameworkNameFindings(
    context,
    config.file,
    new Set([...config.content.frameworks, ...config.content.includedFrameworks].map(({ name }) => name)),
  );
}

/** One finding a framework, for the first reference to it. */
function* frameworkNameFindings(context: CheckContext, config: DeployedFile, named: ReadonlySet<string>): Iterable<FindingInput> {
  const { process, edges } = context;
  const told = new Set<string>();
  for (const edge of edges) {
    if (edge.reason !== 'reference' || edge.satisfied.by !== 'nothing') continue;
    const frameworks = frameworksWith(process.runtime, edge.name);
    const [framework] = frameworks;
    if (framework === undefined || frameworks.some((each) => named.has(each)) || told.has(framework)) continue;
    told.add(framework);
    const values = { config: config.name, framework, assembly: edge.name };
    yield {
      rule: FRAMEWORK_NOT_NAMED,
      chain: [process.root.name, config.name, framework],
      file: config,
      when: 'start',
      values,
      consequence: fileNotFound(edge.name),
    };
  }
}

const fileNotFound = (assembly: string): Consequence => ({
  hresult: 0x80070002,
  exception: 'System.IO.FileNotFoundException',
  text: `Could not load file or assembly '${assembly}'. The system cannot find the file specified.`,
});

function* frameworkFindings(context: CheckContext): Iterable<FindingInput> {
  const { deployment, process, graph } = context;
  if (process.runtime === 'net20') yield* newerFindings(context);
  const config = process.exeConfig && typeof process.exeConfig.content !== 'string' ? process.exeConfig.content : undefined;
  if (process.runtime !== 'net40' || config?.legacyV2Policy) return;
  for (const { file, withRoot } of graph.nodes.values()) {
    const image = deployment.image(file);
    if (image?.kind !== 'mixed' || !/^v[12]\./i.test(image.managed?.metadataVersion ?? '')) continue;
    const values = {
      version: image.managed?.metadataVersion ?? '',
      config: process.program ? `${process.program.name}.config` : 'the configuration of the program',
    };
    yield {
      rule: LEGACY_POLICY,
      chain: chainTo(graph, file),
      file,
      when: withRoot ? 'load' : 'use',
      values,
      consequence: ruleConsequence(context, 'olderRuntime', file),
    };
  }
}

/** CLR 2 loads nothing that was built for CLR 4. */
function* newerFindings(context: CheckContext): Iterable<FindingInput> {
  for (const { file, via } of context.graph.nodes.values()) {
    const version = context.deployment.image(file)?.managed?.metadataVersion;
    if (version === undefined || !/^v4\./i.test(version)) continue;
    const config = context.process.program ? `${context.process.program.name}.config` : 'the configuration of the program';
    const when = via === undefined ? ('load' as const) : ('use' as const);
    const consequence = ruleConsequence(context, 'newerRuntime', file);
    yield { rule: NEWER_RUNTIME, chain: chainTo(context.graph, file), file, when, values: { version, config }, consequence };
  }
}

function* dllConfigFindings({ deployment, process }: CheckContext): Iterable<FindingInput> {
  const { root } = process;
  if (process.program === root || !/\.dll$/i.test(root.name)) return;
  const config = deployment.files.inFolder(root.folder, `${root.name}.config`);
  if (config) yield { rule: CONFIG_OF_DLL, chain: [root.name, config.name], file: config, when: 'start', values: { config: config.name } };
}

export const configurationCheck: Check = {
  number: 5,
  title: 'Configuration',
  rules: [
    NO_CONFIG,
    SELF_CONTAINED,
    FRAMEWORK_TOO_OLD,
    FRAMEWORK_NOT_NAMED,
    MALFORMED,
    LEGACY_POLICY,
    CONFIG_OF_DLL,
    NO_PROGRAM_CONFIG,
    NO_MAIN,
    NOT_DEPLOYED,
    NEWER_RUNTIME,
  ],
  run,
};
