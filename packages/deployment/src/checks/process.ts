import { formatAssemblyIdentity } from '@ijw/metadata/resolution';
import type { FileFacts, PeFacts } from '../files/file-facts.ts';
import { consequenceOf, nativeConsequence, ruleConsequence } from '../findings/consequences.ts';
import type { Consequence, FindingInput, FindingRule } from '../findings/finding.ts';
import { chainTo, type GraphNode } from '../graph/dependency-graph.ts';
import { isWindows, processRow, SYSTEM_NAMES } from '../tables/operating-systems.ts';
import { type Check, type CheckContext, issue } from './check.ts';

const OTHER_MACHINE: FindingRule = {
  id: 'DR201',
  level: 'error',
  title: 'The image is for another machine than the process',
  message: '{file} is for {machine}, the process is {process} ({because})',
  fix: 'Build {file} for {process}, or start the process as {machine}.',
  help: 'A process maps images of one machine. An AnyCPU program runs as x64 on 64-bit Windows; with Prefer 32-bit as x86. An image with native code never is AnyCPU.',
  link: issue('cefsharp/CefSharp', 3024),
};

const ARM64EC: FindingRule = {
  id: 'DR202',
  level: 'warning',
  title: 'ARM64EC code loads on Windows on Arm alone',
  message: '{file} has ARM64EC code, though its Machine says x64: it loads on Windows 11 on Arm alone',
  fix: 'Bring an x64 build of {file} for other machines.',
  help: 'The load configuration of the image has CHPE metadata. Such an image goes into x64 processes that Windows on Arm emulates; a processor of Intel or AMD has no Arm64 code.',
  link: 'https://learn.microsoft.com/windows/arm/arm64ec',
};

const OTHER_SYSTEM: FindingRule = {
  id: 'DR203',
  level: 'error',
  title: 'The file is for another operating system',
  message: '{file} is {format}, which {system} does not load',
  fix: 'Bring the build of {file} for {system}.',
  help: 'Windows loads PE images, Linux ELF files, macOS Mach-O files. IL alone is for all of them.',
  link: 'https://learn.microsoft.com/dotnet/core/rid-catalog',
};

const NO_FRAMEWORK: FindingRule = {
  id: 'DR204',
  level: 'error',
  title: '.NET Framework is for Windows with a desktop alone',
  message: '{file} is for .NET Framework, which {system} does not have',
  fix: 'Build {file} for .NET 8 or later, or run it on Windows.',
  help: '.NET Framework is a part of Windows. Nano Server, Linux and macOS do not have it; Mono runs some of its programs.',
  link: 'https://learn.microsoft.com/dotnet/core/porting/',
};

const FORMATS = { elf: 'an ELF file', machO: 'a Mach-O file', pe: 'a PE image with native code' } as const;

/** The machines that an image can be mapped for. */
export function machinesOf(facts: FileFacts): readonly string[] {
  if (facts.format === 'other') return [];
  if (facts.format !== 'pe') return facts.machines;
  return [facts.hybrid ?? facts.machine];
}

/** Whether the process can map the image. IL for every machine can be, and IL of another system too. */
export function fitsProcess({ process }: CheckContext, facts: FileFacts): boolean {
  const loads = processRow(process.os, process.architecture)?.loads ?? [process.architecture];
  const fits = machinesOf(facts).some((machine) => loads.includes(machine));
  if (facts.format !== 'pe') return fits;
  // CoreCLR 10.0.12 on Linux: 0x8007000B for code that was compiled for Windows or another machine, though the IL is for all.
  if (facts.readyToRun && !isWindows(process.os)) return fits && facts.machineOs === (process.os === 'macos' ? 'apple' : 'linux');
  return fits || facts.platform.anyCpu;
}

function* run(context: CheckContext): Iterable<FindingInput> {
  for (const node of context.graph.nodes.values()) {
    const facts = context.deployment.facts(node.file);
    // What a native library, a P/Invoke or a reference leads to is of the checks for those.
    if (
      facts.format === 'other' ||
      (node.via !== undefined && node.via.reason !== 'reference' && node.via.reason !== 'program' && node.via.reason !== 'listed')
    )
      continue;
    yield* systemFindings(context, node, facts);
    if (node.via === undefined) yield* frameworkFindings(context, node, facts);
    // A reference to what is not an assembly is of the check for references.
    if (node.via?.reason === 'reference' && facts.format === 'pe' && facts.managed === undefined) continue;
    yield* machineFindings(context, node, facts);
  }
}

function* systemFindings({ process, graph }: CheckContext, { file }: GraphNode, facts: FileFacts): Iterable<FindingInput> {
  if (facts.format === 'other') return;
  const expected = isWindows(process.os) ? 'pe' : process.os === 'linux' ? 'elf' : 'machO';
  const isIL = facts.format === 'pe' && facts.kind === 'managed';
  if (isIL || facts.format === expected || (facts.format === 'pe' && facts.kind === 'mixed')) return;
  const values = { format: FORMATS[facts.format], system: SYSTEM_NAMES[process.os] };
  yield { rule: OTHER_SYSTEM, chain: chainTo(graph, file), file, when: 'load', values };
}

function* frameworkFindings({ process }: CheckContext, { file }: GraphNode, facts: FileFacts): Iterable<FindingInput> {
  const isOff = process.os === 'nanoserver' || !isWindows(process.os);
  if (facts.format !== 'pe' || facts.managed === undefined || process.host !== 'framework' || !isOff) return;
  yield { rule: NO_FRAMEWORK, chain: [file.name], file, when: 'load', values: { system: SYSTEM_NAMES[process.os] } };
}

function* machineFindings(context: CheckContext, node: GraphNode, facts: FileFacts): Iterable<FindingInput> {
  const { process, graph } = context;
  const chain = chainTo(graph, node.file);
  const common = { chain, file: node.file, when: node.via === undefined ? ('load' as const) : ('use' as const) };
  if (fitsProcess(context, facts)) {
    if (facts.format === 'pe' && facts.hybrid === 'arm64ec') yield { ...common, rule: ARM64EC };
    return;
  }
  const values = { machine: machinesOf(facts).join(' and '), process: process.architecture, because: process.because };
  yield { ...common, rule: OTHER_MACHINE, values, consequence: consequenceOfMachine(context, node, facts) };
}

/** A reference to an assembly for another machine is not bound: the caller sees that the file is not found (CoreCLR 10.0.12 on Linux). */
function referenceConsequence(facts: PeFacts, identity: string): Consequence {
  if (facts.readyToRun)
    return {
      hresult: 0x8007000b,
      exception: 'System.BadImageFormatException',
      text: 'An attempt was made to load a program with an incorrect format. (0x8007000B)',
    };
  const text = `Could not load file or assembly '${identity}'. The system cannot find the file specified.`;
  return { hresult: 0x80070002, exception: 'System.IO.FileNotFoundException', text };
}

function consequenceOfMachine(context: CheckContext, { file, via }: GraphNode, facts: FileFacts): Consequence {
  if (facts.format === 'pe' && via?.reason === 'reference' && context.process.host === 'core' && facts.kind === 'managed')
    return referenceConsequence(facts, formatAssemblyIdentity(via.use.identity));
  const outcome = context.load(file);
  if (outcome?.outcome === 'refused') return consequenceOf(outcome);
  return facts.format === 'pe' && facts.managed !== undefined
    ? ruleConsequence(context, 'architectureMismatch', file)
    : windowsConsequence(context, via);
}

const windowsConsequence = (context: CheckContext, via: GraphNode['via']) =>
  via === undefined
    ? { hresult: 0x800700c1, text: ' is not a valid Win32 application.' }
    : nativeConsequence(context, via, 'BAD_EXE_FORMAT');

export const processCheck: Check = { number: 2, title: 'Process', rules: [OTHER_MACHINE, ARM64EC, OTHER_SYSTEM, NO_FRAMEWORK], run };
