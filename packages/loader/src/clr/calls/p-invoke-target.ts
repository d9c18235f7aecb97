import { hex } from '@ijw/binary';
import { asAddress, directJumpSlot, jumpSlot, mayExecute, readPointer } from '@ijw/machine';
import { PInvokeAttributes, type PlatformInvoke, platformInvokeFlags } from '@ijw/metadata';
import { fileName, findExport, type Gate, type GuestProcess } from '@ijw/windows';
import { clrException, HResult } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import { thunkPlatformFor } from '../../platform/thunk-platform-for.ts';
import type { MethodFacts } from '../image/method-facts.ts';
import type { BoundPInvoke, CallOutcome, PInvokeContext } from './bound-p-invoke.ts';
import { callingConventionProblem } from './calling-convention.ts';

interface NativeTarget {
  readonly address: number;
  readonly isGetLastError: boolean;
  readonly unresolved?: string | undefined;
}

/** `kernel32.dll!Beep` where an address only names its symbol. */
const unresolvedAt = (gate: Gate | undefined): string | undefined =>
  gate?.kind === 'unresolved' ? `${gate.module}!${gate.name}` : undefined;

/** The target of a P/Invoke and the effect of a call. */
export type PInvokeTarget = Pick<BoundPInvoke, 'address' | 'via' | 'callOutcome'>;

export const fatalCall = (reason: string): CallOutcome => ({ kind: 'fatal', hresult: HResult.COR_E_EXECUTIONENGINE, reason });

/** Base + RVA; the ImplMap row is not used. */
export function earlyBoundTarget(context: PInvokeContext, facts: MethodFacts): PInvokeTarget {
  const { process, module } = context;
  const address = module.base + facts.rva;
  const slot = jumpSlot(process.processor, process.memory, address);
  const imported = slot === undefined ? undefined : context.importAt(slot);
  const gate = imported && process.gates.at(imported.address);
  const via = imported ? `rva -> ${imported.module}!${imported.name}` : 'rva';
  const problem = callingConventionProblem(context.calls, facts.token);
  if (problem) return { address, via, callOutcome: { kind: 'throws', exception: problem } };
  if (!mayExecute(process.memory.query(address).rights))
    return { address, via, callOutcome: fatalCall(`${hex(address)} is not executable`) };
  const isGetLastError = jumpsToGetLastError(process, address);
  return { address, via, callOutcome: native(context, facts, { address, isGetLastError, unresolved: unresolvedAt(gate) }) };
}

/**
 * `HeuristicDoesThisLookLikeAGetLastErrorCall` (vm/dllimport.cpp): the target's first instruction jumps through a slot that holds the address of
 * kernel32's GetLastError. x86 and x64 only; a longer chain is not looked through.
 */
function jumpsToGetLastError({ architecture, processor, memory, gates }: GuestProcess, address: number): boolean {
  if (!thunkPlatformFor(architecture).seesGetLastErrorJumps) return false;
  const slot = directJumpSlot(processor, memory, address);
  const target = slot === undefined ? undefined : asAddress(readPointer(memory, slot, processor.pointerSize));
  return target !== undefined && isGetLastErrorGate(gates.at(target));
}

const isGetLastErrorGate = (gate: Gate | undefined): boolean => gate?.module === 'kernel32.dll' && gate.name === 'GetLastError';

function native({ assembly }: PInvokeContext, facts: MethodFacts, target: NativeTarget): CallOutcome {
  const { address, isGetLastError, unresolved } = target;
  const setLastError = ((platformInvokeFlags(assembly.metadata, facts.token) ?? 0) & PInvokeAttributes.SupportsLastError) !== 0;
  return Object.assign(
    { kind: 'native' as const, address },
    facts.preserveSig ? undefined : { hresultSwapping: true as const },
    setLastError ? { setLastError: true as const } : undefined,
    isGetLastError ? { returnsSavedError: true as const } : undefined,
    unresolved === undefined ? undefined : { unresolved },
  );
}

/** By the name in the ImplMap. The image's own file name leads to its own exports. */
export function namedTarget(
  context: PInvokeContext,
  facts: MethodFacts,
  { moduleName = '', entryPoint }: Pick<PlatformInvoke, 'moduleName' | 'entryPoint'>,
): PInvokeTarget {
  const entry = entryPoint || facts.name;
  const via = `${moduleName}!${entry}`;
  const problem = callingConventionProblem(context.calls, facts.token);
  if (problem) return { via, callOutcome: { kind: 'throws', exception: problem } };
  if (moduleName === '') return { via, callOutcome: { kind: 'throws', exception: dllNotFound(moduleName) } };
  const address = exportedAddress(context, moduleName, entry);
  if (address === undefined) return { via, callOutcome: { kind: 'throws', exception: entryPointNotFound(moduleName, entry) } };
  const gate = context.process.gates.at(address);
  const isGetLastError = isGetLastErrorGate(gate);
  return { address, via, callOutcome: native(context, facts, { address, isGetLastError, unresolved: unresolvedAt(gate) }) };
}

function exportedAddress({ process, module, loadModule }: PInvokeContext, moduleName: string, entry: string): number | undefined {
  const name = fileName(moduleName);
  const file = name.includes('.') ? name : `${name}.dll`;
  const exporter = file === module.name ? module : loadModule(file);
  const symbol = /^#\d+$/.test(entry) ? Number(entry.slice(1)) : entry;
  if (!exporter) return process.gates.for(file, entry, 'unresolved').address;
  return findExport(process, exporter, symbol, loadModule)?.address;
}

const dllNotFound = (name: string): ClrException =>
  clrException(
    'DllNotFoundException',
    HResult.COR_E_DLLNOTFOUND,
    `Unable to load DLL '${name}' or one of its dependencies: Call failed. (0x80004005 (E_FAIL))`,
  );

const entryPointNotFound = (module: string, entry: string): ClrException =>
  clrException(
    'EntryPointNotFoundException',
    HResult.COR_E_ENTRYPOINTNOTFOUND,
    `Unable to find an entry point named '${entry}' in DLL '${module}'.`,
  );
