import type { Gate } from './gate-table.ts';
import type { LoadRun } from './load-run.ts';
import { isDll, type MappedModule } from './os-module.ts';
import { runDllMain } from './run-dll-main.ts';
import { windowsRefusal } from './windows-error.ts';
import type { DllReason, WindowsTrace } from './windows-event.ts';

/** Functions outside the image to which its entry point hands the load over, such as `_CorDllMain` of a .NET host. */
export interface EntryPointHost<T extends WindowsTrace = WindowsTrace> {
  owns(gate: Gate): boolean;
  /** Returns what the function returns: 0 for FALSE. */
  call(call: EntryPointCall<T>): number;
}

/** An entry point that has reached a function of the host. */
export interface EntryPointCall<T extends WindowsTrace> {
  readonly module: MappedModule;
  readonly gate: Gate;
  readonly reason: DllReason;
  readonly trace: T;
}

/**
 * Calls AddressOfEntryPoint the way the Windows loader does. The code is followed as far as it decides the load: whether it reaches a function
 * of the host, and what it returns. Returns 0 for FALSE, `undefined` without an entry point.
 */
export function callEntryPoint<T extends WindowsTrace>(
  { process, trace }: LoadRun<T>,
  module: MappedModule,
  reason: DllReason,
  host?: EntryPointHost<T>,
): number | undefined {
  const rva = module.image.optionalHeader.addressOfEntryPoint;
  // A program that is loaded as a DLL is mapped but does not run.
  if (rva === 0 || !isDll(module)) return undefined;
  const address = module.base + rva;
  let answer: number | undefined;
  const end = runDllMain(process, {
    module,
    address,
    reason,
    call: (gate) => {
      if (!host?.owns(gate)) return undefined;
      trace.add({ step: 'callEntryPoint', module: module.name, address, reason, reaches: `${gate.module}!${gate.name}` });
      answer = host.call({ module, gate, reason, trace });
      return answer;
    },
  });
  if (end.kind === 'fault') {
    throw windowsRefusal('NOACCESS', 'entryPointFaulted', `The entry point of ${module.name} faults: ${end.reason}`, {
      structure: 'optional header',
      field: 'AddressOfEntryPoint',
      rva,
    });
  }
  const result = end.kind === 'returned' ? end.value : answer;
  if (answer === undefined) {
    trace.add({ step: 'callEntryPoint', module: module.name, address, reason, ...(result !== undefined && { result }) });
  }
  return result ?? 1;
}

/** A TLS callback has the signature of DllMain and no result. The entry point sees what it writes. */
export function callTlsCallback({ process, trace }: LoadRun, module: MappedModule, address: number, reason: DllReason): void {
  trace.add({ step: 'callTlsCallback', module: module.name, address, reason });
  const end = runDllMain(process, { module, address, reason, call: () => undefined });
  if (end.kind !== 'fault') return;
  throw windowsRefusal('NOACCESS', 'tlsCallbackFaulted', `A TLS callback of ${module.name} faults: ${end.reason}`, {
    structure: 'TLS directory',
    field: 'AddressOfCallBacks',
  });
}
