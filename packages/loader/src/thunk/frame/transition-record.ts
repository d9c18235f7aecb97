import { alignUp } from '@ijw/binary';
import type { CallPlacement, PlacedArgument } from '@ijw/marshalling';

/** Bytes for a result: four doubles of an arm64 homogeneous aggregate are the largest. */
const RESULT_SIZE = 32;
/** No call has a larger frame. */
export const FRAME_LIMIT = 0x10000;

/**
 * What a reverse thunk builds on its stack and passes to the managed side: offsets in bytes. The managed side reads the native arguments from it,
 * in the order of the signature, and leaves the native result in `result`.
 */
export interface TransitionRecord {
  /** The method's identity, as the precode passes it on: a pointer-sized word. */
  readonly method: 0;
  /** Address of the caller's argument area; variable arguments are found from there. */
  readonly argumentBase: number;
  /** Address of the caller's result buffer, where there is one. */
  readonly returnBuffer: number;
  readonly result: number;
  /** Where each argument is; one that is passed by reference is its address. */
  readonly arguments: readonly number[];
  readonly size: number;
}

const argumentBytes = ({ pieces }: PlacedArgument): number => pieces.reduce((end, { offset, size }) => Math.max(end, offset + size), 0);

export function transitionRecord(placement: CallPlacement, pointerSize: 4 | 8): TransitionRecord {
  const result = 3 * pointerSize;
  let next = result + RESULT_SIZE;
  const offsets = placement.arguments.map((argument) => {
    const offset = next;
    next += alignUp(argumentBytes(argument), pointerSize);
    return offset;
  });
  return { method: 0, argumentBase: pointerSize, returnBuffer: 2 * pointerSize, result, arguments: offsets, size: alignUp(next, 16) };
}
