// Arm ARM J1.2.3 (shared/functions/float): NaNs, rounding, and half precision. JavaScript does not keep the bits of a NaN, so they are moved as integers.

import type { Arm64Cpu } from './arm64-cpu.ts';

const QUIET_SINGLE = 0x00400000;
const QUIET_DOUBLE = 0x00080000;
/** FPDefaultNaN. */
const DEFAULT_SINGLE = 0x7fc00000;
const DEFAULT_DOUBLE = 0x7ff80000;

const isSingleNaN = (bits: number): boolean => (bits & 0x7fffffff) > 0x7f800000;
const isSingleSignalling = (bits: number): boolean => isSingleNaN(bits) && (bits & QUIET_SINGLE) === 0;
const isDoubleNaN = (low: number, high: number): boolean =>
  (high & 0x7fffffff) > 0x7ff00000 || ((high & 0x7fffffff) === 0x7ff00000 && low !== 0);
const isDoubleSignalling = (low: number, high: number): boolean => isDoubleNaN(low, high) && (high & QUIET_DOUBLE) === 0;

/** FPProcessNaNs: the first signalling NaN, else the first quiet one, made quiet; the default NaN where none is one. Operands are places of singles. */
export function putSingleNaN({ vectorWords }: Arm64Cpu, to: number, operands: readonly number[]): void {
  const from =
    operands.find((operand) => isSingleSignalling(vectorWords[operand]!)) ?? operands.find((operand) => isSingleNaN(vectorWords[operand]!));
  vectorWords[to] = from === undefined ? DEFAULT_SINGLE : vectorWords[from]! | QUIET_SINGLE;
}

export function putDoubleNaN({ vectorWords }: Arm64Cpu, to: number, operands: readonly number[]): void {
  const is = (test: (low: number, high: number) => boolean) =>
    operands.find((operand) => test(vectorWords[operand * 2]!, vectorWords[operand * 2 + 1]!));
  const from = is(isDoubleSignalling) ?? is(isDoubleNaN);
  const [low, high] = from === undefined ? [0, DEFAULT_DOUBLE] : [vectorWords[from * 2]!, vectorWords[from * 2 + 1]! | QUIET_DOUBLE];
  vectorWords[to * 2] = low;
  vectorWords[to * 2 + 1] = high;
}

/** Writes the result of an operation on singles; `to`, `left` and `right` are places of singles. */
export function putSingle(cpu: Arm64Cpu, to: number, value: number, left: number, right: number): void {
  if (Number.isNaN(value)) putSingleNaN(cpu, to, [left, right]);
  else cpu.singles[to] = value;
}

export function putDouble(cpu: Arm64Cpu, to: number, value: number, left: number, right: number): void {
  if (Number.isNaN(value)) putDoubleNaN(cpu, to, [left, right]);
  else cpu.doubles[to] = value;
}

/** What lies behind a scalar in its register is cleared. */
export function clearBehindSingle({ vectorWords }: Arm64Cpu, register: number): void {
  vectorWords[register * 4 + 1] = 0;
  vectorWords[register * 4 + 2] = 0;
  vectorWords[register * 4 + 3] = 0;
}

/** Rounds to an integer. */
export type Round = (value: number) => number;

const nearestEven: Round = (value) => {
  const below = Math.floor(value);
  const rest = value - below;
  if (!(rest >= 0.5)) return below === 0 ? value * 0 : below;
  if (rest === 0.5 && below % 2 === 0) return below === 0 ? value * 0 : below;
  return below === -1 ? -0 : below + 1;
};
const nearestAway: Round = (value) => {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
};

/** By the letter of FRINT and FCVT. X and I round as FPCR says, which is to nearest. */
export const ROUNDING: Readonly<Record<string, Round>> = {
  n: nearestEven,
  x: nearestEven,
  i: nearestEven,
  p: Math.ceil,
  m: Math.floor,
  z: Math.trunc,
  a: nearestAway,
};

const half = new DataView(new ArrayBuffer(8));

/** A half-precision number that is not a NaN. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 0x3ff];
  if (exponent === 31) return sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** The bits of a number, which is not a NaN, in half precision: to the nearest, ties to even, beyond 65504 to infinity. */
export function halfBits(value: number): number {
  half.setFloat64(0, value);
  const sign = (half.getUint16(0) & 0x8000) >>> 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude || 1)));
  const scaled = nearestEven(magnitude * 2 ** (10 - exponent));
  // A scaled value below 1024 is subnormal; 2048 carries into the exponent.
  return sign | (scaled < 1024 ? scaled : ((exponent + 15) << 10) + (scaled - 1024));
}
