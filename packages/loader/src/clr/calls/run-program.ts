import { makeToken, methodFullName, TableId, type Token, tokenRid } from '@ijw/metadata';
import { type GuestProcess, type MappedModule, runDllMain, windowsRefusal } from '@ijw/windows';
import { clrException, clrRefusal, HResult } from '../../load/clr-error.ts';
import type { Trace } from '../../load/load-event.ts';
import type { ManagedEntry } from '../../load/managed-entry.ts';
import type { LoadedAssembly } from '../bind/load-context.ts';
import { type AssemblyImage, managedEntryPoint, nativeEntryPoint } from '../image/assembly-image.ts';

/** The process of a program, and what runs its managed code. */
interface ProgramRun {
  readonly process: GuestProcess;
  readonly managedEntry: ManagedEntry;
  readonly trace: Trace;
}

/**
 * What `_CorExeMain` does once the program is an assembly (SSCLI `vm/ceemain.cpp` and `Assembly::ExecuteMainMethod`): it runs the entry point of the CLI
 * header, a method or native code. A program without one ends with an exception.
 */
export function runProgram(run: ProgramRun, assembly: LoadedAssembly): void {
  const native = nativeEntryPoint(assembly.image.cli);
  if (native !== undefined && assembly.module) runNativeMain(run, assembly.module, native);
  else runManagedMain(run, assembly);
}

function runManagedMain(run: ProgramRun, assembly: LoadedAssembly): void {
  const token = managedEntryPoint(assembly.image.cli);
  if (token === undefined || token >>> 24 !== TableId.MethodDef || !assembly.image.metadata.tables.MethodDef.has(tokenRid(token)))
    throw noEntryPoint(assembly.image, token);
  const method = methodFullName(assembly.image.metadata, makeToken(TableId.MethodDef, tokenRid(token)) as Token);
  const called = run.managedEntry.call({ token, method, through: 'entryPoint', arguments: [], context: assembly.context.name });
  const result = 'value' in called && typeof called.value === 'number' ? called.value : undefined;
  run.trace.add({ step: 'managedEntryPoint', token, method, ...(result !== undefined && { result }) });
}

function noEntryPoint({ displayName }: AssemblyImage, token: number | undefined): Error {
  const message = `Entry point not found in assembly '${displayName}'.`;
  return clrRefusal({
    rule: 'noEntryPoint',
    reason: 'The CLI header names no entry point that a program could begin with',
    exception: clrException('MissingMethodException', HResult.COR_E_MISSINGMETHOD, message),
    place: { structure: 'CLI header', field: 'EntryPoint', ...(token !== undefined && { token }) },
  });
}

function runNativeMain({ process, trace }: ProgramRun, module: MappedModule, rva: number): void {
  const address = module.base + rva;
  const end = runDllMain(process, { module, address, reason: 'processAttach', call: () => undefined });
  if (end.kind === 'fault') {
    const reason = `The native entry point faults: ${end.reason}`;
    throw windowsRefusal('NOACCESS', 'nativeEntryPointFaulted', reason, { structure: 'CLI header', field: 'EntryPoint', rva });
  }
  const result = end.kind === 'returned' ? end.value : undefined;
  trace.add({ step: 'nativeEntryPoint', address, ...(result !== undefined && { result }) });
}
