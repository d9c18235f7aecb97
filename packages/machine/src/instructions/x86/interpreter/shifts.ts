// SDM volume 1, 7.3.6: shifts and rotates. Flags that the manual leaves undefined (OF of counts above 1, AF) have any value.

import { resultFlags, resultFlags64 } from './arithmetic.ts';
import type { Execute, MicroOp } from './micro-op.ts';
import { get, get64, set64Again, setAgain } from './operand-access.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

/** A number of 64 bits in two halves. */
export interface Halves {
  low: number;
  high: number;
}

export function shiftLeft64(low: number, high: number, count: number, out: Halves): void {
  if (count === 0) {
    out.low = low;
    out.high = high;
  } else if (count < 32) {
    out.low = low << count;
    out.high = (high << count) | (low >>> (32 - count));
  } else {
    out.low = 0;
    out.high = low << (count - 32);
  }
}

/** `fill` is shifted in from the left: 0 or -1. */
export function shiftRight64(low: number, high: number, count: number, fill: number, out: Halves): void {
  if (count === 0) {
    out.low = low;
    out.high = high;
  } else if (count < 32) {
    out.low = (low >>> count) | (high << (32 - count));
    out.high = (high >>> count) | (fill << (32 - count));
  } else {
    out.low = count === 32 ? high : (high >>> (count - 32)) | (fill << (64 - count));
    out.high = fill;
  }
}

const bit64 = (low: number, high: number, index: number): number => (index < 32 ? low >>> index : high >>> (index - 32)) & 1;

/** One for all: no instruction of these runs within another. */
const result: Halves = { low: 0, high: 0 };

type Shift = (cpu: X86Cpu, op: MicroOp, count: number) => void;

/** The count is masked to five or six bits; 0 writes the operand back, which clears the upper half of a register of 32 bits. */
const counted =
  (narrow: Shift, wide: Shift): Execute =>
  (cpu, op) => {
    const isWide = op.size === 64;
    const count = get(cpu, op.second) & (isWide ? 0x3f : 0x1f);
    if (count !== 0) (isWide ? wide : narrow)(cpu, op, count);
    else if (!isWide) setAgain(cpu, op.first, get(cpu, op.first));
    else set64Again(cpu, op.first, get64(cpu, op.first), cpu.high);
  };

const shl = counted(
  (cpu, op, count) => {
    const x = get(cpu, op.first) << op.shift;
    const shifted = x << count;
    setAgain(cpu, op.first, shifted >>> op.shift);
    const carry = (x >>> (32 - count)) & 1;
    cpu.words[Word.carry] = carry;
    cpu.words[Word.overflow] = shifted ^ (carry << 31);
    resultFlags(cpu, shifted, op.shift);
  },
  (cpu, op, count) => {
    const low = get64(cpu, op.first);
    const { high } = cpu;
    shiftLeft64(low, high, count, result);
    set64Again(cpu, op.first, result.low, result.high);
    const carry = bit64(low, high, 64 - count);
    cpu.words[Word.carry] = carry;
    cpu.words[Word.overflow] = result.high ^ (carry << 31);
    resultFlags64(cpu, result.low, result.high);
  },
);

const shr = counted(
  (cpu, op, count) => {
    const x = (get(cpu, op.first) << op.shift) >>> op.shift;
    const shifted = x >>> count;
    setAgain(cpu, op.first, shifted);
    cpu.words[Word.carry] = (x >>> (count - 1)) & 1;
    cpu.words[Word.overflow] = x << op.shift;
    resultFlags(cpu, shifted << op.shift, op.shift);
  },
  (cpu, op, count) => {
    const low = get64(cpu, op.first);
    const { high } = cpu;
    shiftRight64(low, high, count, 0, result);
    set64Again(cpu, op.first, result.low, result.high);
    cpu.words[Word.carry] = bit64(low, high, count - 1);
    cpu.words[Word.overflow] = high;
    resultFlags64(cpu, result.low, result.high);
  },
);

const sar = counted(
  (cpu, op, count) => {
    const x = (get(cpu, op.first) << op.shift) >> op.shift;
    const shifted = x >> count;
    setAgain(cpu, op.first, shifted);
    cpu.words[Word.carry] = (x >> (count - 1)) & 1;
    cpu.words[Word.overflow] = 0;
    resultFlags(cpu, shifted << op.shift, op.shift);
  },
  (cpu, op, count) => {
    const low = get64(cpu, op.first);
    const { high } = cpu;
    shiftRight64(low, high, count, high >> 31, result);
    set64Again(cpu, op.first, result.low, result.high);
    cpu.words[Word.carry] = bit64(low, high, count - 1);
    cpu.words[Word.overflow] = 0;
    resultFlags64(cpu, result.low, result.high);
  },
);

function rotateLeft64(low: number, high: number, count: number): void {
  const [first, second] = count & 32 ? [high, low] : [low, high];
  const rest = count & 31;
  result.low = rest === 0 ? first : (first << rest) | (second >>> (32 - rest));
  result.high = rest === 0 ? second : (second << rest) | (first >>> (32 - rest));
}

/** ROL; ROR is ROL by what is left of the size, and its carry the other end. */
const rotate = (isRight: boolean): Execute =>
  counted(
    (cpu, op, count) => {
      const { size, shift } = op;
      const x = (get(cpu, op.first) << shift) >>> shift;
      const turned = (isRight ? size - (count % size) : count) % size;
      const rotated = turned === 0 ? x : (((x << turned) | (x >>> (size - turned))) << shift) >>> shift;
      setAgain(cpu, op.first, rotated);
      rotateFlags(cpu, rotated & 1, rotated << shift, isRight);
    },
    (cpu, op, count) => {
      const low = get64(cpu, op.first);
      rotateLeft64(low, cpu.high, isRight ? 64 - count : count);
      set64Again(cpu, op.first, result.low, result.high);
      rotateFlags(cpu, result.low & 1, result.high, isRight);
    },
  );

/** `top` is the result at the top of a word. */
function rotateFlags({ words }: X86Cpu, lowest: number, top: number, isRight: boolean): void {
  words[Word.carry] = isRight ? top >>> 31 : lowest;
  words[Word.overflow] = isRight ? top ^ (top << 1) : top ^ (lowest << 31);
}

/** RCL and RCR turn CF with the operand, bit by bit. */
const rotateCarry = (isRight: boolean): Execute =>
  counted(
    (cpu, op, count) => {
      const { size, shift } = op;
      let x = (get(cpu, op.first) << shift) >>> shift;
      let carry = cpu.words[Word.carry]!;
      for (let left = count % (size + 1); left > 0; left--) {
        const out = isRight ? x & 1 : (x >>> (size - 1)) & 1;
        x = isRight ? ((x >>> 1) | (carry << (size - 1))) >>> 0 : (((x << 1) | carry) << shift) >>> shift;
        carry = out;
      }
      setAgain(cpu, op.first, x);
      cpu.words[Word.carry] = carry;
      const top = x << shift;
      cpu.words[Word.overflow] = isRight ? top ^ (top << 1) : top ^ (carry << 31);
    },
    (cpu, op, count) => {
      let low = get64(cpu, op.first);
      let { high } = cpu;
      let carry = cpu.words[Word.carry]!;
      for (let left = count; left > 0; left--) {
        const out = isRight ? low & 1 : high >>> 31;
        if (isRight) {
          low = (low >>> 1) | (high << 31);
          high = (high >>> 1) | (carry << 31);
        } else {
          high = (high << 1) | (low >>> 31);
          low = (low << 1) | carry;
        }
        carry = out;
      }
      set64Again(cpu, op.first, low, high);
      cpu.words[Word.carry] = carry;
      cpu.words[Word.overflow] = isRight ? high ^ (high << 1) : high ^ (carry << 31);
    },
  );

/** SHLD and SHRD: bits come in from the second operand; counts above the size of 16-bit operands are undefined. */
const doubleShift =
  (isRight: boolean): Execute =>
  (cpu, op) => {
    const count = get(cpu, op.third) & (op.size === 64 ? 0x3f : 0x1f);
    if (op.size === 64) {
      if (count !== 0) doubleShiftWide(cpu, op, count, isRight);
      else set64Again(cpu, op.first, get64(cpu, op.first), cpu.high);
      return;
    }
    const { size, shift } = op;
    const x = (get(cpu, op.first) << shift) >>> shift;
    const y = (get(cpu, op.second) << shift) >>> shift;
    if (count === 0) {
      setAgain(cpu, op.first, x);
      return;
    }
    const shifted = isRight ? (x >>> count) | (y << (size - count)) : (x << count) | (y >>> (size - count));
    setAgain(cpu, op.first, shifted);
    cpu.words[Word.carry] = (isRight ? x >>> (count - 1) : x >>> (size - count)) & 1;
    cpu.words[Word.overflow] = (shifted ^ x) << shift;
    resultFlags(cpu, shifted << shift, shift);
  };

function doubleShiftWide(cpu: X86Cpu, op: MicroOp, count: number, isRight: boolean): void {
  const x = get64(cpu, op.first);
  const xHigh = cpu.high;
  const y = get64(cpu, op.second);
  const yHigh = cpu.high;
  const other: Halves = { low: 0, high: 0 };
  if (isRight) {
    shiftRight64(x, xHigh, count, 0, result);
    shiftLeft64(y, yHigh, 64 - count, other);
  } else {
    shiftLeft64(x, xHigh, count, result);
    shiftRight64(y, yHigh, 64 - count, 0, other);
  }
  const low = result.low | other.low;
  const high = result.high | other.high;
  set64Again(cpu, op.first, low, high);
  cpu.words[Word.carry] = bit64(x, xHigh, isRight ? count - 1 : 64 - count);
  cpu.words[Word.overflow] = high ^ xHigh;
  resultFlags64(cpu, low, high);
}

/** BMI2 shifts and RORX are not here: CPUID does not report them. */
export const SHIFTS: Readonly<Record<string, Execute>> = {
  shl,
  shr,
  sar,
  rol: rotate(false),
  ror: rotate(true),
  rcl: rotateCarry(false),
  rcr: rotateCarry(true),
  shld: doubleShift(false),
  shrd: doubleShift(true),
};
