import { type NativeEnd, runEntryPoint } from '@ijw/machine';
import type { Gate } from './gate-table.ts';
import type { GuestProcess } from './guest-process.ts';
import type { MappedModule } from './os-module.ts';
import type { DllReason } from './windows-event.ts';

/** fdwReason of DllMain. */
export const DLL_REASONS: Readonly<Record<DllReason, number>> = { processDetach: 0, processAttach: 1, threadAttach: 2, threadDetach: 3 };

export interface DllMainCall {
  readonly module: MappedModule;
  readonly address: number;
  readonly reason: DllReason;
  /** Returns what the function at a gate returns, or `undefined` where its result is not known. */
  readonly call: (gate: Gate) => number | undefined;
}

/** Runs code with the signature of DllMain. */
export function runDllMain(process: GuestProcess, { module, address, reason, call }: DllMainCall): NativeEnd {
  return runEntryPoint(process.processor, {
    memory: process.memory,
    entry: address,
    steps: process.steps,
    arguments: [module.base, DLL_REASONS[reason], 0],
    callOutside: (at) => {
      const gate = process.gates.at(at);
      return gate && { value: call(gate) };
    },
    delayedTarget: (slot) => module.imports.find((entry) => entry.delayed && module.base + entry.iatRva === slot)?.address,
  });
}
