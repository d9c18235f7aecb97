import { nativeConsequence } from '../findings/consequences.ts';
import type { FindingInput, FindingRule } from '../findings/finding.ts';
import { chainOf } from '../graph/dependency-graph.ts';
import { type Edge, type EdgeOf, fileOf } from '../graph/edge.ts';
import { isWindows, SYSTEM_NAMES } from '../tables/operating-systems.ts';
import { redistributableOf } from '../tables/redistributables.ts';
import { isApiSet, isUcrtApiSet, isWindowsLibrary } from '../tables/system-libraries.ts';
import type { Check, CheckContext } from './check.ts';
import { fitsProcess, machinesOf } from './process.ts';
import { missingSymbol } from './symbols.ts';

const SEARCH_ORDER = 'https://learn.microsoft.com/windows/win32/dlls/dynamic-link-library-search-order';
const VC_LIBRARIES = 'https://learn.microsoft.com/cpp/windows/determining-which-dlls-to-redistribute';

const MISSING: FindingRule = {
  id: 'DR301',
  level: 'error',
  title: 'A DLL that an image imports is missing',
  message: '{name} is missing; {importer} imports it',
  fix: 'Put {name} for {process} beside {importer}.',
  help: 'Windows maps every DLL of the import table before the image runs. One that is missing, however far down, fails the load of the first; the error names only that one.',
  link: SEARCH_ORDER,
};

const OTHER_MACHINE: FindingRule = {
  id: 'DR302',
  level: 'error',
  title: 'A DLL that an image imports is for another machine',
  message: '{file} is for {machine}, the process is {process}',
  fix: 'Replace {file} by its build for {process}.',
  help: 'Windows says 193, ERROR_BAD_EXE_FORMAT, for the image that was asked for, and does not name the DLL at fault.',
  link: SEARCH_ORDER,
};

const NO_IMAGE: FindingRule = {
  id: 'DR303',
  level: 'error',
  title: 'A DLL that an image imports is not a PE image',
  message: '{file} is {what}, not a DLL that Windows loads',
  fix: 'Replace {file} by the DLL itself.',
  help: 'A download that ended early, a page of a proxy, or a pointer of Git LFS has the name of the DLL alone.',
  link: SEARCH_ORDER,
};

const MISSING_EXPORT: FindingRule = {
  id: 'DR304',
  level: 'error',
  title: 'A DLL lacks a function that an image imports',
  message: '{file} does not export {symbol}, which {importer} imports{nearest}',
  fix: 'Bring the version of {file} that {importer} was linked with.',
  help: 'Windows binds every imported function while it loads; 127, ERROR_PROC_NOT_FOUND, means that the DLL is another version than the one that was linked.',
  link: 'https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499-',
};

const REDISTRIBUTABLE: FindingRule = {
  id: 'DR305',
  level: 'warning',
  title: 'A DLL must come from a redistributable',
  message: '{name} is not in the folder: it must come from the {redistributable} ({process})',
  fix: 'Install the {redistributable} for {process} on the target machine, or put {name} beside {importer}.',
  help: 'The libraries of Visual C++ do not come with Windows. Whether the target machine has them only that machine knows.',
  link: VC_LIBRARIES,
};

const DEBUG: FindingRule = {
  id: 'DR306',
  level: 'error',
  title: 'An image needs the debug libraries of the compiler',
  message: '{name} is missing: it is a debug library, which no redistributable has; {importer} is a debug build',
  fix: 'Build {importer} in its release configuration.',
  help: 'Names that end in d are of the debug libraries; they are licensed for machines with Visual Studio and are in no redistributable.',
  link: VC_LIBRARIES,
};

const HOST_PROGRAM: FindingRule = {
  id: 'DR307',
  level: 'warning',
  title: 'The image is loaded by one program alone',
  message: '{importer} imports {name}: that program must load it',
  fix: 'Load {importer} from {name}, or a program of its name that exports the same functions.',
  help: 'An add-on that imports from an EXE binds to the program of the process. Another program, or a renamed one, does not have the functions.',
  link: 'https://nodejs.org/api/addons.html',
};

const NOT_ON_SYSTEM: FindingRule = {
  id: 'DR308',
  level: 'error',
  title: 'The system does not have a DLL',
  message: '{name} is missing: {system} does not have it; {importer} imports it',
  fix: 'Run on a version of Windows that has {name}.',
  help: 'Editions and versions of Windows differ in their DLLs. Nano Server has no desktop; Windows 7 lacks what came later.',
  link: 'https://learn.microsoft.com/windows/win32/apiindex/windows-umbrella-libraries',
};

const UCRT: FindingRule = {
  id: 'DR309',
  level: 'warning',
  title: 'The Universal CRT must be installed',
  message: '{name} is not in the folder: {system} has the Universal CRT after KB2999226 alone',
  fix: 'Install KB2999226, or the Visual C++ 2015-2022 redistributable, on the target machine.',
  help: 'Windows 10 has the Universal CRT; older versions get it by an update.',
  link: 'https://learn.microsoft.com/cpp/windows/universal-crt-deployment',
};

const DELAYED: FindingRule = {
  id: 'DR310',
  level: 'warning',
  title: 'A delay-loaded DLL is missing',
  message: '{name} is missing; {importer} loads it at its first call',
  fix: 'Put {name} for {process} beside {importer}, if the program calls it.',
  help: 'A delay-loaded DLL is not needed to load the image. The first call of one of its functions raises 0xC06D007E, or 0xC06D007F for a missing function.',
  link: 'https://learn.microsoft.com/cpp/build/reference/error-handling-and-notification',
};

const SIDE_BY_SIDE: FindingRule = {
  id: 'DR311',
  level: 'error',
  title: 'A side-by-side library is imported without a manifest',
  message: '{name} is not found: the manifest of {importer} does not name {assembly}',
  fix: 'Embed a manifest with a dependency on {assembly} in {importer} (mt.exe -manifest … -outputresource).',
  help: 'The libraries of Visual C++ 2005 and 2008 lie in WinSxS. Only an image whose manifest names the assembly and a version finds them there, installed or not.',
  link: 'https://learn.microsoft.com/cpp/build/understanding-manifest-generation-for-c-cpp-programs',
};

const TOO_OLD: FindingRule = {
  id: 'DR312',
  level: 'warning',
  title: 'A library is older than the compiler of the image',
  message: '{file} has version {found}, older than the {needed} that {importer} was built with',
  fix: 'Bring {file} of version {needed} or later, or leave it out and install the {redistributable}.',
  help: 'The libraries of Visual C++ 2015 to 2022 must be at least as new as the newest compiler that made a part of the program.',
  link: 'https://learn.microsoft.com/cpp/porting/binary-compat-2015-2017',
};

const RULES = [
  MISSING,
  OTHER_MACHINE,
  NO_IMAGE,
  MISSING_EXPORT,
  REDISTRIBUTABLE,
  DEBUG,
  HOST_PROGRAM,
  NOT_ON_SYSTEM,
  UCRT,
  DELAYED,
  SIDE_BY_SIDE,
  TOO_OLD,
];

type ImportEdge = EdgeOf<'import' | 'delayImport'>;

function* run(context: CheckContext): Iterable<FindingInput> {
  if (!isWindows(context.process.os)) return;
  for (const edge of context.edges) {
    if (edge.reason !== 'import' && edge.reason !== 'delayImport') continue;
    // The host has a check of its own.
    if (edge.kind === 'host' && edge.name.toLowerCase() === 'ijwhost.dll') continue;
    yield* fileOf(edge) === undefined ? absentFindings(context, edge) : presentFindings(context, edge);
  }
}

const whenOf = ({ graph }: CheckContext, edge: Edge) =>
  edge.reason === 'delayImport' || graph.nodes.get(edge.from)?.withRoot !== true ? ('use' as const) : ('load' as const);

const commonOf = (context: CheckContext, edge: ImportEdge) => ({
  chain: chainOf(context.graph, edge),
  when: whenOf(context, edge),
  values: { name: edge.name, importer: edge.from.name, process: context.process.architecture, system: SYSTEM_NAMES[context.process.os] },
});

function* absentFindings(context: CheckContext, edge: ImportEdge): Iterable<FindingInput> {
  const common = { ...commonOf(context, edge), file: edge.name, consequence: nativeConsequence(context, edge, 'MOD_NOT_FOUND') };
  const { satisfied, kind, name } = edge;
  // As it should be: what else is wrong comes first.
  if (satisfied.by === 'host') yield { ...common, rule: HOST_PROGRAM, when: 'use' };
  if (satisfied.by === 'redistributable') yield* redistributableFindings(context, edge, common);
  if (satisfied.by !== 'nothing') return;
  if (edge.reason === 'delayImport') {
    // Windows programs ask for what newer versions have, and do without.
    if (!isWindowsLibrary(name)) yield { ...common, rule: DELAYED, consequence: { hresult: 0xc06d007e } };
  } else if (kind === 'debug-runtime') yield { ...common, rule: DEBUG };
  else if (isUcrtApiSet(name)) yield { ...common, rule: UCRT };
  else if (isWindowsLibrary(name) || isApiSet(name)) yield { ...common, rule: NOT_ON_SYSTEM };
  else yield { ...common, rule: MISSING };
}

function* redistributableFindings(context: CheckContext, edge: ImportEdge, common: Omit<FindingInput, 'rule'>): Iterable<FindingInput> {
  const row = redistributableOf(edge.name)?.row;
  if (row === undefined) return;
  const { dependencies } = context.deployment.image(edge.from)?.resources ?? { dependencies: [] };
  const program = context.process.program && context.deployment.image(context.process.program);
  const named = [...dependencies, ...(program?.resources.dependencies ?? [])].find(
    ({ name }) => row.sideBySide !== undefined && name.startsWith(row.sideBySide),
  );
  const level = edge.reason === 'delayImport' ? ('info' as const) : undefined;
  const version = named?.version === undefined ? '' : ` ${named.version}`;
  const values = { ...common.values, redistributable: `${row.redistributable}${version}`, assembly: `${row.sideBySide}.CRT` };
  const rule = row.sideBySide !== undefined && named === undefined ? SIDE_BY_SIDE : REDISTRIBUTABLE;
  yield { ...common, rule, values, ...(level && { level }) };
}

function* presentFindings(context: CheckContext, edge: ImportEdge): Iterable<FindingInput> {
  const file = fileOf(edge);
  if (file === undefined) return;
  const facts = context.deployment.facts(file);
  const common = () => ({ ...commonOf(context, edge), file });
  const level = edge.reason === 'delayImport' ? { level: 'warning' as const } : {};
  if (facts.format !== 'pe') {
    const what = facts.format === 'other' ? facts.description : facts.format === 'elf' ? 'an ELF file' : 'a Mach-O file';
    yield {
      ...common(),
      ...level,
      rule: NO_IMAGE,
      values: { ...common().values, what },
      consequence: nativeConsequence(context, edge, 'BAD_EXE_FORMAT'),
    };
  } else if (!fitsProcess(context, facts)) {
    const values = { ...common().values, machine: machinesOf(facts).join(' and ') };
    yield { ...common(), ...level, rule: OTHER_MACHINE, values, consequence: nativeConsequence(context, edge, 'BAD_EXE_FORMAT') };
  } else {
    yield* exportFindings(context, edge, common, level);
    const needed = newerCompiler(context, edge, facts.resources.version);
    if (needed)
      yield {
        ...common(),
        rule: TOO_OLD,
        values: { ...common().values, ...needed, redistributable: redistributableOf(edge.name)?.row.redistributable ?? '' },
      };
  }
}

function* exportFindings(
  context: CheckContext,
  edge: ImportEdge,
  common: () => Omit<FindingInput, 'rule'>,
  level: Pick<FindingInput, 'level'>,
): Iterable<FindingInput> {
  const file = fileOf(edge);
  const exports = file && context.deployment.exports(file);
  if (exports === undefined || exports.size === 0) return;
  for (const symbol of edge.imported.symbols) {
    if (exports.has(symbol)) continue;
    const { text, nearest } = missingSymbol(symbol, exports);
    const error = typeof symbol === 'number' ? 'INVALID_ORDINAL' : 'PROC_NOT_FOUND';
    const values = { ...common().values, symbol: text, nearest };
    yield { ...common(), ...level, rule: MISSING_EXPORT, values, consequence: nativeConsequence(context, edge, error) };
    return;
  }
}

/** From Visual C++ 2015 on the library has the version of its compiler: 14.36 for the linker 14.36. */
function newerCompiler({ deployment }: CheckContext, edge: ImportEdge, version: readonly number[] | undefined) {
  const importer = deployment.image(edge.from);
  if (version === undefined || importer === undefined || redistributableOf(edge.name)?.row.family !== 'VC140') return undefined;
  const [major = 0, minor = 0] = version;
  const [neededMajor, neededMinor] = importer.linker;
  if (major !== 14 || neededMajor !== 14 || neededMinor <= minor) return undefined;
  return { found: version.join('.'), needed: `14.${neededMinor}` };
}

export const nativeImportsCheck: Check = { number: 3, title: 'Native imports', rules: RULES, run };
