// Arm ARM C7.2: shifts by immediates, and operations by one element.

import { bit, bits } from '../fields/bit-field.ts';
import { SCRATCH_VECTOR } from './arm64-cpu.ts';
import { type Execute, type Prepare, unsupported } from './arm64-operation.ts';
import { floatByElement, vectorConversion } from './vector-floats.ts';
import { SAME } from './vector-integers.ts';
import {
  type Exact,
  exactLanes,
  putScratch,
  readLane,
  saturateSigned,
  saturateUnsigned,
  setLanes,
  shiftBy,
  sizeOf,
  writeLane,
} from './vector-lanes.ts';
import { elementOf, longByElement, narrow } from './vector-widths.ts';

/** The size of a lane, from the highest bit of immh. */
const shiftSize = (word: number): number => 31 - Math.clz32(bits(word, 19, 4));
const rightAmount = (word: number): number => (16 << shiftSize(word)) - bits(word, 16, 7);
const leftAmount = (word: number): number => bits(word, 16, 7) - (8 << shiftSize(word));

/** A shift of each lane; `old` is the destination's lane. */
type Shift = (amount: number) => Exact;

/** Right shifts: `s` or `u`, `r` for rounding, `sra` adds to the destination. */
const right =
  (rounds: boolean, accumulates: boolean): Shift =>
  (amount) =>
  (value, _, __, old) =>
    shiftBy(value, -amount, rounds) + (accumulates ? old : 0n);
/** SLI and SRI keep the bits of the destination that nothing is shifted to. */
const insertLeft: Shift = (amount) => (value, _, __, old) => (value << BigInt(amount)) | (old & ((1n << BigInt(amount)) - 1n));
const insertRight: Shift = (amount) => (value, _, width, old) => {
  const kept = (1n << BigInt(width)) - (1n << BigInt(width - amount));
  return (value >> BigInt(amount)) | (old & kept);
};
const saturating =
  (saturate: typeof saturateSigned): Shift =>
  (amount) =>
  (value, _, width) =>
    saturate(value << BigInt(amount), width);

interface ShiftForm {
  readonly shift: Shift;
  readonly isSigned: boolean;
  readonly isLeft: boolean;
}
const toRight = (shift: Shift, isSigned: boolean): ShiftForm => ({ shift, isSigned, isLeft: false });
const toLeft = (shift: Shift, isSigned: boolean): ShiftForm => ({ shift, isSigned, isLeft: true });

const SHIFTS: Readonly<Record<string, ShiftForm>> = {
  sshr: toRight(right(false, false), true),
  ushr: toRight(right(false, false), false),
  ssra: toRight(right(false, true), true),
  usra: toRight(right(false, true), false),
  srshr: toRight(right(true, false), true),
  urshr: toRight(right(true, false), false),
  srsra: toRight(right(true, true), true),
  ursra: toRight(right(true, true), false),
  sri: toRight(insertRight, false),
  sli: toLeft(insertLeft, false),
  shl: toLeft((amount) => (value) => value << BigInt(amount), false),
  sqshlu: toLeft(saturating(saturateUnsigned), true),
  sqshli: toLeft(saturating(saturateSigned), true),
  uqshli: toLeft(saturating(saturateUnsigned), false),
};

/** Narrowing shifts: whether they round, the sign of their source, and how they saturate. */
const NARROWS: Readonly<Record<string, readonly [rounds: boolean, isSigned: boolean, saturate: typeof saturateSigned]>> = {
  shrn: [false, false, (value) => value],
  rshrn: [true, false, (value) => value],
  sqshrn: [false, true, saturateSigned],
  sqrshrn: [true, true, saturateSigned],
  uqshrn: [false, false, saturateUnsigned],
  uqrshrn: [true, false, saturateUnsigned],
  sqshrun: [false, true, saturateUnsigned],
  sqrshrun: [true, true, saturateUnsigned],
};

/** SSHLL and USHLL. */
function lengthen(amount: number, isSigned: boolean): Execute {
  return (cpu, { vd, vn, size, word }) => {
    const lanes = 8 >> size;
    const first = bit(word, 30) ? lanes : 0;
    for (let lane = 0; lane < lanes; lane++)
      writeLane(cpu, SCRATCH_VECTOR, lane, size + 1, readLane(cpu, vn, first + lane, size, isSigned) << BigInt(amount));
    putScratch(cpu, vd, 16);
  };
}

const byImmediate: Prepare = (op, word, operation) => {
  setLanes(op, word, shiftSize(word));
  const name = operation.replace('~2', '');
  const form = SHIFTS[name];
  if (form) return exactLanes(form.shift(form.isLeft ? leftAmount(word) : rightAmount(word)), form.isSigned);
  if (name === 'sshll' || name === 'ushll') return lengthen(leftAmount(word), name === 'sshll');
  const narrows = NARROWS[name];
  if (narrows) {
    const [rounds, isSigned, saturate] = narrows;
    const amount = rightAmount(word);
    return narrow((value, width) => saturate(shiftBy(value, -amount, rounds), width), isSigned);
  }
  const conversion = /^(\w+)Fixed$/.exec(name)?.[1];
  return conversion && op.size > 1 ? vectorConversion(conversion, 2 ** rightAmount(word)) : unsupported;
};

const BY_ELEMENT: readonly string[] = ['mla', 'mls', 'mul', 'sqdmulh', 'sqrdmulh', 'sqrdmlah', 'sqrdmlsh'];

/** Same lanes by one element: the element is copied to all lanes of a register behind the scratch register. */
const byElement: Prepare = (op, word, operation) => {
  if (operation.startsWith('f')) return floatByElement(op, word, operation);
  const isHalfword = sizeOf(word) === 1;
  if (isHalfword) op.vm &= 15;
  if (!BY_ELEMENT.includes(operation)) return longByElement(op, word, operation);
  setLanes(op, word, sizeOf(word));
  const element = elementOf(word);
  const same = SAME[operation]!;
  const from = op.vm;
  op.vm = SCRATCH_VECTOR + 1;
  return (cpu, each) => {
    const value = readLane(cpu, from, element, each.size, false);
    for (let lane = 0; lane < 16 >> each.size; lane++) writeLane(cpu, SCRATCH_VECTOR + 1, lane, each.size, value);
    same(cpu, each);
  };
};

export const VECTOR_SHIFTS: Readonly<Record<string, Prepare>> = {
  vectorShift: byImmediate,
  scalarShift: byImmediate,
  vectorByElement: byElement,
  scalarByElement: byElement,
};
