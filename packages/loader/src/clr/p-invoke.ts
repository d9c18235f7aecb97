import { BadImageError, hex } from '@ijw/binary';
import { mayExecute } from '@ijw/machine';
import { makeToken, methodFullName, TableId, tokenRid } from '@ijw/metadata';
import type { NativeCalls } from '@ijw/vtfixup';
import type { ClrException } from '../load-refusal.ts';
import { jumpSlot } from '../platform/jump-chain.ts';
import type { Gate } from '../process/gate-table.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import { asAddress, readPointer } from '../process/pointer-access.ts';
import { findExport, type ModuleLoader } from '../windows/find-export.ts';
import { type BoundImport, fileName, type MappedModule } from '../windows/os-module.ts';
import type { AssemblyImage } from './assembly.ts';
import { callingConventionProblem } from './calling-convention.ts';
import { badImageFormat, clrException, HResult } from './clr-error.ts';
import { isEarlyBound, type MethodFacts, methodFacts, methodKind } from './method-facts.ts';
import type { TypeLoader } from './type-loader.ts';

/** What a call of a P/Invoke does before it reaches native code, or instead of it. */
export type CallOutcome =
  | {
      readonly kind: 'native';
      readonly address: number;
      /** ImplFlags without PreserveSig: the native result is an HRESULT and the managed one a hidden argument. */
      readonly hresultSwapping?: true;
      /** The saved P/Invoke error is stored after the call. */
      readonly setLastError?: true;
      /** The target is GetLastError: the runtime answers with the error that it has saved. */
      readonly returnsSavedError?: true;
      /** The call ends at this symbol, which no provider has: nothing is behind it. */
      readonly unresolved?: string;
    }
  | { readonly kind: 'throws'; readonly exception: ClrException }
  | { readonly kind: 'fatal'; readonly hresult: number; readonly reason: string };

/** A P/Invoke of the image and where it leads. */
export interface BoundPInvoke {
  readonly token: number;
  readonly method: string;
  readonly kind: 'rva' | 'named' | 'internalCall';
  readonly rva?: number;
  /** Where the call goes, if anywhere. */
  readonly address?: number;
  /** How the address was found: `base + RVA`, with the import behind it where the code is a jump, or `module!name`. */
  readonly via: string;
  readonly callOutcome: CallOutcome;
}

export interface PInvokeContext {
  readonly process: GuestProcess;
  readonly assembly: AssemblyImage;
  readonly types: TypeLoader;
  readonly module: MappedModule;
  readonly loadModule: ModuleLoader;
  /** The import whose slot an address is. */
  readonly importAt: (slot: number) => BoundImport | undefined;
  /** Conventions of this image's methods. */
  readonly calls: NativeCalls;
}

/** Every P/Invoke and internal call of the image, bound as its first call would bind it. */
export function bindPInvokes(context: PInvokeContext): BoundPInvoke[] {
  const { metadata } = context.assembly;
  const { MethodDef } = metadata.tables;
  const flags = MethodDef.column('Flags');
  const implFlags = MethodDef.column('ImplFlags');
  const bound: BoundPInvoke[] = [];
  for (let rid = 1; rid <= MethodDef.rowCount; rid++) {
    if ((flags.at(rid) & PINVOKE_IMPL) === 0 && (implFlags.at(rid) & INTERNAL_CALL) === 0) continue;
    bound.push(attemptPInvoke(context, rid));
  }
  return bound;
}

/** Metadata that cannot be read fails the call, not the load. */
function attemptPInvoke(context: PInvokeContext, rid: number): BoundPInvoke {
  const token = makeToken(TableId.MethodDef, rid);
  const { metadata } = context.assembly;
  try {
    return bindPInvoke(context, methodFacts(metadata, rid, tokenRid(metadata.declaringType(token)) === 1));
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    return {
      token,
      method: hex(token, 8),
      kind: 'named',
      via: 'nothing',
      callOutcome: { kind: 'throws', exception: badImageFormat(error.message) },
    };
  }
}

const PINVOKE_IMPL = 0x2000;
const INTERNAL_CALL = 0x1000;
/** ECMA-335 II.23.1.8: SupportsLastError. */
const SUPPORTS_LAST_ERROR = 0x40;

function bindPInvoke(context: PInvokeContext, facts: MethodFacts): BoundPInvoke {
  const method = methodFullName(context.assembly.metadata, facts.token);
  const common = { token: facts.token, method };
  if (methodKind(facts) === 'fcall') {
    return { ...common, kind: 'internalCall', via: 'runtime', callOutcome: fatal('The runtime has no such internal call') };
  }
  const rva = facts.rva === 0 ? {} : { rva: facts.rva };
  const problem = typeProblem(context, facts);
  if (problem)
    return {
      ...common,
      kind: facts.rva === 0 ? 'named' : 'rva',
      ...rva,
      via: 'nothing',
      callOutcome: { kind: 'throws', exception: problem },
    };
  if (isEarlyBound(facts)) return { ...common, kind: 'rva', ...rva, ...earlyBound(context, facts) };
  if (!facts.hasImplMap)
    return { ...common, kind: 'rva', ...rva, via: 'nothing', callOutcome: fatal('The method has an RVA and is not native and unmanaged') };
  return { ...common, kind: 'named', ...rva, ...named(context, facts) };
}

/** A method whose type does not load cannot be called, whatever it is bound to. */
function typeProblem({ assembly, types }: PInvokeContext, facts: MethodFacts): ClrException | undefined {
  const type = assembly.metadata.declaringType(facts.token);
  return tokenRid(type) === 0 ? undefined : types.load(type)?.exception;
}

interface NativeTarget {
  readonly address: number;
  readonly isGetLastError: boolean;
  readonly unresolved?: string | undefined;
}

/** `kernel32.dll!Beep` where an address only names its symbol. */
const unresolvedAt = (gate: Gate | undefined): string | undefined =>
  gate?.kind === 'unresolved' ? `${gate.module}!${gate.name}` : undefined;

type Bound = Pick<BoundPInvoke, 'address' | 'via' | 'callOutcome'>;

const fatal = (reason: string): CallOutcome => ({ kind: 'fatal', hresult: HResult.COR_E_EXECUTIONENGINE, reason });

function earlyBound(context: PInvokeContext, facts: MethodFacts): Bound {
  const { process, module } = context;
  const address = module.base + facts.rva;
  const slot = jumpSlot(process.platform, process.memory, address);
  const imported = slot === undefined ? undefined : context.importAt(slot);
  const gate = imported && process.gates.at(imported.address);
  const via = imported ? `rva -> ${imported.module}!${imported.name}` : 'rva';
  const problem = callingConventionProblem(context.calls, facts);
  if (problem) return { address, via, callOutcome: { kind: 'throws', exception: problem } };
  if (!mayExecute(process.memory.query(address).rights)) return { address, via, callOutcome: fatal(`${hex(address)} is no code`) };
  const isGetLastError = jumpsToGetLastError(process, address);
  return { address, via, callOutcome: native(context, facts, { address, isGetLastError, unresolved: unresolvedAt(gate) }) };
}

/**
 * `HeuristicDoesThisLookLikeAGetLastErrorCall` (vm/dllimport.cpp): the target's first instruction jumps through a slot that holds the address of
 * kernel32's GetLastError. x86 and x64 only; a longer chain is not looked through.
 */
function jumpsToGetLastError({ architecture, platform, memory, gates }: GuestProcess, address: number): boolean {
  if (architecture === 'arm64') return false;
  const step = platform.decode(memory, address);
  const target = step?.kind === 'jumpThrough' ? asAddress(readPointer(memory, step.slot, platform.pointerSize)) : undefined;
  return target !== undefined && isGetLastErrorGate(gates.at(target));
}

const isGetLastErrorGate = (gate: Gate | undefined): boolean => gate?.module === 'kernel32.dll' && gate.name === 'GetLastError';

function native({ assembly }: PInvokeContext, facts: MethodFacts, target: NativeTarget): CallOutcome {
  const { address, isGetLastError, unresolved } = target;
  const row = assembly.metadata.findImplMap(facts.token);
  const setLastError = row !== undefined && (assembly.metadata.tables.ImplMap.get(row, 'MappingFlags') & SUPPORTS_LAST_ERROR) !== 0;
  return {
    kind: 'native',
    address,
    ...(!facts.preserveSig && { hresultSwapping: true as const }),
    ...(setLastError && { setLastError: true as const }),
    ...(isGetLastError && { returnsSavedError: true as const }),
    ...(unresolved !== undefined && { unresolved }),
  };
}

/** By the name in the ImplMap. The image's own file name leads to its own exports. */
function named(context: PInvokeContext, facts: MethodFacts): Bound {
  const { metadata } = context.assembly;
  const row = metadata.findImplMap(facts.token)!;
  const { ImplMap, ModuleRef } = metadata.tables;
  const scope = tokenRid(ImplMap.column('ImportScope').token(row));
  const moduleName = scope === 0 ? '' : metadata.strings.get(ModuleRef.get(scope, 'Name'));
  const entry = metadata.strings.get(ImplMap.get(row, 'ImportName')) || facts.name;
  const via = `${moduleName}!${entry}`;
  const problem = callingConventionProblem(context.calls, facts);
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
