// Arm ARM C6.2: ADD, SUB, ADC, CCMP, CSEL and their kin.

import { bit, bits } from '../fields/bit-field.ts';
import { type Arm64Cpu, Word } from './arm64-cpu.ts';
import { type Arm64Operation, type Execute, isWide, type Prepare, stackOr } from './arm64-operation.ts';
import { holdsOf } from './conditions.ts';
import { extend64, optionOf, SHIFTS_32, SHIFTS_64 } from './shifted-register.ts';

const HIGH = 2 ** 32;

/** An operation of two values, whose result goes to a register (its place in the words). */
type Combine32 = (words: Int32Array, to: number, left: number, right: number) => void;
type Combine64 = (words: Int32Array, to: number, low: number, high: number, rightLow: number, rightHigh: number) => void;

const add32: Combine32 = (words, to, left, right) => {
  words[to] = left + right;
  words[to + 1] = 0;
};
const sub32: Combine32 = (words, to, left, right) => {
  words[to] = left - right;
  words[to + 1] = 0;
};
const add64: Combine64 = (words, to, low, high, rightLow, rightHigh) => {
  const sum = (low >>> 0) + (rightLow >>> 0);
  words[to] = sum;
  words[to + 1] = high + rightHigh + (sum >= HIGH ? 1 : 0);
};
const sub64: Combine64 = (words, to, low, high, rightLow, rightHigh) => {
  const difference = (low >>> 0) - (rightLow >>> 0);
  words[to] = difference;
  words[to + 1] = high - rightHigh - (difference < 0 ? 1 : 0);
};

/** AddWithCarry with its flags. */
function addCarry32(words: Int32Array, to: number, left: number, right: number, carry: number): void {
  const result = (left + right + carry) | 0;
  words[Word.negative] = result;
  words[Word.nonzero] = result;
  words[Word.carry] = ((left & right) | ((left | right) & ~result)) >>> 31;
  words[Word.overflow] = (left ^ result) & (right ^ result);
  words[to] = result;
  words[to + 1] = 0;
}

function addCarry64(words: Int32Array, to: number, low: number, high: number, rightLow: number, rightHigh: number, carry: number): void {
  const sum = (low >>> 0) + (rightLow >>> 0) + carry;
  const upper = (high + rightHigh + (sum >= HIGH ? 1 : 0)) | 0;
  words[Word.negative] = upper;
  words[Word.nonzero] = sum | 0 | upper;
  words[Word.carry] = ((high & rightHigh) | ((high | rightHigh) & ~upper)) >>> 31;
  words[Word.overflow] = (high ^ upper) & (rightHigh ^ upper);
  words[to] = sum;
  words[to + 1] = upper;
}

const adds32: Combine32 = (words, to, left, right) => addCarry32(words, to, left, right, 0);
const subs32: Combine32 = (words, to, left, right) => addCarry32(words, to, left, ~right, 1);
const adds64: Combine64 = (words, to, low, high, rightLow, rightHigh) => addCarry64(words, to, low, high, rightLow, rightHigh, 0);
const subs64: Combine64 = (words, to, low, high, rightLow, rightHigh) => addCarry64(words, to, low, high, ~rightLow, ~rightHigh, 1);

const COMBINE_32: Readonly<Record<string, Combine32>> = { add: add32, sub: sub32, adds: adds32, subs: subs32 };
const COMBINE_64: Readonly<Record<string, Combine64>> = { add: add64, sub: sub64, adds: adds64, subs: subs64 };

/** Each is a function of its own, so that none goes through another: they are the most frequent instructions. */
const IMMEDIATE_32: Readonly<Record<string, Execute>> = {
  add: ({ words }, { d, n, low }) => add32(words, d, words[n]!, low),
  sub: ({ words }, { d, n, low }) => sub32(words, d, words[n]!, low),
  adds: ({ words }, { d, n, low }) => addCarry32(words, d, words[n]!, low, 0),
  subs: ({ words }, { d, n, low }) => addCarry32(words, d, words[n]!, ~low, 1),
};
const IMMEDIATE_64: Readonly<Record<string, Execute>> = {
  add: ({ words }, { d, n, low }) => add64(words, d, words[n]!, words[n + 1]!, low, 0),
  sub: ({ words }, { d, n, low }) => sub64(words, d, words[n]!, words[n + 1]!, low, 0),
  adds: ({ words }, { d, n, low }) => addCarry64(words, d, words[n]!, words[n + 1]!, low, 0, 0),
  subs: ({ words }, { d, n, low }) => addCarry64(words, d, words[n]!, words[n + 1]!, ~low, -1, 1),
};

const REGISTER_32: Readonly<Record<string, Execute>> = {
  add: ({ words }, { d, n, m }) => add32(words, d, words[n]!, words[m]!),
  sub: ({ words }, { d, n, m }) => sub32(words, d, words[n]!, words[m]!),
  adds: ({ words }, { d, n, m }) => addCarry32(words, d, words[n]!, words[m]!, 0),
  subs: ({ words }, { d, n, m }) => addCarry32(words, d, words[n]!, ~words[m]!, 1),
};
const REGISTER_64: Readonly<Record<string, Execute>> = {
  add: ({ words }, { d, n, m }) => add64(words, d, words[n]!, words[n + 1]!, words[m]!, words[m + 1]!),
  sub: ({ words }, { d, n, m }) => sub64(words, d, words[n]!, words[n + 1]!, words[m]!, words[m + 1]!),
  adds: ({ words }, { d, n, m }) => addCarry64(words, d, words[n]!, words[n + 1]!, words[m]!, words[m + 1]!, 0),
  subs: ({ words }, { d, n, m }) => addCarry64(words, d, words[n]!, words[n + 1]!, ~words[m]!, ~words[m + 1]!, 1),
};

const pick = (table: Readonly<Record<string, Execute>>, operation: string): Execute => table[operation]!;
const setsFlags = (operation: string): boolean => operation.endsWith('s');

const addImmediate: Prepare = (op, word, operation) => {
  op.low = bits(word, 10, 12) << (bit(word, 22) ? 12 : 0);
  op.n = stackOr(op.vn);
  if (!setsFlags(operation)) op.d = stackOr(op.vd);
  return pick(isWide(word) ? IMMEDIATE_64 : IMMEDIATE_32, operation);
};

const addRegister: Prepare = (op, word, operation) => {
  op.shift = bits(word, 10, 6);
  if (op.shift === 0) return pick(isWide(word) ? REGISTER_64 : REGISTER_32, operation);
  const [combine32, combine64] = [COMBINE_32[operation]!, COMBINE_64[operation]!];
  const [shift32, shift64] = [SHIFTS_32[bits(word, 22, 2)]!, SHIFTS_64[bits(word, 22, 2)]!];
  if (!isWide(word)) return ({ words }, { d, n, m, shift }) => combine32(words, d, words[n]!, shift32(words[m]!, shift));
  return (cpu, { d, n, m, shift }) => {
    const { words } = cpu;
    const low = shift64(cpu, words[m]!, words[m + 1]!, shift);
    combine64(words, d, words[n]!, words[n + 1]!, low, cpu.high);
  };
};

const addExtended: Prepare = (op, word, operation) => {
  op.shift = bits(word, 10, 3);
  op.low = optionOf(word);
  op.n = stackOr(op.vn);
  if (!setsFlags(operation)) op.d = stackOr(op.vd);
  const [combine32, combine64] = [COMBINE_32[operation]!, COMBINE_64[operation]!];
  if (!isWide(word)) return (cpu, { d, n, m, low, shift }) => combine32(cpu.words, d, cpu.words[n]!, extend64(cpu, m, low, shift));
  return (cpu, { d, n, m, low, shift }) => {
    const right = extend64(cpu, m, low, shift);
    combine64(cpu.words, d, cpu.words[n]!, cpu.words[n + 1]!, right, cpu.high);
  };
};

const adc32: Combine32 = (words, to, left, right) => add32(words, to, left, right + words[Word.carry]!);
const adc64: Combine64 = (words, to, low, high, rightLow, rightHigh) => {
  const sum = (low >>> 0) + (rightLow >>> 0) + words[Word.carry]!;
  words[to] = sum;
  words[to + 1] = high + rightHigh + (sum >= HIGH ? 1 : 0);
};

const withCarry: Prepare = (_, word, operation) => {
  const inverts = operation.startsWith('sbc') ? -1 : 0;
  if (isWide(word)) {
    const combine: Combine64 = setsFlags(operation)
      ? (words, to, low, high, rightLow, rightHigh) => addCarry64(words, to, low, high, rightLow, rightHigh, words[Word.carry]!)
      : adc64;
    return ({ words }, { d, n, m }) => combine(words, d, words[n]!, words[n + 1]!, words[m]! ^ inverts, words[m + 1]! ^ inverts);
  }
  const combine: Combine32 = setsFlags(operation)
    ? (words, to, left, right) => addCarry32(words, to, left, right, words[Word.carry]!)
    : adc32;
  return ({ words }, { d, n, m }) => combine(words, d, words[n]!, words[m]! ^ inverts);
};

/** CCMP and CCMN: a comparison where the condition holds, else the flags of the word. */
const conditionalCompare: Prepare = (op, word, operation) => {
  const holds = holdsOf(bits(word, 12, 4));
  const isImmediate = operation.endsWith('i');
  const subtracts = operation.startsWith('ccmp');
  const flags = bits(word, 0, 4) << 28;
  op.low = op.vm;
  const compare32 = subtracts ? subs32 : adds32;
  const compare64 = subtracts ? subs64 : adds64;
  return (cpu, { n, m, low }) => {
    const { words } = cpu;
    if (!holds(words)) cpu.nzcv = flags;
    else if (isWide(word))
      compare64(words, Word.discard, words[n]!, words[n + 1]!, isImmediate ? low : words[m]!, isImmediate ? 0 : words[m + 1]!);
    else compare32(words, Word.discard, words[n]!, isImmediate ? low : words[m]!);
  };
};

function select(words: Int32Array, { d }: Arm64Operation, from: number, isLong: boolean): void {
  const high = isLong ? words[from + 1]! : 0;
  words[d] = words[from]!;
  words[d + 1] = high;
}

/** CSEL, CSINC, CSINV and CSNEG: the second register goes through a change, which is an inversion, an addition of 1, or both. */
const conditionalSelect: Prepare = (_, word, operation) => {
  const holds = holdsOf(bits(word, 12, 4));
  const isLong = isWide(word);
  if (operation === 'csel') return ({ words }, op) => select(words, op, holds(words) ? op.n : op.m, isLong);
  const inverts = operation === 'csinc' ? 0 : -1;
  const adds = operation === 'csinv' ? 0 : 1;
  return ({ words }, op) => {
    if (holds(words)) select(words, op, op.n, isLong);
    else if (isLong) add64(words, op.d, words[op.m]! ^ inverts, words[op.m + 1]! ^ inverts, adds, 0);
    else add32(words, op.d, words[op.m]! ^ inverts, adds);
  };
};

/** RMIF, SETF8 and SETF16 (FEAT_FlagM). */
const flagManipulation: Prepare = (op, word, operation) => {
  if (operation === 'rmif') {
    const mask = bits(word, 0, 4);
    op.shift = bits(word, 15, 6);
    return (cpu, { n, shift }) => {
      const rotated = SHIFTS_64[3]!(cpu, cpu.words[n]!, cpu.words[n + 1]!, shift) & 15;
      cpu.nzcv = (((cpu.nzcv >>> 28) & ~mask) | (rotated & mask)) << 28;
    };
  }
  const shift = operation === 'setf8' ? 24 : 16;
  return ({ words }, { n }) => {
    const top = words[n]! << shift;
    words[Word.negative] = top;
    words[Word.nonzero] = top;
    words[Word.overflow] = (words[n]! << (shift - 1)) ^ top;
  };
};

/** Adds to the flags' register: CFINV, AXFLAG, XAFLAG. */
const flagsOf: Readonly<Record<string, (cpu: Arm64Cpu) => void>> = {
  cfinv: ({ words }) => {
    words[Word.carry] = words[Word.carry]! ^ 1;
  },
  axflag: ({ words }) => {
    const isUnordered = words[Word.overflow]! < 0;
    words[Word.negative] = 0;
    words[Word.nonzero] = words[Word.nonzero] === 0 || isUnordered ? 0 : 1;
    words[Word.carry] = isUnordered ? 0 : words[Word.carry]!;
    words[Word.overflow] = 0;
  },
  xaflag: (cpu) => {
    const isZero = cpu.words[Word.nonzero] === 0;
    const isCarry = cpu.words[Word.carry] !== 0;
    cpu.nzcv =
      (!isCarry && !isZero ? 0x80000000 : 0) |
      (isZero && isCarry ? 0x40000000 : 0) |
      (isCarry || isZero ? 0x20000000 : 0) |
      (!isCarry && isZero ? 0x10000000 : 0);
  },
};
export const flagOperation = (operation: string): Execute | undefined => flagsOf[operation];

export const ARITHMETIC: Readonly<Record<string, Prepare>> = {
  addImmediate,
  addRegister,
  addExtended,
  addCarry: withCarry,
  conditionalCompare,
  conditionalSelect,
  flagManipulation,
};
export { add64, sub64 };
