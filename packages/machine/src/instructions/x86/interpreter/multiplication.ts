// SDM volume 1, 7.3.2.3: MUL, IMUL, DIV and IDIV.

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import type { Execute, MicroOp } from './micro-op.ts';
import { get64, getBig, getSigned, getUnsigned, highOf, lowOf, set, set64 } from './operand-access.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

const HIGH = 2 ** 32;

/** CF and OF say whether the upper half counts; the others are undefined. */
function carryFlags({ words }: X86Cpu, doesCount: boolean): void {
  words[Word.carry] = doesCount ? 1 : 0;
  words[Word.overflow] = doesCount ? -1 : 0;
}

/** The upper 32 bits of a product of unsigned numbers of 32 bits. */
function highProduct(x: number, y: number): number {
  const xLow = x & 0xffff;
  const xHigh = x >>> 16;
  const yLow = y & 0xffff;
  const yHigh = y >>> 16;
  const low = xLow * yLow;
  const middle = xHigh * yLow + (low >>> 16);
  const other = xLow * yHigh + (middle & 0xffff);
  return (xHigh * yHigh + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)) | 0;
}

function setPair({ words }: X86Cpu, low: number, high: number): void {
  words[Word.rax] = low;
  words[Word.rax + 1] = 0;
  words[Word.rdx] = high;
  words[Word.rdx + 1] = 0;
}

/** The product of AL, AX or EAX and the operand, both made into numbers by the caller. */
function storeProduct(cpu: X86Cpu, { size }: MicroOp, x: number, y: number): void {
  const { words } = cpu;
  if (size === 8) words[Word.rax] = (words[Word.rax]! & 0xffff0000) | ((x * y) & 0xffff);
  else if (size === 16) {
    const product = x * y;
    words[Word.rax] = (words[Word.rax]! & 0xffff0000) | (product & 0xffff);
    words[Word.rdx] = (words[Word.rdx]! & 0xffff0000) | ((product >> 16) & 0xffff);
  } else setPair(cpu, Math.imul(x, y), 0);
}

const wideAccumulator = ({ words }: X86Cpu): bigint => (BigInt(words[Word.rax + 1]! >>> 0) << 32n) | BigInt(words[Word.rax]! >>> 0);
const wideRemainder = ({ words }: X86Cpu): bigint => (BigInt(words[Word.rdx + 1]! >>> 0) << 32n) | BigInt(words[Word.rdx]! >>> 0);

function setWide({ words }: X86Cpu, low: bigint, high: bigint): void {
  words[Word.rax] = lowOf(low);
  words[Word.rax + 1] = highOf(low);
  words[Word.rdx] = lowOf(high);
  words[Word.rdx + 1] = highOf(high);
}

const mul: Execute = (cpu, op) => {
  const { words } = cpu;
  if (op.size === 64) {
    const product = wideAccumulator(cpu) * getBig(cpu, op.first);
    setWide(cpu, product, product >> 64n);
    carryFlags(cpu, product >> 64n !== 0n);
    return;
  }
  const y = getUnsigned(cpu, op.first);
  if (op.size === 32) {
    const x = words[Word.rax]! >>> 0;
    const high = highProduct(x, y);
    setPair(cpu, Math.imul(x, y), high);
    carryFlags(cpu, high !== 0);
    return;
  }
  const x = words[Word.rax]! & (op.size === 8 ? 0xff : 0xffff);
  storeProduct(cpu, op, x, y);
  carryFlags(cpu, x * y >= 2 ** op.size);
};

/** IMUL with one operand. */
function imulPair(cpu: X86Cpu, op: MicroOp): void {
  const { words } = cpu;
  if (op.size === 64) {
    const product = BigInt.asIntN(64, wideAccumulator(cpu)) * BigInt.asIntN(64, getBig(cpu, op.first));
    setWide(cpu, product, product >> 64n);
    carryFlags(cpu, product !== BigInt.asIntN(64, product));
    return;
  }
  const y = getSigned(cpu, op.first);
  if (op.size === 32) {
    const x = words[Word.rax]!;
    const low = Math.imul(x, y);
    const high = (highProduct(x >>> 0, y >>> 0) - (x < 0 ? y : 0) - (y < 0 ? x : 0)) | 0;
    setPair(cpu, low, high);
    carryFlags(cpu, high !== low >> 31);
    return;
  }
  const top = 32 - op.size;
  const x = (words[Word.rax]! << top) >> top;
  storeProduct(cpu, op, x, y);
  carryFlags(cpu, x * y !== ((x * y) << top) >> top);
}

/** The low 64 bits of a product, and whether it fits them with its sign. */
function multiplyWide(cpu: X86Cpu, op: MicroOp, x: number, xHigh: number, y: number, yHigh: number): void {
  const low = Math.imul(x, y);
  const high = (highProduct(x >>> 0, y >>> 0) + Math.imul(x, yHigh) + Math.imul(xHigh, y)) | 0;
  const isSmall = xHigh === x >> 31 && yHigh === y >> 31;
  set64(cpu, op.first, low, high);
  // A product of two numbers of 32 bits always fits.
  carryFlags(cpu, !isSmall && doesOverflow(x, xHigh, y, yHigh));
}

function doesOverflow(x: number, xHigh: number, y: number, yHigh: number): boolean {
  const left = (BigInt(xHigh) << 32n) | BigInt(x >>> 0);
  const right = (BigInt(yHigh) << 32n) | BigInt(y >>> 0);
  const product = left * right;
  return product !== BigInt.asIntN(64, product);
}

const imul: Execute = (cpu, op) => {
  // One operand; two; or three, the last an immediate.
  if (op.operands === 1) {
    imulPair(cpu, op);
    return;
  }
  const left = op.operands === 3 ? op.second : op.first;
  const right = op.operands === 3 ? op.third : op.second;
  if (op.size === 64) {
    const x = get64(cpu, left);
    const xHigh = cpu.high;
    const y = get64(cpu, right);
    multiplyWide(cpu, op, x, xHigh, y, cpu.high);
    return;
  }
  const x = getSigned(cpu, left);
  const y = getSigned(cpu, right);
  const low = Math.imul(x, y);
  set(cpu, op.first, low);
  const product = x * y;
  carryFlags(cpu, op.size === 16 ? product !== (low << 16) >> 16 : product !== low);
};

function divideError(): never {
  throw new ProcessorSignal('divide-error');
}

/** 64 by 32 bits, as floating point where that is exact. */
function divide32(cpu: X86Cpu, op: MicroOp, isSigned: boolean): void {
  const { words } = cpu;
  const divisor = isSigned ? getSigned(cpu, op.first) : getUnsigned(cpu, op.first);
  if (divisor === 0) divideError();
  const low = words[Word.rax]! >>> 0;
  const high = isSigned ? words[Word.rdx]! : words[Word.rdx]! >>> 0;
  let quotient: number;
  let remainder: number;
  // Below 2^52 the quotient of doubles is never rounded up to the next integer.
  if (high < 0x100000 && high >= -0x100000) {
    const dividend = high * HIGH + low;
    quotient = Math.trunc(dividend / divisor);
    remainder = dividend - quotient * divisor;
  } else {
    const dividend = (BigInt(high) << 32n) + BigInt(low);
    quotient = Number(dividend / BigInt(divisor));
    remainder = Number(dividend % BigInt(divisor));
  }
  if (isSigned ? quotient > 0x7fffffff || quotient < -0x80000000 : quotient >= HIGH) divideError();
  setPair(cpu, quotient | 0, remainder | 0);
}

function divideNarrow(cpu: X86Cpu, op: MicroOp, isSigned: boolean): void {
  const { words } = cpu;
  const divisor = isSigned ? getSigned(cpu, op.first) : getUnsigned(cpu, op.first);
  if (divisor === 0) divideError();
  const ax = words[Word.rax]! & 0xffff;
  const pair = op.size === 8 ? ax : ((words[Word.rdx]! << 16) | ax) >>> 0;
  const dividend = isSigned ? (op.size === 8 ? (pair << 16) >> 16 : pair | 0) : pair;
  const quotient = Math.trunc(dividend / divisor);
  const remainder = dividend % divisor;
  const limit = 2 ** op.size;
  if (isSigned ? quotient >= limit / 2 || quotient < -limit / 2 : quotient >= limit) divideError();
  if (op.size === 8) words[Word.rax] = (words[Word.rax]! & 0xffff0000) | ((remainder & 0xff) << 8) | (quotient & 0xff);
  else {
    words[Word.rax] = (words[Word.rax]! & 0xffff0000) | (quotient & 0xffff);
    words[Word.rdx] = (words[Word.rdx]! & 0xffff0000) | (remainder & 0xffff);
  }
}

function divide64(cpu: X86Cpu, op: MicroOp, isSigned: boolean): void {
  const operand = getBig(cpu, op.first);
  const divisor = isSigned ? BigInt.asIntN(64, operand) : operand;
  if (divisor === 0n) divideError();
  const pair = (wideRemainder(cpu) << 64n) | wideAccumulator(cpu);
  const dividend = isSigned ? BigInt.asIntN(128, pair) : pair;
  const quotient = dividend / divisor;
  if (quotient !== (isSigned ? BigInt.asIntN(64, quotient) : BigInt.asUintN(64, quotient))) divideError();
  setWide(cpu, quotient, dividend % divisor);
}

const divide =
  (isSigned: boolean): Execute =>
  (cpu, op) => {
    if (op.size === 64) divide64(cpu, op, isSigned);
    else if (op.size === 32) divide32(cpu, op, isSigned);
    else divideNarrow(cpu, op, isSigned);
  };

export const MULTIPLICATION: Readonly<Record<string, Execute>> = { mul, imul, div: divide(false), idiv: divide(true) };
