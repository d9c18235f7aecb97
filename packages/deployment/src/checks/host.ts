import type { DeployedFile } from '../files/deployed-file.ts';
import { nativeConsequence } from '../findings/consequences.ts';
import type { FindingInput, FindingRule } from '../findings/finding.ts';
import { chainOf } from '../graph/dependency-graph.ts';
import { type EdgeOf, fileOf } from '../graph/edge.ts';
import { majorOf } from '../tables/frameworks.ts';
import { isWindows } from '../tables/operating-systems.ts';
import { type Check, type CheckContext, issue } from './check.ts';
import { fitsProcess, machinesOf } from './process.ts';

const MISSING: FindingRule = {
  id: 'DR401',
  level: 'error',
  title: 'ijwhost.dll is missing',
  message: '{name} is missing; {importer} is C++/CLI and imports it',
  fix: 'Put ijwhost.dll for {process} beside {importer}: the build of the C++/CLI project copies it; NuGet has it in Microsoft.NETCore.App.Host.win-{process}{more}.',
  help: 'C++/CLI images for .NET start the runtime through ijwhost.dll. Windows looks for it beside the image, and a load without it says that the image itself was not found.',
  link: issue('dotnet/runtime', 38231),
};

const OTHER_MACHINE: FindingRule = {
  id: 'DR402',
  level: 'error',
  title: 'ijwhost.dll is for another machine',
  message: '{file} is for {machine}, the process is {process}',
  fix: 'Replace it by ijwhost.dll of Microsoft.NETCore.App.Host.win-{process}.',
  help: 'Builds for several machines copy one ijwhost.dll over the other where they share an output folder.',
  link: issue('dotnet/runtime', 45611),
};

const NO_IMAGE: FindingRule = {
  id: 'DR403',
  level: 'error',
  title: 'ijwhost.dll is not the host',
  message: '{file} is {what}',
  fix: 'Replace it by ijwhost.dll of Microsoft.NETCore.App.Host.win-{process}.',
  help: 'The image imports _CorDllMain from ijwhost.dll; only the one of .NET has it.',
  link: 'https://github.com/dotnet/runtime/tree/main/src/native/corehost/ijwhost',
};

const DELAYED: FindingRule = {
  id: 'DR404',
  level: 'error',
  title: 'ijwhost.dll is delay-loaded',
  message: '{importer} delay-loads ijwhost.dll: the runtime does not find the host and takes slots for tokens',
  fix: 'Link {importer} without /DELAYLOAD:ijwhost.dll.',
  help: 'The runtime looks for the host among the imports that Windows has bound. A delayed import is not there yet, and the load ends as a bad image.',
  link: issue('dotnet/runtime', 37972),
};

const NOT_ON_PATH: FindingRule = {
  id: 'DR405',
  level: 'error',
  title: 'Native code finds ijwhost.dll beside its program alone',
  message: 'ijwhost.dll lies beside {importer}, not beside {program}, which loads it',
  fix: 'Put ijwhost.dll beside {program}, load {importer} by its full path with LOAD_WITH_ALTERED_SEARCH_PATH, or name it in its manifest: <file name="ijwhost.dll"/>.',
  help: 'LoadLibrary searches the folder of the program for what an image imports, not the folder of the image.',
  link: issue('dotnet/runtime', 38231),
};

type ImportEdge = EdgeOf<'import' | 'delayImport'>;

function* run(context: CheckContext): Iterable<FindingInput> {
  if (!isWindows(context.process.os)) return;
  for (const edge of context.edges) {
    if ((edge.reason === 'import' || edge.reason === 'delayImport') && edge.name.toLowerCase() === 'ijwhost.dll')
      yield* hostFindings(context, edge);
  }
}

function* hostFindings(context: CheckContext, edge: ImportEdge): Iterable<FindingInput> {
  const { deployment, process, graph } = context;
  const file = fileOf(edge);
  const values = { name: edge.name, importer: edge.from.name, process: process.architecture, more: wpfText(context, edge.from) };
  const when = graph.nodes.get(edge.from)?.withRoot ? ('load' as const) : ('use' as const);
  const common = { chain: chainOf(graph, edge), file: file ?? edge.name, when, values };
  const notFound = nativeConsequence(context, edge, 'MOD_NOT_FOUND');
  if (edge.reason === 'delayImport') {
    // Without records nothing is taken for a token.
    const level = context.load(edge.from)?.outcome === 'loaded' ? { level: 'info' as const } : {};
    yield { ...common, ...level, rule: DELAYED, consequence: delayedConsequence(context, edge.from) };
  }
  if (file === undefined) {
    yield { ...common, rule: MISSING, consequence: notFound };
    return;
  }
  const facts = deployment.facts(file);
  const bad = nativeConsequence(context, edge, 'BAD_EXE_FORMAT');
  if (facts.format !== 'pe') {
    const what = facts.format === 'other' ? `${facts.description}, not a DLL` : 'not a PE image';
    yield { ...common, rule: NO_IMAGE, values: { ...values, what }, consequence: bad };
  } else if (!fitsProcess(context, facts)) {
    yield { ...common, rule: OTHER_MACHINE, values: { ...values, machine: machinesOf(facts).join(' and ') }, consequence: bad };
  } else if (lacksEntry(context, edge, file)) {
    const what = 'another DLL of that name: it does not export _CorDllMain';
    yield { ...common, rule: NO_IMAGE, values: { ...values, what }, consequence: nativeConsequence(context, edge, 'PROC_NOT_FOUND') };
  } else if (isOffPath(context, edge.from, file)) {
    yield {
      ...common,
      rule: NOT_ON_PATH,
      values: { ...values, program: process.program?.name ?? '' },
      consequence: { hresult: 0x8007007e },
    };
  }
}

function lacksEntry({ deployment }: CheckContext, { imported }: ImportEdge, file: DeployedFile): boolean {
  const exports = deployment.exports(file);
  return exports !== undefined && imported.symbols.some((symbol) => !exports.has(symbol));
}

/** Started by native code whose program lies elsewhere, without a manifest that names the host. */
function isOffPath({ deployment, process }: CheckContext, importer: DeployedFile, host: DeployedFile): boolean {
  const { program, started } = process;
  if (started !== 'native' || program === undefined || host.folder === program.folder) return false;
  const named = deployment.image(importer)?.resources.files ?? [];
  return !named.some((name) => name.toLowerCase() === 'ijwhost.dll');
}

/** Observed: "`_CorDllMain` … delay-imported: ijwhost patches but the runtime does not find it". */
function delayedConsequence(context: CheckContext, file: DeployedFile) {
  const outcome = context.load(file);
  if (outcome?.outcome === 'refused' && outcome.exception?.type === 'System.BadImageFormatException' && outcome.hresult !== undefined)
    return { hresult: outcome.hresult, exception: outcome.exception.type };
  return { hresult: 0x8007000b, exception: 'System.BadImageFormatException' };
}

const WPF: ReadonlySet<string> = new Set(['directwriteforwarder.dll', 'system.printing.dll']);

/** dotnet/wpf#11575, #11651, #11842: from .NET 11 on two assemblies of WPF are mixed. */
const wpfText = ({ process }: CheckContext, { name }: DeployedFile): string =>
  WPF.has(name.toLowerCase()) && majorOf(process.runtime) >= 11
    ? '; from .NET 11 on WPF needs it, in the runtime pack Microsoft.WindowsDesktop.App'
    : '';

export const hostCheck: Check = { number: 4, title: 'Host', rules: [MISSING, OTHER_MACHINE, NO_IMAGE, DELAYED, NOT_ON_PATH], run };
