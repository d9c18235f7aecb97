// What instructions on vectors have in common: lanes are combined into a scratch register, which then goes to the destination with zeroes behind it.

import { bit, bits } from '../fields/bit-field.ts';
import { type Arm64Cpu, SCRATCH_VECTOR } from './arm64-cpu.ts';
import type { Arm64Operation, Execute } from './arm64-operation.ts';

const SCRATCH_WORD = SCRATCH_VECTOR * 4;
export const SCRATCH_BYTE = SCRATCH_VECTOR * 16;

/** Whether the words are those of the scalar forms (bit 28, below 0b11 in bits 31 and 30: 01). */
const isScalar = (word: number): boolean => bit(word, 28) === 1;
export const sizeOf = (word: number): number => bits(word, 22, 2);

/** Sets lanes of a size (0 bytes to 3 doublewords): all of them by Q, one in scalar forms. */
export function setLanes(op: Arm64Operation, word: number, size: number): void {
  op.size = size;
  op.isHalf = bit(word, 30) === 0;
  op.lanes = isScalar(word) ? 1 : (op.isHalf ? 8 : 16) >> size;
}

/** Copies so many bytes of the scratch register to a vector register and clears the others. */
export function putScratch(cpu: Arm64Cpu, register: number, bytes: number): void {
  const { vectorWords } = cpu;
  const to = register * 4;
  if (bytes < 4) vectorWords[SCRATCH_WORD] = vectorWords[SCRATCH_WORD]! & ((1 << (bytes * 8)) - 1);
  vectorWords[to] = vectorWords[SCRATCH_WORD]!;
  vectorWords[to + 1] = bytes > 4 ? vectorWords[SCRATCH_WORD + 1]! : 0;
  vectorWords[to + 2] = bytes > 8 ? vectorWords[SCRATCH_WORD + 2]! : 0;
  vectorWords[to + 3] = bytes > 8 ? vectorWords[SCRATCH_WORD + 3]! : 0;
}

export const put = (cpu: Arm64Cpu, { vd, lanes, size }: Arm64Operation): void => putScratch(cpu, vd, lanes << size);

/** Combines lanes of 8 to 32 bits; `old` is the destination's lane. What is too large is cut where it is stored. */
export type Narrow = (left: number, right: number, old: number) => number;
export type Wide = (left: bigint, right: bigint, old: bigint) => bigint;

/** Lane by lane, by numbers or, for doublewords, by BigInts. */
export const lanewise =
  (narrow: Narrow, wide: Wide, isSigned: boolean): Execute =>
  (cpu, op) => {
    const { vd, vn, vm, size, lanes } = op;
    if (size === 3) {
      const view = isSigned ? cpu.signed64 : cpu.unsigned64;
      for (let lane = 0; lane < lanes; lane++)
        view[SCRATCH_VECTOR * 2 + lane] = wide(view[vn * 2 + lane]!, view[vm * 2 + lane]!, view[vd * 2 + lane]!);
    } else {
      const view = (isSigned ? cpu.signed : cpu.unsigned)[size]!;
      const count = 16 >> size;
      for (let lane = 0; lane < lanes; lane++)
        view[SCRATCH_VECTOR * count + lane] = narrow(view[vn * count + lane]!, view[vm * count + lane]!, view[vd * count + lane]!);
    }
    put(cpu, op);
  };

/** A lane of any size, as a BigInt. */
export function readLane(cpu: Arm64Cpu, register: number, lane: number, size: number, isSigned: boolean): bigint {
  if (size === 3) return (isSigned ? cpu.signed64 : cpu.unsigned64)[register * 2 + lane]!;
  return BigInt((isSigned ? cpu.signed : cpu.unsigned)[size]![register * (16 >> size) + lane]!);
}

export function writeLane(cpu: Arm64Cpu, register: number, lane: number, size: number, value: bigint): void {
  if (size === 3) cpu.unsigned64[register * 2 + lane] = value;
  else cpu.unsigned[size]![register * (16 >> size) + lane] = Number(BigInt.asIntN(32, value));
}

/** Combines lanes whatever their size; `width` in bits is that of the lanes. */
export type Exact = (left: bigint, right: bigint, width: number, old: bigint) => bigint;

/** Lane by lane, exactly: for what is rare, or what needs more than the bits of a lane. */
export const exactLanes =
  (combine: Exact, isSigned: boolean): Execute =>
  (cpu, op) => {
    const { vd, vn, vm, size, lanes } = op;
    const width = 8 << size;
    for (let lane = 0; lane < lanes; lane++) {
      const read = (register: number): bigint => readLane(cpu, register, lane, size, isSigned);
      writeLane(cpu, SCRATCH_VECTOR, lane, size, combine(read(vn), read(vm), width, read(vd)));
    }
    put(cpu, op);
  };

/** SignedSatQ and UnsignedSatQ. */
export const saturateSigned = (value: bigint, width: number): bigint => {
  const largest = (1n << BigInt(width - 1)) - 1n;
  return value > largest ? largest : value < -largest - 1n ? -largest - 1n : value;
};
export const saturateUnsigned = (value: bigint, width: number): bigint => {
  const largest = (1n << BigInt(width)) - 1n;
  return value > largest ? largest : value < 0n ? 0n : value;
};

/** Shifts left by a signed amount, right with or without rounding. */
export function shiftBy(value: bigint, amount: number, rounds: boolean): bigint {
  if (amount >= 0) return value << BigInt(amount);
  const right = BigInt(-amount);
  return rounds ? (value + (1n << (right - 1n))) >> right : value >> right;
}
