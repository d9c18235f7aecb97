import type { DllReason } from '../load-event.ts';
import type { NativeEnd } from '../platform/native-run.ts';
import type { Gate } from '../process/gate-table.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import type { MappedModule } from './os-module.ts';

/** fdwReason of DllMain. */
export const DLL_REASONS: Readonly<Record<DllReason, number>> = { processDetach: 0, processAttach: 1, threadAttach: 2, threadDetach: 3 };

export interface DllMainCall {
  readonly module: MappedModule;
  readonly address: number;
  readonly reason: DllReason;
  /** Answers what a host function returns, or `undefined` where its result is not known. */
  readonly call: (gate: Gate) => number | undefined;
}

/** Runs code with the signature of DllMain. */
export function runDllMain(process: GuestProcess, { module, address, reason, call }: DllMainCall): NativeEnd {
  return process.platform.run({
    memory: process.memory,
    entry: address,
    arguments: [module.base, DLL_REASONS[reason], 0],
    gateAt: (at) => process.gates.at(at),
    call,
    delayedTarget: (slot) => module.imports.find((entry) => entry.delayed && module.base + entry.iatRva === slot)?.address,
  });
}
