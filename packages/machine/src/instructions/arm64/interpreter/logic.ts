// Arm ARM C6.2: AND, ORR, EOR, MOVZ, ADR, bitfields and what moves bits within a register.

import { bits } from '../fields/bit-field.ts';
import { logicalImmediate as logicalValue } from '../fields/logical-immediate.ts';
import { pageDistance } from '../fields/page-distance.ts';
import { type Arm64Cpu, Word } from './arm64-cpu.ts';
import { type Arm64Operation, type Execute, isWide, type Prepare, setImmediate, stackOr, unsupported } from './arm64-operation.ts';
import { rotate32, rotate64, SHIFTS_32, SHIFTS_64 } from './shifted-register.ts';

type Bitwise = (left: number, right: number) => number;

const BITWISE: Readonly<Record<string, Bitwise>> = {
  and: (left, right) => left & right,
  ands: (left, right) => left & right,
  bic: (left, right) => left & ~right,
  bics: (left, right) => left & ~right,
  orr: (left, right) => left | right,
  orn: (left, right) => left | ~right,
  eor: (left, right) => left ^ right,
  eon: (left, right) => left ^ ~right,
};

/** N and Z of a result; C and V are cleared. */
function setLogicalFlags({ words }: Arm64Cpu, low: number, high: number, isLong: boolean): void {
  words[Word.negative] = isLong ? high : low;
  words[Word.nonzero] = low | high;
  words[Word.carry] = 0;
  words[Word.overflow] = 0;
}

function put({ words }: Arm64Cpu, to: number, low: number, high: number): void {
  words[to] = low;
  words[to + 1] = high;
}

const logicalImmediate: Prepare = (op, word, operation) => {
  setImmediate(op, logicalValue(word));
  const combine = BITWISE[operation]!;
  const isLong = isWide(word);
  if (operation === 'ands')
    return (cpu, { d, n, low, high }) => {
      const resultLow = cpu.words[n]! & low;
      const resultHigh = isLong ? cpu.words[n + 1]! & high : 0;
      setLogicalFlags(cpu, resultLow, resultHigh, isLong);
      put(cpu, d, resultLow, resultHigh);
    };
  op.d = stackOr(op.vd);
  if (isLong) return (cpu, { d, n, low, high }) => put(cpu, d, combine(cpu.words[n]!, low), combine(cpu.words[n + 1]!, high));
  return (cpu, { d, n, low }) => put(cpu, d, combine(cpu.words[n]!, low), 0);
};

const move32: Execute = (cpu, { d, m }) => put(cpu, d, cpu.words[m]!, 0);
const move64: Execute = (cpu, { d, m }) => put(cpu, d, cpu.words[m]!, cpu.words[m + 1]!);

const logicalRegister: Prepare = (op, word, operation) => {
  op.shift = bits(word, 10, 6);
  const isLong = isWide(word);
  const isPlain = op.shift === 0;
  if (operation === 'orr' && isPlain && op.n === Word.zero) return isLong ? move64 : move32;
  const combine = BITWISE[operation]!;
  const [shift32, shift64] = [SHIFTS_32[bits(word, 22, 2)]!, SHIFTS_64[bits(word, 22, 2)]!];
  const sets = operation === 'ands' || operation === 'bics';
  if (!isLong)
    return (cpu, { d, n, m, shift }) => {
      const result = combine(cpu.words[n]!, isPlain ? cpu.words[m]! : shift32(cpu.words[m]!, shift)) | 0;
      if (sets) setLogicalFlags(cpu, result, 0, false);
      put(cpu, d, result, 0);
    };
  return (cpu, { d, n, m, shift }) => {
    const { words } = cpu;
    let low = words[m]!;
    let high = words[m + 1]!;
    if (!isPlain) {
      low = shift64(cpu, low, high, shift);
      high = cpu.high;
    }
    low = combine(words[n]!, low);
    high = combine(words[n + 1]!, high);
    if (sets) setLogicalFlags(cpu, low, high, true);
    put(cpu, d, low, high);
  };
};

const constant: Execute = (cpu, { d, low, high }) => put(cpu, d, low, high);

const moveWide: Prepare = (op, word, operation) => {
  const shift = bits(word, 21, 2) * 16;
  const value = BigInt(bits(word, 5, 16)) << BigInt(shift);
  setImmediate(op, operation === 'movn' ? BigInt.asUintN(isWide(word) ? 64 : 32, ~value) : value);
  if (operation !== 'movk') return constant;
  const keepLow = shift < 32 ? ~(0xffff << shift) : -1;
  const keepHigh = shift < 32 ? -1 : ~(0xffff << (shift - 32));
  const isLong = isWide(word);
  return (cpu, { d, low, high }) => {
    const { words } = cpu;
    put(cpu, d, (words[d]! & keepLow) | low, isLong ? (words[d + 1]! & keepHigh) | high : 0);
  };
};

/** `low` and `high` are set to the address of the instruction before. */
const pcRelative: Prepare = (op, word, operation) => {
  const address = (BigInt(op.high >>> 0) << 32n) | BigInt(op.low >>> 0);
  const distance = BigInt(pageDistance(word));
  setImmediate(op, operation === 'adr' ? address + distance : (address & ~0xfffn) + distance * 0x1000n);
  return constant;
};

/** Ones in the lowest bits. */
const ones = (count: number): bigint => (1n << BigInt(count)) - 1n;

/** Arm ARM J1.3.3, DecodeBitMasks: what is moved, and what stays within the field. */
function setMasks(op: Arm64Operation, word: number): void {
  const size = isWide(word) ? 64 : 32;
  const [immr, imms] = [bits(word, 16, 6), bits(word, 10, 6)];
  const run = ones(imms + 1);
  const moved = BigInt.asUintN(size, (run >> BigInt(immr)) | (run << BigInt(size - immr)));
  const field = ones(((imms - immr) & (size - 1)) + 1);
  setImmediate(op, moved);
  op.low2 = Number(BigInt.asIntN(32, field));
  op.high2 = Number(BigInt.asIntN(32, field >> 32n));
  op.shift = immr;
}

const ubfm32: Execute = (cpu, { d, n, shift, low, low2 }) => put(cpu, d, rotate32(cpu.words[n]!, shift) & low & low2, 0);
const ubfm64: Execute = (cpu, { d, n, shift, low, high, low2, high2 }) => {
  const rotated = rotate64(cpu, cpu.words[n]!, cpu.words[n + 1]!, shift);
  put(cpu, d, rotated & low & low2, cpu.high & high & high2);
};

/** Moves 0 or -1 where the sign of the field is. */
const signAt = ({ words }: Arm64Cpu, register: number, at: number): number => -((words[register + (at >> 5)]! >>> (at & 31)) & 1);

const bitfield: Prepare = (op, word, operation) => {
  setMasks(op, word);
  const isLong = isWide(word);
  const signBit = bits(word, 10, 6);
  if (operation === 'ubfm') return isLong ? ubfm64 : ubfm32;
  if (operation === 'sbfm')
    return (cpu, { d, n, shift, low, high, low2, high2 }) => {
      const { words } = cpu;
      const sign = signAt(cpu, n, signBit);
      if (!isLong) put(cpu, d, (rotate32(words[n]!, shift) & low & low2) | (sign & ~low2), 0);
      else {
        const rotated = rotate64(cpu, words[n]!, words[n + 1]!, shift);
        put(cpu, d, (rotated & low & low2) | (sign & ~low2), (cpu.high & high & high2) | (sign & ~high2));
      }
    };
  return (cpu, { d, n, shift, low, high, low2, high2 }) => {
    const { words } = cpu;
    if (!isLong) {
      const bottom = (words[d]! & ~low) | (rotate32(words[n]!, shift) & low);
      put(cpu, d, (words[d]! & ~low2) | (bottom & low2), 0);
      return;
    }
    const rotated = rotate64(cpu, words[n]!, words[n + 1]!, shift);
    const bottomLow = (words[d]! & ~low) | (rotated & low);
    const bottomHigh = (words[d + 1]! & ~high) | (cpu.high & high);
    put(cpu, d, (words[d]! & ~low2) | (bottomLow & low2), (words[d + 1]! & ~high2) | (bottomHigh & high2));
  };
};

/** EXTR: bits of two registers in a row. */
const extract: Prepare = (op, word) => {
  op.shift = bits(word, 10, 6);
  if (!isWide(word))
    return (cpu, { d, n, m, shift }) => {
      const { words } = cpu;
      put(cpu, d, shift === 0 ? words[m]! : (words[m]! >>> shift) | (words[n]! << (32 - shift)), 0);
    };
  const isUpper = op.shift >= 32;
  op.shift &= 31;
  // Three words in a row, of which bits of two neighbours become one.
  return (cpu, { d, n, m, shift }) => {
    const { words } = cpu;
    const first = words[isUpper ? m + 1 : m]!;
    const second = words[isUpper ? n : m + 1]!;
    const third = words[isUpper ? n + 1 : n]!;
    if (shift === 0) put(cpu, d, first, second);
    else put(cpu, d, (first >>> shift) | (second << (32 - shift)), (second >>> shift) | (third << (32 - shift)));
  };
};

export function reverseBits(value: number): number {
  let result = value;
  result = ((result >>> 1) & 0x55555555) | ((result & 0x55555555) << 1);
  result = ((result >>> 2) & 0x33333333) | ((result & 0x33333333) << 2);
  result = ((result >>> 4) & 0x0f0f0f0f) | ((result & 0x0f0f0f0f) << 4);
  return reverseBytes(result);
}
const reverseBytes = (value: number): number => (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
const reverseBytes16 = (value: number): number => ((value & 0x00ff00ff) << 8) | ((value >>> 8) & 0x00ff00ff);

const countZeroes = (low: number, high: number, isLong: boolean): number =>
  !isLong ? Math.clz32(low) : high === 0 ? 32 + Math.clz32(low) : Math.clz32(high);

/** Bits below the first that are the same as it. */
function countSigns(low: number, high: number, isLong: boolean): number {
  const sign = (isLong ? high : low) >> 31;
  return countZeroes(low ^ sign, high ^ sign, isLong) - 1;
}

/** One half at a time, or both where they change places. */
const oneSource: Prepare = (_, word, operation) => {
  const isLong = isWide(word);
  const each = { rbit: reverseBits, rev16: reverseBytes16, rev32: reverseBytes, rev: reverseBytes }[operation];
  const swaps = isLong && (operation === 'rbit' || operation === 'rev');
  if (each)
    return (cpu, { d, n }) => {
      const [low, high] = [each(cpu.words[n]!), isLong ? each(cpu.words[n + 1]!) : 0];
      if (swaps) put(cpu, d, high, low);
      else put(cpu, d, low, high);
    };
  const count = { clz: countZeroes, cls: countSigns }[operation];
  return count ? (cpu, { d, n }) => put(cpu, d, count(cpu.words[n]!, cpu.words[n + 1]!, isLong), 0) : unsupported;
};

export const LOGIC: Readonly<Record<string, Prepare>> = {
  logicalImmediate,
  logicalRegister,
  moveWide,
  pcRelative,
  bitfield,
  extract,
  oneSource,
};
