import { hex } from '@ijw/binary';
import { isFault } from '../fault.ts';
import { asAddress, readPointer } from '../pointer-access.ts';
import { type NativeEnd, type NativeRun, STEP_LIMIT } from '../processor/native-run.ts';
import { decodeArm64 } from './decode-arm64.ts';

/**
 * Follows jumps, calls and returns of arm64 code; of what lies between only a constant in the result register is kept. Code that branches on a
 * condition ends as unknown.
 */
export function followArm64(run: NativeRun): NativeEnd {
  const returns: number[] = [];
  let at = run.entry;
  let value: number | undefined;
  for (let count = 0; count < STEP_LIMIT && run.steps.take(); count++) {
    const outside = run.callOutside(at);
    if (outside) value = outside.value;
    else if (isFault(run.memory.fetch(at, 4))) return { kind: 'fault', reason: `no code at ${hex(at)}` };
    const step = outside ? ({ kind: 'return' } as const) : decodeArm64(run.memory, at);
    if (!step) return { kind: 'unknown', address: at };
    if (step.kind === 'return') {
      const back = returns.pop();
      if (back === undefined) return { kind: 'returned', ...(value !== undefined && { value }) };
      at = back;
      continue;
    }
    if (step.kind === 'result') value = step.value;
    if (step.kind === 'call' || step.kind === 'callThrough') returns.push(step.next);
    const next = nextAddress(run, step);
    if (next === undefined) return { kind: 'fault', reason: `the jump at ${hex(at)} goes nowhere` };
    at = next;
  }
  return { kind: 'unknown', address: at };
}

function nextAddress(
  run: NativeRun,
  step: Exclude<ReturnType<typeof decodeArm64>, undefined | { readonly kind: 'return' }>,
): number | undefined {
  if ('target' in step) return step.target;
  if ('slot' in step) return run.delayedTarget(step.slot) ?? asAddress(readPointer(run.memory, step.slot, 8));
  return step.next;
}
