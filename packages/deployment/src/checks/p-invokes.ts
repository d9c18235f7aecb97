import type { FindingLevel } from '@ijw/interop/findings';
import type { DeployedFile } from '../files/deployed-file.ts';
import type { PInvokeFacts } from '../files/managed-facts.ts';
import { pinvokeConsequence } from '../findings/consequences.ts';
import type { FindingInput, FindingRule } from '../findings/finding.ts';
import { chainOf } from '../graph/dependency-graph.ts';
import { type Edge, type EdgeOf, fileOf } from '../graph/edge.ts';
import { isForeignSystem } from '../graph/p-invokes.ts';
import { isFrameworkAssembly } from '../tables/frameworks.ts';
import { isWindows, SYSTEM_NAMES } from '../tables/operating-systems.ts';
import { isPackaged, isWindowsLibrary } from '../tables/system-libraries.ts';
import type { Check, CheckContext } from './check.ts';
import { fitsProcess, machinesOf } from './process.ts';
import { missingSymbol } from './symbols.ts';

const LOADING = 'https://learn.microsoft.com/dotnet/standard/native-interop/native-library-loading';

const MISSING: FindingRule = {
  id: 'DR701',
  level: 'error',
  title: 'The library of a P/Invoke is missing',
  message: '{name} is missing; {method} calls {entry} in it{hint}',
  fix: 'Put {wanted} for {process} beside the program, or in runtimes/{rid}/native with a deps.json that names it.',
  help: 'The runtime looks for the library at the first call, by several names and in several folders; --json lists them in order. DllNotFoundException does not say which it tried.',
  link: LOADING,
};

const OTHER_MACHINE: FindingRule = {
  id: 'DR702',
  level: 'error',
  title: 'The library of a P/Invoke is for another machine',
  message: '{file} is for {machine}, the process is {process}; {method} calls {entry} in it',
  fix: 'Replace {file} by its build for {process}.',
  help: 'An AnyCPU program runs as x64 on 64-bit Windows and needs the x64 library.',
  link: LOADING,
};

const NOT_A_LIBRARY: FindingRule = {
  id: 'DR703',
  level: 'error',
  title: 'The library of a P/Invoke is not a library of the system',
  message: '{file} is {what}, which {system} does not load; {method} calls {entry} in it',
  fix: 'Bring the build of {name} for {system}.',
  help: 'Windows loads PE images, Linux ELF files, macOS Mach-O files.',
  link: LOADING,
};

const NO_ENTRY_POINT: FindingRule = {
  id: 'DR704',
  level: 'error',
  title: 'A library lacks the function of a P/Invoke',
  message: '{file} does not export {entry}, which {method} calls{nearest}{more}',
  fix: 'Correct EntryPoint of {method}, declare the function extern "C", or bring the version of {file} that has it.',
  help: 'The runtime looks for the name, for the name with A or W where ExactSpelling is not set, and on x86 for the decorated name _f@8. C++ decorates names without extern "C".',
  link: 'https://learn.microsoft.com/dotnet/framework/interop/specifying-an-entry-point',
};

const NEEDED: FindingRule = {
  id: 'DR705',
  level: 'warning',
  title: 'A native library needs another one',
  message: '{name} is not in the folder; {importer} needs it',
  fix: 'Install the package of {system} that has {name}, or put it beside {importer}.',
  help: 'The dynamic linker loads what DT_NEEDED or LC_LOAD_DYLIB names, from the folders of the system and the RUNPATH of the file. Which packages a machine has only it knows.',
  link: 'https://man7.org/linux/man-pages/man8/ld.so.8.html',
};

const OTHER_SYSTEM: FindingRule = {
  id: 'DR706',
  level: 'warning',
  title: 'A P/Invoke calls a library of another system',
  message: '{name} is not a library of {system}; {method} calls {entry} in it',
  fix: 'Call {method} only after OperatingSystem.IsWindows() or its like.',
  help: 'The call throws DllNotFoundException; code that asks for the system before it calls is not affected.',
  link: LOADING,
};

const PACKAGE: FindingRule = {
  id: 'DR707',
  level: 'warning',
  title: 'The library of a P/Invoke comes with a package of the system',
  message: '{name} is not in the folder: a package of {system} must bring it; {method} calls {entry} in it',
  fix: 'Install the package of {system} that has {name}.',
  help: 'Which packages a machine has only it knows.',
  link: LOADING,
};

const NOT_ON_SYSTEM: FindingRule = {
  id: 'DR708',
  level: 'warning',
  title: 'The system does not have the library of a P/Invoke',
  message: '{system} does not have {name}; {method} calls {entry} in it',
  fix: 'Run on a version of Windows that has {name}, or do without the call.',
  help: 'Editions and versions of Windows differ in their DLLs. Nano Server has no desktop.',
  link: LOADING,
};

type PInvokeEdge = EdgeOf<'pinvoke'>;

function* run(context: CheckContext): Iterable<FindingInput> {
  const resolved = resolvedEntries(context);
  for (const edge of context.edges) {
    if (edge.reason === 'pinvoke') {
      const file = fileOf(edge);
      if (file === undefined) yield* absentFindings(context, edge, resolved);
      else yield* presentFindings(context, edge, file);
    } else if (edge.reason === 'needed' && edge.satisfied.by === 'nothing') yield neededFinding(context, edge);
  }
}

/** The functions of each assembly that a library has: another library of the same function is one of several that the code tries. */
function resolvedEntries({ edges }: CheckContext): ReadonlyMap<DeployedFile, ReadonlySet<string>> {
  const entries = new Map<DeployedFile, Set<string>>();
  for (const edge of edges) {
    if (edge.reason !== 'pinvoke' || edge.satisfied.by === 'nothing') continue;
    const known = entries.get(edge.from) ?? new Set();
    for (const { entryPoint } of edge.methods) known.add(entryPoint);
    entries.set(edge.from, known);
  }
  return entries;
}

function commonOf({ graph, process }: CheckContext, edge: PInvokeEdge) {
  const [first] = edge.methods;
  const values = {
    name: edge.name,
    importer: edge.from.name,
    process: process.architecture,
    system: SYSTEM_NAMES[process.os],
    method: first?.method ?? '',
    entry: first?.entryPoint ?? '',
    wanted: edge.tried[0] ?? edge.name,
    rid: `${isWindows(process.os) ? 'win' : process.os === 'macos' ? 'osx' : 'linux'}-${process.architecture}`,
  };
  return { chain: chainOf(graph, edge), when: 'use' as const, values };
}

function* absentFindings(
  context: CheckContext,
  edge: PInvokeEdge,
  resolved: ReadonlyMap<DeployedFile, ReadonlySet<string>>,
): Iterable<FindingInput> {
  if (edge.satisfied.by !== 'nothing') return;
  const { deployment, process } = context;
  const consequence = pinvokeConsequence(context, edge.name, 'MOD_NOT_FOUND');
  const common = { ...commonOf(context, edge), file: edge.name, consequence };
  const others = resolved.get(edge.from);
  const isAlternative = edge.methods.every(({ entryPoint }) => others?.has(entryPoint));
  const asks = deployment.image(edge.from)?.managed?.asksForSystem === true;
  const isOwn = isOfFramework(context, edge);
  const level: { level?: FindingLevel } = isAlternative || asks || isOwn ? { level: 'info' } : {};
  const hint = otherPlace(context, edge);
  if (isForeignSystem(process.os, edge.name)) yield { ...common, ...level, rule: OTHER_SYSTEM };
  else if (!isWindows(process.os) && isPackaged(edge.name)) yield { ...common, ...level, rule: PACKAGE };
  else if (isWindows(process.os) && isWindowsLibrary(edge.name)) yield { ...common, ...level, rule: NOT_ON_SYSTEM };
  else
    yield { ...common, ...(isAlternative || isOwn ? { level: 'info' as const } : {}), rule: MISSING, values: { ...common.values, hint } };
}

/** What the framework calls is known to it: it has code for systems and installations of every kind. */
const isOfFramework = ({ deployment }: CheckContext, { from }: PInvokeEdge): boolean => {
  const identity = deployment.image(from)?.managed?.identity;
  return identity !== undefined && isFrameworkAssembly(identity);
};

/** A file of the name that lies where the runtime does not look. */
function otherPlace({ deployment, process }: CheckContext, { tried }: PInvokeEdge): string {
  const names = new Set(tried.map((path) => path.slice(path.lastIndexOf('/') + 1).toLowerCase()));
  const found = deployment.files.all.find(({ name, origin }) => origin === 'deployment' && names.has(name.toLowerCase()));
  if (found === undefined) return '';
  const why =
    process.depsJson === undefined && /(?:^|\/)runtimes\//.test(found.path)
      ? ': no deps.json names it'
      : ', where the runtime does not look';
  return ` (${found.path} is there${why})`;
}

function* presentFindings(context: CheckContext, edge: PInvokeEdge, file: DeployedFile): Iterable<FindingInput> {
  const { deployment, process } = context;
  const facts = deployment.facts(file);
  const common = () => ({ ...commonOf(context, edge), file });
  const format = isWindows(process.os) ? 'pe' : process.os === 'macos' ? 'machO' : 'elf';
  const bad = pinvokeConsequence(context, edge.name, 'BAD_EXE_FORMAT');
  if (facts.format !== format) {
    const what =
      facts.format === 'other' ? facts.description : { pe: 'a PE image', elf: 'an ELF file', machO: 'a Mach-O file' }[facts.format];
    yield { ...common(), rule: NOT_A_LIBRARY, values: { ...common().values, what }, consequence: bad };
  } else if (!fitsProcess(context, facts)) {
    yield { ...common(), rule: OTHER_MACHINE, values: { ...common().values, machine: machinesOf(facts).join(' and ') }, consequence: bad };
  } else yield* entryPointFindings(context, edge, file);
}

/** One finding a library: the first function that is not there, and how many more. */
function* entryPointFindings(context: CheckContext, edge: PInvokeEdge, file: DeployedFile): Iterable<FindingInput> {
  const exports = context.deployment.exports(file);
  if (exports === undefined) return;
  const missing = edge.methods.filter((method) => !exportedNames(method, context.process.architecture).some((name) => exports.has(name)));
  const [first] = missing;
  if (first === undefined) return;
  const { nearest } = missingSymbol(first.entryPoint, exports);
  const more = missing.length > 1 ? ` (and ${missing.length - 1} more)` : '';
  const common = commonOf(context, edge);
  const text = `Unable to find an entry point named '${first.entryPoint}' in ${isWindows(context.process.os) ? 'DLL' : 'shared library'} '${edge.name}'.`;
  const consequence = { hresult: 0x80131523, exception: 'System.EntryPointNotFoundException', text };
  yield {
    ...common,
    ...(isOfFramework(context, edge) && { level: 'info' as const }),
    rule: NO_ENTRY_POINT,
    file,
    values: { ...common.values, method: first.method, entry: first.entryPoint, nearest, more },
    consequence,
  };
}

/** dotnet/runtime `src/coreclr/vm/dllimport.cpp`, `NDirect::FindEntryPoint`: the name, A or W, on x86 the names of stdcall. */
export function exportedNames({ entryPoint, exact, wide, stdcall }: PInvokeFacts, architecture: string): readonly (string | number)[] {
  if (/^#\d+$/.test(entryPoint)) return [Number(entryPoint.slice(1))];
  const spelled = exact ? [entryPoint] : wide ? [`${entryPoint}W`, entryPoint] : [entryPoint, `${entryPoint}A`];
  if (architecture !== 'x86' || !stdcall) return spelled;
  const sizes = Array.from({ length: 65 }, (_, words) => `_${entryPoint}@${words * 4}`);
  return [...spelled, ...sizes];
}

function neededFinding({ graph, process }: CheckContext, edge: Edge): FindingInput {
  const values = { name: edge.name, importer: edge.from.name, system: SYSTEM_NAMES[process.os] };
  const consequence = { hresult: 0x80131524, exception: 'System.DllNotFoundException' };
  return { rule: NEEDED, chain: chainOf(graph, edge), file: edge.name, when: 'use', values, consequence };
}

export const pinvokesCheck: Check = {
  number: 7,
  title: 'P/Invokes',
  rules: [MISSING, OTHER_MACHINE, NOT_A_LIBRARY, NO_ENTRY_POINT, NEEDED, OTHER_SYSTEM, PACKAGE, NOT_ON_SYSTEM],
  run,
};
