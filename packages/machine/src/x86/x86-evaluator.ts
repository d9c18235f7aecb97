import { hex } from '@ijw/binary';
import { DeferredMemory, NativeFault } from '../processor/evaluated-memory.ts';
import type { NativeEnd, NativeRun } from '../processor/native-run.ts';
import { STEP_LIMIT } from '../processor/native-run.ts';
import { UnknownInstruction } from '../processor/unknown-instruction.ts';
import { executeX86 } from './x86-execute.ts';
import { truncate } from './x86-flags.ts';
import { RETURN_ADDRESS, X86State } from './x86-state.ts';

/** A host function takes its arguments, sets the result register and returns; on x86 it is a stdcall function of three arguments. */
function returnFromGate(state: X86State, value: number): void {
  state.registers[0] = BigInt(value);
  state.ip = Number(state.pop());
  if (!state.is64Bit) state.registers[4] = state.registers[4]! + 12n;
}

function prepare(state: X86State, run: NativeRun): void {
  const [instance, reason, reserved] = run.arguments;
  if (state.is64Bit) {
    state.registers[1] = BigInt(instance);
    state.registers[2] = BigInt(reason);
    state.registers[8] = BigInt(reserved);
  } else for (const argument of [reserved, reason, instance]) state.push(BigInt(argument));
  state.push(BigInt(RETURN_ADDRESS));
  state.ip = run.entry;
}

/**
 * Runs an entry point of x86 or x64 as far as the instructions go that are known here. What it writes reaches the process only when it returns; code that goes
 * beyond these instructions, or calls a function whose result is not known, ends as unknown without an effect.
 */
export function evaluateX86(run: NativeRun, is64Bit: boolean): NativeEnd {
  const memory = new DeferredMemory(run.memory, is64Bit);
  const state = new X86State(memory, is64Bit, memory.stackPointer);
  prepare(state, run);
  let at = state.ip;
  try {
    for (let count = 0, taken = 1; count < STEP_LIMIT && run.steps.take(taken); count += taken) {
      taken = 1;
      at = state.ip;
      if (at === RETURN_ADDRESS) {
        memory.commit();
        return { kind: 'returned', value: Number(truncate(state.registers[0]!, 32)) };
      }
      const outside = run.callOutside(at);
      if (!outside) taken = executeX86(state, run);
      else if (outside.value === undefined) return { kind: 'unknown', address: at };
      else returnFromGate(state, outside.value);
    }
  } catch (error) {
    if (error instanceof NativeFault) return { kind: 'fault', reason: `${error.message}, from ${hex(at)}` };
    if (!(error instanceof UnknownInstruction)) throw error;
  }
  return { kind: 'unknown', address: at };
}
