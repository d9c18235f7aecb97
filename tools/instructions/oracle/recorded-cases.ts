// The recorded answers of a processor: instructions, and for each case what of the state changed. Inputs are not recorded, they follow from seeds.

import { CASE_SIZE, FLAGS, FX, FX_X87, FX_XMM, MEMORY, REGISTERS } from './processor-case.ts';

/** An instruction and the answers to its cases, of which case n has the seed `seedOf(instruction, n)`. */
export interface RecordedInstruction {
  readonly code: Uint8Array;
  readonly answers: readonly Uint8Array[];
}

export interface Recording {
  readonly bits: 32 | 64;
  /** The processor that answered. */
  readonly processor: string;
  readonly instructions: readonly RecordedInstruction[];
}

export const seedOf = (instruction: number, state: number): number => instruction * 1000 + state;

/** The words of a case that are kept: registers and flags, the head of the x87 state and its registers, xmm registers, memory. */
const KEPT: readonly number[] = [
  ...words(REGISTERS, FLAGS + 8),
  FX,
  ...words(FX_X87, FX_XMM),
  ...words(FX_XMM, FX_XMM + 256),
  ...words(MEMORY, CASE_SIZE),
];
const SIGNAL = 1;
const FAULT_ADDRESS = 24;

function words(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / 8 }, (_, index) => from + index * 8);
}

/** `signal, [fault address,] count, (word number, eight bytes) …` */
export function encodeAnswer(before: Uint8Array, after: Uint8Array): number[] {
  const signal = after[SIGNAL] ?? 0;
  const changed = KEPT.map((at, index) => ({ at, index })).filter(({ at }) => !isSame(before, after, at));
  const fault = signal === 0 ? [] : [...after.subarray(FAULT_ADDRESS, FAULT_ADDRESS + 8)];
  return [signal, ...fault, changed.length, ...changed.flatMap(({ at, index }) => [index, ...after.subarray(at, at + 8)])];
}

function isSame(before: Uint8Array, after: Uint8Array, at: number): boolean {
  for (let index = at; index < at + 8; index++) if (before[index] !== after[index]) return false;
  return true;
}

/** Puts an encoded answer over a copy of the case. Returns it and how many bytes it took. */
export function decodeAnswer(before: Uint8Array, bytes: Uint8Array, from: number): { readonly after: Uint8Array; readonly end: number } {
  const after = before.slice();
  let at = from;
  const signal = bytes[at++] ?? 0;
  after[SIGNAL] = signal;
  if (signal !== 0) {
    after.set(bytes.subarray(at, at + 8), FAULT_ADDRESS);
    at += 8;
  }
  for (let left = bytes[at++] ?? 0; left > 0; left--, at += 9) after.set(bytes.subarray(at + 1, at + 9), KEPT[bytes[at] ?? 0] ?? 0);
  return { after, end: at };
}
