// Arm ARM C7.2: operations of one vector: REV, CNT, ABS, comparisons with 0, pairs, conversions.

import { bit } from '../fields/bit-field.ts';
import { type Arm64Cpu, SCRATCH_VECTOR } from './arm64-cpu.ts';
import { type Execute, type Prepare, unsupported } from './arm64-operation.ts';
import { halfBits, halfValue } from './float-values.ts';
import { reverseBits } from './logic.ts';
import { floatLanes, floatOfOne } from './vector-floats.ts';
import {
  exactLanes,
  lanewise,
  put,
  putScratch,
  readLane,
  SCRATCH_BYTE,
  saturateSigned,
  saturateUnsigned,
  setLanes,
  sizeOf,
  writeLane,
} from './vector-lanes.ts';
import { narrowing, putNarrow } from './vector-widths.ts';

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
const mask = (holds: boolean): bigint => (holds ? -1n : 0n);

/** Ones of a byte. */
function bitCount(value: number): number {
  const pairs = value - ((value >> 1) & 0x55);
  const fours = (pairs & 0x33) + ((pairs >> 2) & 0x33);
  return (fours + (fours >> 4)) & 0xf;
}
const leadingZeroes = (value: bigint, width: number): bigint => BigInt(value === 0n ? width : width - value.toString(2).length);

/** Lane by lane of Vn. */
const CHANGES: Readonly<Record<string, Execute>> = {
  abs: exactLanes(absolute, true),
  neg: lanewise(
    (value) => -value,
    (value) => -value,
    true,
  ),
  not: lanewise(
    (value) => ~value,
    (value) => ~value,
    false,
  ),
  cnt: lanewise(bitCount, (value) => value, false),
  rbit: lanewise(
    (value) => reverseBits(value) >>> 24,
    (value) => value,
    false,
  ),
  clz: exactLanes((value, _, width) => leadingZeroes(value, width), false),
  cls: exactLanes((value, _, width) => leadingZeroes(value < 0n ? ~value : value, width) - 1n, true),
  cmgtz: exactLanes((value) => mask(value > 0n), true),
  cmgez: exactLanes((value) => mask(value >= 0n), true),
  cmeqz: exactLanes((value) => mask(value === 0n), true),
  cmlez: exactLanes((value) => mask(value <= 0n), true),
  cmltz: exactLanes((value) => mask(value < 0n), true),
  sqabs: exactLanes((value, _, width) => saturateSigned(absolute(value), width), true),
  sqneg: exactLanes((value, _, width) => saturateSigned(-value, width), true),
  // The other operand has the other kind of sign.
  suqadd: exactLanes((value, _, width, old) => saturateSigned(old + BigInt.asUintN(width, value), width), true),
  usqadd: exactLanes((value, _, width, old) => saturateUnsigned(old + BigInt.asIntN(width, value), width), false),
};

/** REV16, REV32, REV64: elements of the operation's size in reverse within so many bytes. */
function reverse(container: number): Execute {
  return (cpu, op) => {
    const { vectorBytes } = cpu;
    const size = 1 << op.size;
    for (let lane = 0; lane < op.lanes; lane++) {
      const at = lane * size;
      const within = at % container;
      const from = at - within + (container - size - within);
      for (let index = 0; index < size; index++) vectorBytes[SCRATCH_BYTE + at + index] = vectorBytes[op.vn * 16 + from + index]!;
    }
    put(cpu, op);
  };
}

/** SADDLP, UADDLP, SADALP and UADALP: neighbours added into lanes of twice the size. */
function longPairs(isSigned: boolean, accumulates: boolean): Execute {
  return (cpu, { vd, vn, size, lanes }) => {
    for (let lane = 0; lane < lanes / 2; lane++) {
      const sum = readLane(cpu, vn, lane * 2, size, isSigned) + readLane(cpu, vn, lane * 2 + 1, size, isSigned);
      writeLane(cpu, SCRATCH_VECTOR, lane, size + 1, sum + (accumulates ? readLane(cpu, vd, lane, size + 1, isSigned) : 0n));
    }
    putScratch(cpu, vd, lanes << size);
  };
}

/** SHLL: by the size of a lane, into lanes twice as large. */
const shiftLong: Execute = (cpu, { vd, vn, size, word }) => {
  const lanes = 8 >> size;
  const first = bit(word, 30) ? lanes : 0;
  for (let lane = 0; lane < lanes; lane++)
    writeLane(cpu, SCRATCH_VECTOR, lane, size + 1, readLane(cpu, vn, first + lane, size, false) << BigInt(8 << size));
  putScratch(cpu, vd, 16);
};

const WHOLE: Readonly<Record<string, Execute>> = {
  rev16: reverse(2),
  rev32: reverse(4),
  rev64: reverse(8),
  saddlp: longPairs(true, false),
  uaddlp: longPairs(false, false),
  sadalp: longPairs(true, true),
  uadalp: longPairs(false, true),
  'shll~2': shiftLong,
};

/** FCVTL: singles to doubles, halves to singles. NaNs of halves keep what fits. */
const lengthenFloats = (isDouble: boolean): Execute =>
  isDouble
    ? (cpu, op) => {
        const first = op.vn * 4 + (bit(op.word, 30) ? 2 : 0);
        for (let lane = 0; lane < 2; lane++) convertUp(cpu, SCRATCH_VECTOR * 2 + lane, first + lane);
        putScratch(cpu, op.vd, 16);
      }
    : (cpu, op) => {
        const first = op.vn * 8 + (bit(op.word, 30) ? 4 : 0);
        for (let lane = 0; lane < 4; lane++) {
          const half = cpu.unsigned[1][first + lane]!;
          const hasNoValue = (half & 0x7fff) > 0x7c00;
          if (hasNoValue) cpu.vectorWords[SCRATCH_VECTOR * 4 + lane] = ((half & 0x8000) << 16) | 0x7fc00000 | ((half & 0x1ff) << 13);
          else cpu.singles[SCRATCH_VECTOR * 4 + lane] = halfValue(half);
        }
        putScratch(cpu, op.vd, 16);
      };

function convertUp(cpu: Arm64Cpu, to: number, from: number): void {
  const word = cpu.vectorWords[from]!;
  if (!Number.isNaN(cpu.singles[from])) cpu.doubles[to] = cpu.singles[from]!;
  else {
    cpu.vectorWords[to * 2] = (word & 7) << 29;
    cpu.vectorWords[to * 2 + 1] = (word & 0x80000000) | 0x7ff80000 | ((word & 0x3fffff) >>> 3);
  }
}

/** FCVTN: doubles to singles, singles to halves. */
const shortenFloats = (isDouble: boolean): Execute =>
  isDouble
    ? (cpu, op) => {
        for (let lane = 0; lane < 2; lane++) convertDown(cpu, SCRATCH_VECTOR * 4 + lane, op.vn * 2 + lane);
        putNarrow(cpu, op);
      }
    : (cpu, op) => {
        for (let lane = 0; lane < 4; lane++) {
          const word = cpu.vectorWords[op.vn * 4 + lane]!;
          const hasNoValue = Number.isNaN(cpu.singles[op.vn * 4 + lane]);
          const half = hasNoValue ? ((word >>> 16) & 0x8000) | 0x7e00 | ((word >>> 13) & 0x1ff) : halfBits(cpu.singles[op.vn * 4 + lane]!);
          cpu.unsigned[1][SCRATCH_VECTOR * 8 + lane] = half;
        }
        putNarrow(cpu, op);
      };

function convertDown(cpu: Arm64Cpu, to: number, from: number): void {
  const [low, high] = [cpu.vectorWords[from * 2]!, cpu.vectorWords[from * 2 + 1]!];
  if (!Number.isNaN(cpu.doubles[from])) cpu.singles[to] = cpu.doubles[from]!;
  else cpu.vectorWords[to] = (high & 0x80000000) | 0x7fc00000 | ((high & 0x7ffff) << 3) | (low >>> 29);
}

function precision(operation: string, word: number): Execute | undefined {
  const isDouble = bit(word, 22) === 1;
  if (operation === 'fcvtl~2') return lengthenFloats(isDouble);
  return operation === 'fcvtn~2' ? shortenFloats(isDouble) : undefined;
}

const twoSources: Prepare = (op, word, operation) => {
  const float = floatOfOne(operation) ?? precision(operation, word);
  if (float) {
    floatLanes(op, word);
    return float;
  }
  // RBIT and NOT have their opcode in the size.
  const isBytes = operation === 'rbit' || operation === 'not';
  setLanes(op, word, isBytes ? 0 : sizeOf(word));
  return WHOLE[operation] ?? narrowing(operation) ?? CHANGES[operation] ?? unsupported;
};

export const VECTOR_CHANGES: Readonly<Record<string, Prepare>> = { vectorTwoSources: twoSources, scalarTwoSources: twoSources };
