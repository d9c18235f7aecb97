import { type AssemblyIdentity, type AssemblyVersion, formatAssemblyIdentity, formatVersion } from '@ijw/metadata/resolution';
import type { DeployedFile } from '../files/deployed-file.ts';
import type { ManagedFacts } from '../files/managed-facts.ts';
import { ruleConsequence } from '../findings/consequences.ts';
import type { Consequence, FindingInput, FindingRule } from '../findings/finding.ts';
import { chainOf } from '../graph/dependency-graph.ts';
import { type Edge, type EdgeOf, fileOf } from '../graph/edge.ts';
import { frameworksWith, majorOf, otherFrameworkWith } from '../tables/frameworks.ts';
import { type Check, type CheckContext, issue } from './check.ts';

const PROBING = 'https://learn.microsoft.com/dotnet/core/dependency-loading/default-probing';

const MISSING: FindingRule = {
  id: 'DR601',
  level: 'error',
  title: 'An assembly that another refers to is missing',
  message: '{name} {version} is missing; {importer} refers to it',
  fix: 'Put {name}.dll beside the program: publish again with every package that {importer} needs.',
  help: 'The runtime looks for an assembly when code that uses it is compiled, and throws there. The program may start and fail later.',
  link: PROBING,
};

const OLDER: FindingRule = {
  id: 'DR602',
  level: 'error',
  title: 'An assembly is older than the one that is referred to',
  message: '{file} has version {found}; {importer} refers to {version}',
  fix: 'Bring {name} {version} or later.',
  help: '.NET takes an assembly of the version or later; .NET Framework takes exactly the version of an assembly with a strong name, or what a bindingRedirect says.',
  link: PROBING,
};

const OTHER_KEY: FindingRule = {
  id: 'DR603',
  level: 'error',
  title: 'An assembly has another public key than the one that is referred to',
  message: '{file} has the public key token {found}; {importer} refers to {wanted}',
  fix: 'Bring the {name} that {importer} was built with.',
  help: 'To .NET Framework the public key is a part of the identity: an assembly that was signed with another key, or not at all, is another assembly. .NET does not compare keys.',
  link: 'https://learn.microsoft.com/dotnet/standard/assembly/strong-named',
};

const NOT_AN_ASSEMBLY: FindingRule = {
  id: 'DR604',
  level: 'error',
  title: 'A file with the name of an assembly is not one',
  message: '{file} is {what}, not an assembly; {importer} refers to it',
  fix: 'Replace {file} by the assembly.',
  help: 'A native DLL, or a damaged file, has the name that the runtime looks for.',
  link: 'https://learn.microsoft.com/dotnet/api/system.badimageformatexception',
};

const OTHER_NAME: FindingRule = {
  id: 'DR605',
  level: 'error',
  title: 'A file holds another assembly than its name says',
  message: '{file} holds the assembly {found}; {importer} refers to {name}',
  fix: 'Give the file its own name, {found}.dll, and bring {name}.dll.',
  help: 'The name of an assembly is in its manifest; a renamed file keeps it.',
  link: PROBING,
};

const NO_TYPE: FindingRule = {
  id: 'DR606',
  level: 'error',
  title: 'An assembly lacks a type that another refers to',
  message: '{file} does not have the type {type}, which {importer} uses{more}',
  fix: 'Bring the version of {name} that {importer} was built with.',
  help: 'Types are found by name, through the forwarders of reference assemblies. An older or trimmed assembly of the same name lacks it: TypeLoadException at the first use.',
  link: issue('dotnet/wpf', 1112),
};

const OF_FRAMEWORK: FindingRule = {
  id: 'DR607',
  level: 'warning',
  title: 'An assembly of another runtime is referred to',
  message: '{name} is an assembly of {framework}, which {runtime} does not have; {importer} refers to it',
  fix: 'Bring a build of {importer} for {runtime}.',
  help: 'Libraries for .NET Framework run on .NET as long as they use what both have. What is of one alone is missing on the other.',
  link: 'https://learn.microsoft.com/dotnet/core/porting/net-framework-tech-unavailable',
};

const FRAMEWORK_VERSION: FindingRule = {
  id: 'DR608',
  level: 'error',
  title: 'An assembly was built for a newer framework',
  message: '{importer} refers to {name} {version}; {runtime} has version {found}',
  fix: 'Run {importer} on the newer version of .NET, or bring its build for {runtime}.',
  help: 'The assemblies of a framework have its major version. A reference to a newer one is not satisfied by an older.',
  link: 'https://learn.microsoft.com/dotnet/core/versions/selection',
};

const GLOBAL_CACHE: FindingRule = {
  id: 'DR609',
  level: 'warning',
  title: 'An assembly must come from the global assembly cache',
  message:
    '{name} {version} is not in the folder: only the global assembly cache of the target machine can have it; {importer} refers to it',
  fix: 'Put {name}.dll beside the program.',
  help: '.NET Framework looks for assemblies with a strong name in the cache of the machine first.',
  link: 'https://learn.microsoft.com/dotnet/framework/deployment/how-the-runtime-locates-assemblies',
};

type ReferenceEdge = EdgeOf<'reference'>;

function* run(context: CheckContext): Iterable<FindingInput> {
  for (const edge of context.edges) {
    if (edge.reason !== 'reference') continue;
    const file = fileOf(edge);
    if (file === undefined) yield* absentFindings(context, edge);
    else yield* presentFindings(context, edge, file);
  }
}

const commonOf = ({ graph, process }: CheckContext, edge: ReferenceEdge) => ({
  chain: chainOf(graph, edge),
  when: 'use' as const,
  values: { name: edge.name, importer: edge.from.name, version: versionText(edge.use.identity.version), runtime: process.runtime },
});

const notFound = ({ use: { identity } }: ReferenceEdge): Consequence => ({
  hresult: 0x80070002,
  exception: 'System.IO.FileNotFoundException',
  text: `Could not load file or assembly '${formatAssemblyIdentity(identity)}'. The system cannot find the file specified.`,
});

function* absentFindings(context: CheckContext, edge: ReferenceEdge): Iterable<FindingInput> {
  const { process } = context;
  const common = { ...commonOf(context, edge), file: `${edge.name}.dll`, consequence: notFound(edge) };
  const { identity } = edge.use;
  if (edge.satisfied.by === 'framework') {
    if (isNewerThanFramework(context, edge)) {
      const values = { ...common.values, found: `${majorOf(process.runtime)}.0.0.0` };
      yield { ...common, rule: FRAMEWORK_VERSION, values };
    }
    return;
  }
  if (edge.satisfied.by !== 'nothing' || isOfConfiguration(context, edge)) return;
  const other = frameworksWith(process.runtime, edge.name).length === 0 ? otherFrameworkWith(edge.name) : undefined;
  if (other !== undefined && (other.framework === '.NETFramework') === (process.host === 'core')) {
    const framework = other.framework === '.NETFramework' ? '.NET Framework' : '.NET';
    yield { ...common, rule: OF_FRAMEWORK, values: { ...common.values, framework } };
  } else if (process.host === 'framework' && hasKey(identity)) yield { ...common, rule: GLOBAL_CACHE };
  else yield { ...common, rule: MISSING, ...(isOptional(context, edge) && { level: 'info' as const }) };
}

/** What a framework has that the configuration does not name is a finding of the configuration. */
function isOfConfiguration({ process }: CheckContext, edge: ReferenceEdge): boolean {
  const config = process.runtimeConfig;
  if (config === undefined || typeof config.content === 'string') return false;
  const named = new Set([...config.content.frameworks, ...config.content.includedFrameworks].map(({ name }) => name));
  const frameworks = frameworksWith(process.runtime, edge.name);
  return frameworks.length > 0 && !frameworks.some((each) => named.has(each) || process.ownFrameworks.has(each));
}

/** Facades of the framework forward to packages that a program may do without: by version 0.0.0.0, which nothing else has. */
const isOptional = ({ deployment }: CheckContext, { from, name, use }: ReferenceEdge): boolean =>
  use.types.length === 0 && isZero(use.identity.version) && [...(deployment.image(from)?.managed?.forwards.values() ?? [])].includes(name);

/** From .NET 5 on the version of System.Runtime is that of the framework; others keep older ones. */
const isNewerThanFramework = ({ process }: CheckContext, { use: { identity } }: ReferenceEdge): boolean =>
  process.host === 'core' &&
  /^System\./.test(identity.name) &&
  majorVersion(identity) > Math.max(majorOf(process.runtime), 4) &&
  majorVersion(identity) < 100;

const majorVersion = ({ version }: AssemblyIdentity): number => version?.major ?? 0;

const versionText = (version: AssemblyVersion | undefined): string => (version === undefined ? '' : formatVersion(version));

const NONE: AssemblyVersion = { major: 0, minor: 0, build: 0, revision: 0 };

const isZero = (version: AssemblyVersion | undefined): boolean => compare(version, NONE) === 0;

const compare = (one: AssemblyVersion = NONE, other: AssemblyVersion = NONE): number =>
  one.major - other.major || one.minor - other.minor || one.build - other.build || one.revision - other.revision;

function* presentFindings(context: CheckContext, edge: ReferenceEdge, file: DeployedFile): Iterable<FindingInput> {
  const common = () => ({ ...commonOf(context, edge), file });
  const facts = context.deployment.facts(file);
  const managed = facts.format === 'pe' ? facts.managed : undefined;
  const identity = managed?.identity;
  if (managed === undefined || identity === undefined) {
    const what =
      facts.format === 'other'
        ? facts.description
        : facts.format === 'pe'
          ? facts.managed
            ? 'a module'
            : 'a native image'
          : 'a native library';
    yield { ...common(), rule: NOT_AN_ASSEMBLY, values: { ...common().values, what }, consequence: unreadable(context, edge, file) };
    return;
  }
  const wanted = edge.use.identity;
  if (identity.name.toLowerCase() !== wanted.name.toLowerCase()) {
    yield { ...common(), rule: OTHER_NAME, values: { ...common().values, found: identity.name }, consequence: mismatch(context, edge) };
  } else if (hasKey(wanted) && wanted.publicKeyToken !== identity.publicKeyToken) {
    const values = { ...common().values, found: identity.publicKeyToken || 'null', wanted: wanted.publicKeyToken ?? 'null' };
    // .NET does not compare keys (CoreCLR 10.0.12; .NET documentation, "Strong-named assemblies").
    if (context.process.host === 'core') yield { ...common(), rule: OTHER_KEY, level: 'info', values };
    else yield { ...common(), rule: OTHER_KEY, values, consequence: mismatch(context, edge) };
  } else if (isOtherVersion(context, wanted, identity)) {
    const values = { ...common().values, found: versionText(identity.version) };
    yield { ...common(), rule: OLDER, values, consequence: mismatch(context, edge) };
  }
  yield* typeFindings(context, edge, file, managed);
}

/** .NET passes over a file that does not fit (CoreCLR 10.0.12); .NET Framework says FUSION_E_REF_DEF_MISMATCH (corerror.h). */
const mismatch = ({ process }: CheckContext, edge: ReferenceEdge): Consequence =>
  process.host === 'core' ? notFound(edge) : refDefMismatch(edge);

const refDefMismatch = ({ use: { identity } }: ReferenceEdge): Consequence => ({
  hresult: 0x80131040,
  exception: 'System.IO.FileLoadException',
  text: `Could not load file or assembly '${formatAssemblyIdentity(identity)}'. The located assembly's manifest definition does not match the assembly reference. (0x80131040)`,
});

const unreadable = (context: CheckContext, edge: ReferenceEdge, file: DeployedFile): Consequence =>
  context.process.host === 'core' ? notFound(edge) : ruleConsequence(context, 'noCliHeader', file);

function isOtherVersion({ process }: CheckContext, wanted: AssemblyIdentity, found: AssemblyIdentity): boolean {
  if (process.host === 'core') return compare(found.version, wanted.version) < 0;
  if (!hasKey(wanted) || isZero(wanted.version)) return false;
  const config = process.exeConfig && typeof process.exeConfig.content !== 'string' ? process.exeConfig.content : undefined;
  const redirected = config?.redirects.get(wanted.name.toLowerCase());
  return redirected === undefined ? compare(found.version, wanted.version) !== 0 : redirected !== versionText(found.version);
}

const hasKey = ({ publicKeyToken }: AssemblyIdentity): boolean => (publicKeyToken ?? '') !== '';

/** Forwarders that lead on and on. */
const MOST_FORWARDS = 16;

const known = new WeakMap<Edge, readonly string[]>();

/** Roots of one process share their edges: each is looked at once. */
function missingTypes(context: CheckContext, edge: ReferenceEdge, file: DeployedFile, managed: ManagedFacts): readonly string[] {
  const missing = known.get(edge) ?? edge.use.types.filter((type) => holderOf(context, file, managed, type) === 'nowhere');
  known.set(edge, missing);
  return missing;
}

/** One finding an assembly: the first type that is not there, and how many more. */
function* typeFindings(context: CheckContext, edge: ReferenceEdge, file: DeployedFile, managed: ManagedFacts): Iterable<FindingInput> {
  const missing = missingTypes(context, edge, file, managed);
  const [type] = missing;
  if (type === undefined) return;
  const more = missing.length > 1 ? ` (and ${missing.length - 1} more types)` : '';
  const common = commonOf(context, edge);
  const identity = managed.identity && formatAssemblyIdentity(managed.identity);
  const consequence = {
    hresult: 0x80131522,
    exception: 'System.TypeLoadException',
    text: `Could not load type '${type}' from assembly '${identity}'.`,
  };
  yield { ...common, rule: NO_TYPE, file, values: { ...common.values, type, more }, consequence };
}

/** Whether a type is there; `elsewhere` where a forwarder leads to an assembly that is not in the folder, which is a finding of its own or of the framework. */
function holderOf(context: CheckContext, start: DeployedFile, first: ManagedFacts, type: string): 'here' | 'elsewhere' | 'nowhere' {
  let managed: ManagedFacts | undefined = first;
  let file = start;
  for (let step = 0; step < MOST_FORWARDS && managed !== undefined; step++) {
    if (managed.types.has(type)) return 'here';
    const to: string | undefined = managed.forwards.get(type);
    if (to === undefined) return 'nowhere';
    const next: Edge | undefined = context.graph.nodes
      .get(file)
      ?.edges.find((edge) => edge.reason === 'reference' && edge.name.toLowerCase() === to.toLowerCase());
    const target: DeployedFile | undefined = next && fileOf(next);
    if (target === undefined) return 'elsewhere';
    file = target;
    managed = context.deployment.image(target)?.managed;
  }
  return 'elsewhere';
}

export const managedReferencesCheck: Check = {
  number: 6,
  title: 'Managed references',
  rules: [MISSING, OLDER, OTHER_KEY, NOT_AN_ASSEMBLY, OTHER_NAME, NO_TYPE, OF_FRAMEWORK, FRAMEWORK_VERSION, GLOBAL_CACHE],
  run,
};
