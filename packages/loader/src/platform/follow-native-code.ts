import { isFault } from '@ijw/machine';
import type { Gate } from '../process/gate-table.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import { asAddress, readPointer } from '../process/pointer-access.ts';
import type { MappedModule } from '../windows/os-module.ts';

export type NativeEnd =
  /** The code returned; `value` is what the result register holds, where it is known. */
  | { readonly kind: 'returned'; readonly value?: number }
  /** The code goes on in a way that only a processor can follow. */
  | { readonly kind: 'unknown'; readonly address: number }
  | { readonly kind: 'fault'; readonly reason: string };

/** Answers what a host function returns, or `undefined` where its result is not known. */
export type GateCall = (gate: Gate) => number | undefined;

const STEP_LIMIT = 256;
const DEPTH_LIMIT = 8;

/** Follows jumps, calls and returns from `address` on. Calls that leave the image end in `call`, with the gate they lead to. */
export function followNativeCode(process: GuestProcess, module: MappedModule, address: number, call: GateCall): NativeEnd {
  const returns: number[] = [];
  let at = address;
  let value: number | undefined;
  const leave = (target: number, gate: Gate | undefined): boolean => {
    if (!gate) {
      at = target;
      return true;
    }
    value = call(gate);
    const back = returns.pop();
    if (back !== undefined) at = back;
    return back !== undefined;
  };
  for (let count = 0; count < STEP_LIMIT; count++) {
    const code = process.memory.fetch(at, 1);
    if (isFault(code)) return { kind: 'fault', reason: `no code at 0x${at.toString(16)}` };
    const step = process.platform.decode(process.memory, at);
    if (!step) return { kind: 'unknown', address: at };
    if (step.kind === 'plain' || step.kind === 'result') {
      if (step.kind === 'result') value = step.value;
      at = step.next;
      continue;
    }
    if (step.kind === 'return') {
      const back = returns.pop();
      if (back === undefined) return { kind: 'returned', ...(value !== undefined && { value }) };
      at = back;
      continue;
    }
    if (step.kind === 'call' || step.kind === 'callThrough') {
      if (returns.length === DEPTH_LIMIT) return { kind: 'unknown', address: at };
      returns.push(step.next);
      value = undefined;
    }
    const target = 'target' in step ? step.target : slotTarget(process, module, step.slot);
    if (target === undefined) return { kind: 'fault', reason: `the jump at 0x${at.toString(16)} goes nowhere` };
    if (!leave(target, process.gates.at(target))) return { kind: 'returned', ...(value !== undefined && { value }) };
  }
  return { kind: 'unknown', address: at };
}

/** What a slot leads to. A delayed import's slot leads to what its helper would bind. */
function slotTarget(process: GuestProcess, module: MappedModule, slot: number): number | undefined {
  const delayed = module.imports.find((entry) => entry.delayed && module.base + entry.iatRva === slot);
  return delayed ? delayed.address : asAddress(readPointer(process.memory, slot, process.platform.pointerSize));
}
