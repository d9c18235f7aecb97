/**
 * Compares the breaking changes of the public API with those of `Microsoft.DotNet.ApiCompat.Tool`, over pairs of versions of NuGet packages: npm run tool tools/compare-api.ts.
 * Members are compared by name, an accessor as its property or event: ApiCompat reports either. Needs dotnet and NuGet.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Assembly, diffAssemblies } from '@ijw/assembly';

const TOOL = 'Microsoft.DotNet.ApiCompat.Tool';
const TOOL_VERSION = '11.0.100';

interface Pair {
  readonly id: string;
  readonly versions: readonly [old: string, now: string];
  /** The folder of `lib/`. */
  readonly framework: string;
  /** Names that only one of the two reports, each with the reason. */
  readonly known?: Readonly<Record<string, string>>;
}

const pair = (id: string, old: string, now: string, framework = 'netstandard2.0', known: Pair['known'] = {}): Pair => ({
  id,
  versions: [old, now],
  framework,
  known,
});

const everyName = (reason: string, ...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, reason]));

/** The tool does not report values, though its rule CP0011 is about them. */
const VALUE = 'the value of a constant of an enumeration changed';

const PAIRS: readonly Pair[] = [
  pair('Newtonsoft.Json', '12.0.3', '13.0.3'),
  pair('Serilog', '3.1.1', '4.2.0'),
  pair(
    'Polly',
    '7.2.4',
    '8.1.0',
    'netstandard2.0',
    everyName(
      'forwarded to Polly.Core, which the tool is not given',
      'Polly.ExecutionRejectedException',
      'Polly.CircuitBreaker.BrokenCircuitException',
      'Polly.CircuitBreaker.CircuitState',
      'Polly.CircuitBreaker.IsolatedCircuitException',
      'Polly.Timeout.TimeoutRejectedException',
    ),
  ),
  pair('Dapper', '2.0.123', '2.1.66'),
  pair('NLog', '4.7.13', '5.0.4', 'netstandard2.0', {
    ...everyName(VALUE, 'NLog.Config.StackTraceUsage.WithSource', 'NLog.Config.StackTraceUsage.Max'),
    ...everyName('IDisposable is gone: the tool reports its methods alone', 'NLog.LayoutRenderers.LayoutRenderer'),
  }),
  pair('FluentValidation', '11.1.0', '11.11.0'),
  pair('Humanizer.Core', '2.8.26', '2.14.1'),
  pair('CsvHelper', '30.0.1', '33.0.1'),
  pair('Moq', '4.16.1', '4.18.4', 'netstandard2.1'),
  pair('xunit.assert', '2.4.2', '2.9.3', 'netstandard1.1'),
  pair('YamlDotNet', '13.7.1', '16.3.0'),
  pair(
    'Autofac',
    '7.0.1',
    '8.4.0',
    'netstandard2.0',
    everyName(
      'a parameter became `in`, which the tool does not compare',
      'Autofac.IComponentContext.ResolveComponent',
      'Autofac.Features.Decorators.DecoratorContext.ResolveComponent',
      'Autofac.Diagnostics.OperationStartDiagnosticData.ctor',
      'Autofac.Core.Container.ResolveComponent',
      'Autofac.Core.ImplicitRegistrationSource.ResolveInstance',
      'Autofac.Core.Resolving.IResolveOperation.GetOrCreateInstance',
      'Autofac.Core.Resolving.Pipeline.ResolveRequestContext.ResolveComponent',
      'Autofac.Core.Lifetime.LifetimeScope.ResolveComponent',
    ),
  ),
  pair(
    'RestSharp',
    '108.0.3',
    '112.1.0',
    'netstandard2.0',
    everyName(
      'inherited from a generic base type, whose arguments ijw does not put in',
      'RestSharp.ParametersCollection',
      'RestSharp.ParametersCollection.Exists',
    ),
  ),
  pair('SharpZipLib', '1.2.0', '1.4.2'),
  pair('Mono.Cecil', '0.11.3', '0.11.6'),
  pair('StackExchange.Redis', '2.5.61', '2.8.16'),
  pair('protobuf-net.Core', '3.2.52', '3.4.0'),
  pair('Google.Protobuf', '3.21.9', '3.31.1', 'netstandard2.0', everyName(VALUE, 'Google.Protobuf.Reflection.Syntax.Unknown')),
  pair(
    'Spectre.Console',
    '0.44.0',
    '0.49.1',
    'netstandard2.0',
    everyName(VALUE, 'Spectre.Console.Rendering.TablePart.FooterSeparator', 'Spectre.Console.Rendering.TablePart.Bottom'),
  ),
  pair('CommandLineParser', '2.4.3', '2.9.1'),
  pair('System.Text.Json', '6.0.0', '9.0.0'),
  pair('MessagePack', '2.1.90', '2.5.302'),
];

/** `Namespace.Type.Name` without types, arity and parameters; of an accessor, the property or event; of a constructor, `.ctor`. */
function nameOf(text: string): string {
  let name = text.replace(/`+\d+/g, '').replaceAll('::', '.').replaceAll(/[/+]/g, '.');
  for (let before = ''; before !== name; ) {
    before = name;
    name = name.replace(/<[^<>]*>/g, '');
  }
  name = (name.split('(')[0] ?? '')
    .replace(/:\s.*$/, '')
    .replace(/this\[.*?\]/, 'Item')
    .trim();
  name =
    name
      .replace(/^(?:implicit|explicit) operator .*$/, 'conversion')
      .split(' ')
      .at(-1) ?? '';
  name = name.replace(/\.(get|set|add|remove|init)$/, '').replace(/\.(?:get|set|add|remove)_([^.]*)$/, '.$1');
  const [member, type] = name.split('.').reverse();
  return member === type ? name.replace(/[^.]*$/, 'ctor') : name.replace('..ctor', '.ctor');
}

/** Lines such as "CP0002: Member 'void N.T.M()' exists on …"; the last name in quotes of a rule about a keyword or a constraint. */
function reported(output: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, code = '', message = ''] of output.matchAll(/(CP\d{4}): (.*)/g)) {
    const quoted = [...message.matchAll(/'([^']*)'/g)].map(([, text = '']) => text);
    // The key of the assembly is not API; 'notnull' is an annotation for compilers, not a constraint of ECMA-335 II.22.21.
    if (code === 'CP0003' || quoted[0] === 'notnull') continue;
    const text = code === 'CP0012' || code === 'CP0020' || code === 'CP0021' ? quoted.at(-1) : quoted[0];
    if (text !== undefined) names.add(nameOf(text));
  }
  return names;
}

const PROJECT = `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup><ItemGroup>
${PAIRS.map(({ id, versions }) => `<PackageDownload Include="${id}" Version="${versions.map((version) => `[${version}]`).join(';')}" />`).join('\n')}
</ItemGroup></Project>`;

/** Whether the packages and the tool could be fetched. */
function fetched(folder: string): boolean {
  writeFileSync(join(folder, 'pairs.csproj'), PROJECT);
  const run = (...args: readonly string[]) => spawnSync('dotnet', args, { cwd: folder, encoding: 'utf8' });
  const restored = run('restore', '--packages', 'packages');
  const installed = restored.status === 0 ? run('tool', 'install', TOOL, '--version', TOOL_VERSION, '--tool-path', 'tool') : restored;
  if (installed.status === 0) return true;
  console.log(`API: skipped, the packages cannot be fetched:\n${installed.error?.message ?? `${installed.stdout}${installed.stderr}`}`);
  return false;
}

function library(folder: string, { id, framework }: Pair, version: string): string {
  const place = join(folder, 'packages', id.toLowerCase(), version, 'lib', framework);
  const [name] = existsSync(place)
    ? readdirSync(place)
        .filter((file) => file.endsWith('.dll'))
        .sort()
    : [];
  if (name === undefined) throw new Error(`${place} has no library`);
  return join(place, name);
}

async function comparePair(folder: string, pairOfVersions: Pair): Promise<boolean> {
  const { id, versions, known = {} } = pairOfVersions;
  const [old, now] = [library(folder, pairOfVersions, versions[0]), library(folder, pairOfVersions, versions[1])];
  const { stdout, stderr } = spawnSync(join(folder, 'tool/apicompat'), ['-l', old, '-r', now], { encoding: 'utf8' });
  const theirs = reported(stdout + stderr);
  const [before, after] = [await Assembly.open(readFileSync(old)), await Assembly.open(readFileSync(now))];
  const ours = new Set<string>();
  for (const { area, breaking, member } of diffAssemblies(before, after)) if (area === 'api' && breaking === true) ours.add(nameOf(member));
  const differences = [
    ...[...theirs].filter((name) => !ours.has(name) && known[name] === undefined).map((name) => `-${name}`),
    ...[...ours].filter((name) => !theirs.has(name) && known[name] === undefined).map((name) => `+${name}`),
  ];
  const explained = Object.keys(known).filter((name) => ours.has(name) !== theirs.has(name)).length;
  console.log(
    `${id} ${versions.join(' → ')} (${basename(now)}): ${theirs.size} names, ${explained} explained, ${differences.length} differ${differences.length > 0 ? `: ${differences.join(', ')}` : ''}`,
  );
  return differences.length === 0;
}

const folder = mkdtempSync(join(tmpdir(), 'ijw-api-'));
try {
  if (fetched(folder)) {
    let equal = 0;
    for (const each of PAIRS) if (await comparePair(folder, each)) equal++;
    console.log(`API: ${equal} of ${PAIRS.length} pairs equal`);
    if (equal < PAIRS.length) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
