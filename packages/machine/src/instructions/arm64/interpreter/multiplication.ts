// Arm ARM C6.2: MADD and its kin, divisions, variable shifts, CRC32.

import type { Arm64Cpu } from './arm64-cpu.ts';
import { bigRegister, bySize, type Execute, isWide, type Prepare, setBigRegister, unsupported } from './arm64-operation.ts';
import { SHIFTS_32, SHIFTS_64 } from './shifted-register.ts';

const HIGH = 2 ** 32;

/** The upper 32 bits of a product of unsigned numbers of 32 bits. */
function highProduct(left: number, right: number): number {
  const [lowLeft, highLeft] = [left & 0xffff, left >>> 16];
  const [lowRight, highRight] = [right & 0xffff, right >>> 16];
  const low = lowLeft * lowRight;
  const middle = highLeft * lowRight + (low >>> 16);
  const other = lowLeft * highRight + (middle & 0xffff);
  return (highLeft * highRight + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)) | 0;
}

/** Adds a product to Ra, or takes it from it. */
function accumulate({ words }: Arm64Cpu, to: number, from: number, low: number, high: number, subtracts: boolean): void {
  const base = words[from]! >>> 0;
  const part = low >>> 0;
  const sum = subtracts ? base - part : base + part;
  const carry = sum >= HIGH ? 1 : sum < 0 ? -1 : 0;
  const upper = words[from + 1]! + (subtracts ? -high : high) + carry;
  words[to] = sum;
  words[to + 1] = upper;
}

const multiply32: Execute = ({ words }, { d, n, m, a }) => {
  words[d] = words[a]! + Math.imul(words[n]!, words[m]!);
  words[d + 1] = 0;
};
const subtract32: Execute = ({ words }, { d, n, m, a }) => {
  words[d] = words[a]! - Math.imul(words[n]!, words[m]!);
  words[d + 1] = 0;
};
const multiply64 =
  (subtracts: boolean): Execute =>
  (cpu, { d, n, m, a }) => {
    const { words } = cpu;
    const [left, right] = [words[n]!, words[m]!];
    const high = highProduct(left, right) + Math.imul(left, words[m + 1]!) + Math.imul(words[n + 1]!, right);
    accumulate(cpu, d, a, Math.imul(left, right), high | 0, subtracts);
  };

/** Of 32 bits into 64; a signed product is an unsigned one less what the signs add. */
const multiplyLong =
  (isSigned: boolean, subtracts: boolean): Execute =>
  (cpu, { d, n, m, a }) => {
    const [left, right] = [cpu.words[n]!, cpu.words[m]!];
    const signs = isSigned ? (left < 0 ? right : 0) + (right < 0 ? left : 0) : 0;
    accumulate(cpu, d, a, Math.imul(left, right), (highProduct(left, right) - signs) | 0, subtracts);
  };

const multiplyHigh =
  (isSigned: boolean): Execute =>
  (cpu, { d, n, m }) => {
    const [left, right] = [bigRegister(cpu, n), bigRegister(cpu, m)];
    const product = isSigned ? BigInt.asIntN(64, left) * BigInt.asIntN(64, right) : left * right;
    setBigRegister(cpu, d, product >> 64n);
  };

const THREE_SOURCES: Readonly<Record<string, Execute>> = {
  smaddl: multiplyLong(true, false),
  smsubl: multiplyLong(true, true),
  umaddl: multiplyLong(false, false),
  umsubl: multiplyLong(false, true),
  smulh: multiplyHigh(true),
  umulh: multiplyHigh(false),
};

const threeSources: Prepare = (op, word, operation) => {
  if (operation === 'madd') return bySize(multiply32, multiply64(false))(op, word, operation);
  if (operation === 'msub') return bySize(subtract32, multiply64(true))(op, word, operation);
  return THREE_SOURCES[operation] ?? unsupported;
};

/** A division by 0 gives 0; the smallest number divided by -1 is itself. */
const divide32 =
  (isSigned: boolean): Execute =>
  ({ words }, { d, n, m }) => {
    const [left, right] = isSigned ? [words[n]!, words[m]!] : [words[n]! >>> 0, words[m]! >>> 0];
    words[d] = right === 0 ? 0 : Math.trunc(left / right);
    words[d + 1] = 0;
  };
/** Between these a quotient of doubles is the true one, or one next to it. */
const LEAST_DIVISOR = 0x10000;
const LARGEST_DIVISOR = 2 ** 53;

/** The quotient of halves without signs; undefined where doubles do not suffice. */
function quotient(low: number, high: number, byLow: number, byHigh: number): number | undefined {
  const dividend = (high >>> 0) * HIGH + (low >>> 0);
  const divisor = (byHigh >>> 0) * HIGH + (byLow >>> 0);
  if (dividend < 2 ** 53 && divisor < 2 ** 53) return divisor === 0 ? 0 : Math.floor(dividend / divisor);
  if (divisor < LEAST_DIVISOR || divisor > LARGEST_DIVISOR) return undefined;
  const near = Math.floor(dividend / divisor);
  const [nearLow, nearHigh] = [near | 0, Math.floor(near / HIGH)];
  // What is left says whether it is too large or too small.
  const part = (low >>> 0) - (Math.imul(nearLow, byLow) >>> 0);
  const product = highProduct(nearLow, byLow) + Math.imul(nearLow, byHigh) + Math.imul(nearHigh, byLow);
  const left = ((high - product - (part < 0 ? 1 : 0)) | 0) * HIGH + (part >>> 0);
  return left < 0 ? near - 1 : left >= divisor ? near + 1 : near;
}

const divide64 =
  (isSigned: boolean): Execute =>
  (cpu, { d, n, m }) => {
    const { words } = cpu;
    const isNegative = isSigned && (words[n + 1]! | words[m + 1]!) < 0;
    const near = isNegative ? undefined : quotient(words[n]!, words[n + 1]!, words[m]!, words[m + 1]!);
    if (near !== undefined) {
      words[d] = near;
      words[d + 1] = Math.floor(near / HIGH);
      return;
    }
    const [left, right] = [bigRegister(cpu, n), bigRegister(cpu, m)];
    if (right === 0n) setBigRegister(cpu, d, 0n);
    else setBigRegister(cpu, d, isSigned ? BigInt.asIntN(64, left) / BigInt.asIntN(64, right) : left / right);
  };

/** LSLV, LSRV, ASRV and RORV, by their place in the tables of shifts. */
const VARIABLE_SHIFTS = ['lslv', 'lsrv', 'asrv', 'rorv'];
const shift32 = (type: number): Execute => {
  const shift = SHIFTS_32[type]!;
  return ({ words }, { d, n, m }) => {
    words[d] = shift(words[n]!, words[m]! & 31);
    words[d + 1] = 0;
  };
};
const shift64 = (type: number): Execute => {
  const shift = SHIFTS_64[type]!;
  return (cpu, { d, n, m }) => {
    const { words } = cpu;
    words[d] = shift(cpu, words[n]!, words[n + 1]!, words[m]! & 63);
    words[d + 1] = cpu.high;
  };
};
const SHIFT_32 = VARIABLE_SHIFTS.map((_, type) => shift32(type));
const SHIFT_64 = VARIABLE_SHIFTS.map((_, type) => shift64(type));

/** The polynomials of CRC32 and CRC32C, their bits reversed. */
const CRC32 = 0xedb88320;
const CRC32C = 0x82f63b78;

function crcOf(start: number, polynomial: number, bytes: number, low: number, high: number): number {
  let crc = start;
  for (let index = 0; index < bytes; index++) {
    crc ^= ((index < 4 ? low : high) >>> ((index & 3) * 8)) & 0xff;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
  }
  return crc;
}

const CRC_BYTES: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, x: 8 };
function cyclicRedundancy(operation: string): Execute {
  const polynomial = operation.startsWith('crc32c') ? CRC32C : CRC32;
  const bytes = CRC_BYTES[operation.at(-1) ?? ''] ?? 0;
  return ({ words }, { d, n, m }) => {
    words[d] = crcOf(words[n]!, polynomial, bytes, words[m]!, words[m + 1]!);
    words[d + 1] = 0;
  };
}

const twoSources: Prepare = (_, word, operation) => {
  const isLong = isWide(word);
  if (operation === 'udiv' || operation === 'sdiv') return (isLong ? divide64 : divide32)(operation === 'sdiv');
  if (operation.startsWith('crc32')) return cyclicRedundancy(operation);
  return (isLong ? SHIFT_64 : SHIFT_32)[VARIABLE_SHIFTS.indexOf(operation)] ?? unsupported;
};

export const MULTIPLICATION: Readonly<Record<string, Prepare>> = { twoSources, threeSources };
