import { CoffCharacteristics } from '@ijw/pe';
import type { DllReason } from '../load-event.ts';
import type { Gate } from '../process/gate-table.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import type { MappedModule } from './os-module.ts';
import { runDllMain } from './run-dll-main.ts';
import { windowsRefusal } from './windows-error.ts';

/** `_CorDllMain` of the host that `gate` belongs to. Answers with what it returns. */
export type HostEntryPoint = (module: MappedModule, gate: Gate, reason: DllReason) => number;

/**
 * Calls AddressOfEntryPoint the way the Windows loader does. The code is followed as far as it decides the load: whether it reaches the host's
 * `_CorDllMain`, and what it returns. Answers 0 for FALSE, `undefined` where there is no entry point.
 */
export function callEntryPoint(process: GuestProcess, module: MappedModule, reason: DllReason, host: HostEntryPoint): number | undefined {
  const rva = module.image.optionalHeader.addressOfEntryPoint;
  // A program that is loaded like a DLL is mapped and not run.
  if (rva === 0 || (module.image.coffHeader.characteristics & CoffCharacteristics.DLL) === 0) return undefined;
  const address = module.base + rva;
  let answer: number | undefined;
  const end = runDllMain(process, {
    module,
    address,
    reason,
    call: (gate) => {
      if (!isHostEntry(process, gate)) return undefined;
      process.trace.add({ step: 'callEntryPoint', module: module.name, address, reason, reaches: `${gate.module}!${gate.name}` });
      answer = host(module, gate, reason);
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
    process.trace.add({ step: 'callEntryPoint', module: module.name, address, reason, ...(result !== undefined && { result }) });
  }
  return result ?? 1;
}

/** A TLS callback has the signature of DllMain and no result. What it writes is there when the entry point runs. */
export function callTlsCallback(process: GuestProcess, module: MappedModule, address: number, reason: DllReason): void {
  process.trace.add({ step: 'callTlsCallback', module: module.name, address, reason });
  const end = runDllMain(process, { module, address, reason, call: () => undefined });
  if (end.kind !== 'fault') return;
  throw windowsRefusal('NOACCESS', 'tlsCallbackFaulted', `A TLS callback of ${module.name} faults: ${end.reason}`, {
    structure: 'TLS directory',
    field: 'AddressOfCallBacks',
  });
}

const isHostEntry = (process: GuestProcess, gate: Gate): boolean =>
  (gate.kind === 'function' || gate.kind === 'unresolved') && process.platform.hostEntryNames.includes(gate.name);
