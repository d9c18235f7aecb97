import type { CallPlacement } from '@ijw/marshalling';
import type { TransitionRecord } from './transition-record.ts';

/** The input of the code of one reverse thunk. */
export interface ReverseStub {
  readonly placement: CallPlacement;
  readonly record: TransitionRecord;
  readonly variadic: boolean;
}

/**
 * Writes the code of a reverse thunk for the place `code`. The method's identity comes in the register that the precode sets; the word at `data`
 * is the address that the record goes to.
 */
export type ReverseStubWriter = (stub: ReverseStub, code: number, data: number) => Uint8Array;
