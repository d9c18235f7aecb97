// SDM volume 1, chapter 8: the x87 unit, with doubles for registers. Right for programs that keep the 53 bits of precision that Windows sets, but for
// exponents beyond those of a double and for the bits of a NaN. Exceptions are masked.

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import { doubleOfExtended, extendedOfDouble, scale } from './extended-precision.ts';
import { type Execute, type Operand, Reach } from './micro-op.ts';
import { get, getSigned, set } from './operand-access.ts';
import { floatFlags, roundBy } from './sse-floats.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

/** Bits of the status word. */
const Status = { invalid: 0x1, divideByZero: 0x4, stackFault: 0x40, c0: 0x100, c1: 0x200, c2: 0x400, c3: 0x4000 } as const;
const ROUNDING_SHIFT = 10;

const physical = ({ x87 }: X86Cpu, index: number): number => (x87.top + index) & 7;

const isEmptyAt = (cpu: X86Cpu, index: number): boolean => ((cpu.x87.valid >> physical(cpu, index)) & 1) === 0;

/** ST(i). An empty register reads as a NaN, as the masked stack fault has it. */
function st(cpu: X86Cpu, index: number): number {
  const { x87 } = cpu;
  const at = physical(cpu, index);
  if ((x87.valid >> at) & 1) return x87.registers[at]!;
  x87.exceptions |= Status.invalid | Status.stackFault;
  x87.condition &= ~Status.c1;
  return Number.NaN;
}

function setSt(cpu: X86Cpu, index: number, value: number): void {
  const at = physical(cpu, index);
  cpu.x87.registers[at] = value;
  cpu.x87.valid |= 1 << at;
}

function push(cpu: X86Cpu, value: number): void {
  const { x87 } = cpu;
  x87.top = (x87.top - 1) & 7;
  const isFull = ((x87.valid >> x87.top) & 1) !== 0;
  if (isFull) x87.exceptions |= Status.invalid | Status.stackFault;
  x87.condition = isFull ? x87.condition | Status.c1 : x87.condition & ~Status.c1;
  setSt(cpu, 0, isFull ? Number.NaN : value);
}

/** Two results of one operand, the second on top. Where the operand is not there, or no register is free, both are lost. */
function replacePair(cpu: X86Cpu, below: number, top: number): void {
  const isLost = isEmptyAt(cpu, 0) || !isEmptyAt(cpu, 7);
  setSt(cpu, 0, isLost ? Number.NaN : below);
  push(cpu, isLost ? Number.NaN : top);
}

function pop({ x87 }: X86Cpu): void {
  x87.valid &= ~(1 << x87.top);
  x87.top = (x87.top + 1) & 7;
}

function loadFloat(cpu: X86Cpu, operand: Operand): number {
  const at = cpu.locate(operand);
  const bytes = operand.size / 8;
  cpu.readable(at, bytes);
  if (bytes === 4) return cpu.view.getFloat32(at, true);
  if (bytes === 8) return cpu.view.getFloat64(at, true);
  return doubleOfExtended(cpu.view.getBigUint64(at, true), cpu.view.getUint16(at + 8, true));
}

function storeFloat(cpu: X86Cpu, operand: Operand, value: number): void {
  const at = cpu.locate(operand);
  const bytes = operand.size / 8;
  cpu.writable(at, bytes);
  if (bytes === 4) cpu.view.setFloat32(at, value, true);
  else if (bytes === 8) cpu.view.setFloat64(at, value, true);
  else {
    const { significand, word } = extendedOfDouble(value);
    cpu.view.setBigUint64(at, significand, true);
    cpu.view.setUint16(at + 8, word, true);
  }
  // The bits of a NaN are not kept: it is stored as the indefinite one, which has the sign.
  if (Number.isNaN(value)) cpu.bytes[at + bytes - 1] = 0xff;
}

/** The value of an operand: a register of the stack or a number in memory. */
const value = (cpu: X86Cpu, operand: Operand): number =>
  operand.reach === Reach.memory ? loadFloat(cpu, operand) : st(cpu, operand.register);

function loadInteger(cpu: X86Cpu, operand: Operand): number {
  if (operand.size !== 64) return getSigned(cpu, operand);
  const at = cpu.locate(operand);
  cpu.readable(at, 8);
  return Number(cpu.view.getBigInt64(at, true));
}

type Combine = (left: number, right: number) => number;
const COMBINATIONS: Readonly<Record<string, Combine>> = {
  add: (left, right) => left + right,
  mul: (left, right) => left * right,
  sub: (left, right) => left - right,
  subr: (left, right) => right - left,
  div: (left, right) => left / right,
  divr: (left, right) => right / left,
};

/** FADD and the like, of the stack or with a number in memory; with `pops` into ST(i); of an integer in memory. */
const combinations = Object.entries(COMBINATIONS).flatMap(([name, combine]): [string, Execute][] => [
  [
    `f${name}`,
    (cpu, { first, second }) => {
      const right = value(cpu, second);
      setSt(cpu, first.register, combine(st(cpu, first.register), right));
    },
  ],
  [
    `f${name}p`,
    (cpu, { first, second }) => {
      setSt(cpu, first.register, combine(st(cpu, first.register), st(cpu, second.register)));
      pop(cpu);
    },
  ],
  [
    `fi${name}`,
    (cpu, { second }) => {
      const right = loadInteger(cpu, second);
      setSt(cpu, 0, combine(st(cpu, 0), right));
    },
  ],
]);

function compareCondition({ x87 }: X86Cpu, left: number, right: number): void {
  const isUnordered = Number.isNaN(left) || Number.isNaN(right);
  const bits = isUnordered ? Status.c0 | Status.c2 | Status.c3 : left < right ? Status.c0 : left === right ? Status.c3 : 0;
  x87.condition = bits;
}

/** FCOM and FUCOM differ in the exceptions alone. `pops`: registers that are taken off. */
const compare =
  (pops: 0 | 1 | 2, isInteger = false): Execute =>
  (cpu, { second, operands }) => {
    const right = pops === 2 || operands === 0 ? st(cpu, 1) : isInteger ? loadInteger(cpu, second) : value(cpu, second);
    compareCondition(cpu, st(cpu, 0), right);
    for (let count = 0; count < pops; count++) pop(cpu);
  };

const compareToFlags =
  (pops: boolean): Execute =>
  (cpu, { second }) => {
    floatFlags(cpu, st(cpu, 0), st(cpu, second.register));
    cpu.x87.condition &= ~Status.c1;
    if (pops) pop(cpu);
  };

const fld: Execute = (cpu, { second }) => push(cpu, value(cpu, second));
const fild: Execute = (cpu, { second }) => push(cpu, loadInteger(cpu, second));

const fst =
  (pops: boolean): Execute =>
  (cpu, { first }) => {
    if (first.reach === Reach.memory) storeFloat(cpu, first, st(cpu, 0));
    else setSt(cpu, first.register, st(cpu, 0));
    if (pops) pop(cpu);
  };

/** FIST, FISTP and FISTTP: an integer that does not fit is the "integer indefinite". */
const fist =
  (pops: boolean, truncates: boolean): Execute =>
  (cpu, { first }) => {
    const rounded = roundBy(st(cpu, 0), truncates ? 3 : (cpu.x87.control >> ROUNDING_SHIFT) & 3);
    const limit = 2 ** (first.size - 1);
    const fits = rounded >= -limit && rounded < limit;
    if (first.size === 64) {
      const at = cpu.locate(first);
      cpu.writable(at, 8);
      cpu.view.setBigInt64(at, fits ? BigInt(rounded) : -(1n << 63n), true);
    } else set(cpu, first, fits ? rounded : -limit);
    if (!fits) cpu.x87.exceptions |= Status.invalid;
    if (pops) pop(cpu);
  };

const constant =
  (number: number): Execute =>
  (cpu) =>
    push(cpu, number);

const unary =
  (operation: (operand: number, cpu: X86Cpu) => number): Execute =>
  (cpu) =>
    setSt(cpu, 0, operation(st(cpu, 0), cpu));

/** Leaves the result of ST(0) and ST(1) in their place. */
const binaryPop =
  (operation: Combine): Execute =>
  (cpu) => {
    setSt(cpu, 1, operation(st(cpu, 0), st(cpu, 1)));
    pop(cpu);
  };

/** FSIN, FCOS, FPTAN: beyond 2^63 the only effect is that C2 is set. */
const TRIGONOMETRIC_LIMIT = 2 ** 63;
const trigonometric =
  (operation: (cpu: X86Cpu, angle: number) => void): Execute =>
  (cpu) => {
    const angle = st(cpu, 0);
    const isTooLarge = Math.abs(angle) >= TRIGONOMETRIC_LIMIT && Number.isFinite(angle);
    cpu.x87.condition = (cpu.x87.condition & ~(Status.c1 | Status.c2)) | (isTooLarge ? Status.c2 : 0);
    if (!isTooLarge) operation(cpu, angle);
  };

/** FPREM and FPREM1: the last three bits of the quotient are in C0, C3 and C1. */
const remainder =
  (isNearest: boolean): Execute =>
  (cpu) => {
    const [left, right] = [st(cpu, 0), st(cpu, 1)];
    let rest = left % right;
    let quotient = Number.isFinite(left) && right !== 0 && Number.isFinite(right) ? Math.abs(((left % (8 * right)) - rest) / right) : 0;
    if (Number.isFinite(left) && Math.abs(left) / Math.abs(right) >= 2 ** 63) throw new ProcessorSignal('unsupported');
    if (isNearest && rest !== 0) {
      const twice = Math.abs(rest) * 2;
      if (twice > Math.abs(right) || (twice === Math.abs(right) && quotient % 2 === 1)) {
        rest -= Math.sign(left) * Math.abs(right);
        quotient++;
      }
    }
    if (rest === 0) rest = left < 0 || Object.is(left, -0) ? -0 : 0;
    const bits = quotient & 7;
    cpu.x87.condition = (bits & 4 ? Status.c0 : 0) | (bits & 2 ? Status.c3 : 0) | (bits & 1 ? Status.c1 : 0);
    setSt(cpu, 0, rest);
  };

const fscale: Execute = (cpu) => {
  const [mantissa, power] = [st(cpu, 0), st(cpu, 1)];
  const whole = Math.trunc(power);
  if (power === Number.POSITIVE_INFINITY || power === Number.NEGATIVE_INFINITY || Number.isNaN(power)) setSt(cpu, 0, mantissa * 2 ** power);
  else setSt(cpu, 0, scale(mantissa, Math.max(-5000, Math.min(5000, whole))));
};

const fxtract: Execute = (cpu) => {
  const operand = st(cpu, 0);
  if (operand === 0 || !Number.isFinite(operand)) {
    replacePair(cpu, operand === 0 ? Number.NEGATIVE_INFINITY : Math.abs(operand), operand);
    return;
  }
  const { significand, word } = extendedOfDouble(operand);
  replacePair(cpu, (word & 0x7fff) - 16383, doubleOfExtended(significand, (word & 0x8000) | 16383));
};

/** FXAM: the class of ST(0), in C3, C2 and C0; its sign in C1, also of an empty register. */
const fxam: Execute = ({ x87 }) => {
  const operand = x87.registers[x87.top]!;
  const isEmpty = ((x87.valid >> x87.top) & 1) === 0;
  let bits: number = Status.c2;
  if (isEmpty) bits = Status.c3 | Status.c0;
  else if (Number.isNaN(operand)) bits = Status.c0;
  else if (!Number.isFinite(operand)) bits = Status.c2 | Status.c0;
  else if (operand === 0) bits = Status.c3;
  x87.condition = bits | (operand < 0 || Object.is(operand, -0) ? Status.c1 : 0);
};

const fxch: Execute = (cpu, { second }) => {
  const [left, right] = [st(cpu, 0), st(cpu, second.register)];
  setSt(cpu, 0, right);
  setSt(cpu, second.register, left);
};

const MOVE_CONDITIONS: Readonly<Record<string, (cpu: X86Cpu) => boolean>> = {
  b: ({ words }) => words[Word.carry] !== 0,
  e: ({ words }) => words[Word.zero] === 0,
  be: ({ words }) => words[Word.carry] !== 0 || words[Word.zero] === 0,
  u: (cpu) => cpu.parity,
};
/** An empty register is a stack fault whether or not the move is made. */
const moveIf =
  (holds: (cpu: X86Cpu) => boolean): Execute =>
  (cpu, { second }) => {
    const isEmpty = isEmptyAt(cpu, 0) || isEmptyAt(cpu, second.register);
    const moved = st(cpu, second.register);
    if (isEmpty) setSt(cpu, 0, Number.NaN);
    else if (holds(cpu)) setSt(cpu, 0, moved);
  };
const conditionalMoves = Object.entries(MOVE_CONDITIONS).flatMap(([name, holds]): [string, Execute][] => [
  [`fcmov${name}`, moveIf(holds)],
  [`fcmovn${name}`, moveIf((cpu) => !holds(cpu))],
]);

const DIGITS = 18;
const fbld: Execute = (cpu, { second }) => {
  const at = cpu.locate(second);
  cpu.readable(at, 10);
  let digits = 0n;
  for (let index = 8; index >= 0; index--)
    digits = digits * 100n + BigInt((cpu.bytes[at + index]! >> 4) * 10 + (cpu.bytes[at + index]! & 15));
  push(cpu, (cpu.bytes[at + 9]! & 0x80 ? -1 : 1) * Number(digits));
};

const fbstp: Execute = (cpu, { first }) => {
  const at = cpu.locate(first);
  cpu.writable(at, 10);
  const operand = st(cpu, 0);
  const rounded = roundBy(operand, (cpu.x87.control >> ROUNDING_SHIFT) & 3);
  const fits = Math.abs(rounded) < 10 ** DIGITS;
  // SDM volume 1, table 4-9: the packed decimal indefinite.
  const bytes = fits ? [] : [0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff];
  if (fits) {
    const digits = BigInt(Math.abs(rounded)).toString().padStart(DIGITS, '0');
    for (let index = 0; index < 9; index++) bytes.push(Number.parseInt(digits.slice(16 - index * 2, 18 - index * 2), 16));
    bytes.push(operand < 0 || Object.is(operand, -0) ? 0x80 : 0);
  }
  cpu.bytes.set(bytes, at);
  pop(cpu);
};

const rotateStack =
  (by: 1 | -1): Execute =>
  ({ x87 }) => {
    x87.top = (x87.top + by) & 7;
    x87.condition &= ~Status.c1;
  };

export const X87: Readonly<Record<string, Execute>> = {
  ...Object.fromEntries([...combinations, ...conditionalMoves]),
  fcom: compare(0),
  fcomp: compare(1),
  fcompp: compare(2),
  fucom: compare(0),
  fucomp: compare(1),
  fucompp: compare(2),
  ficom: compare(0, true),
  ficomp: compare(1, true),
  fcomi: compareToFlags(false),
  fcomip: compareToFlags(true),
  fucomi: compareToFlags(false),
  fucomip: compareToFlags(true),
  ftst: (cpu) => compareCondition(cpu, st(cpu, 0), 0),
  fxam,
  fld,
  fild,
  fbld,
  fbstp,
  fst: fst(false),
  fstp: fst(true),
  fist: fist(false, false),
  fistp: fist(true, false),
  fisttp: fist(true, true),
  fld1: constant(1),
  fldz: constant(0),
  fldpi: constant(Math.PI),
  fldl2t: constant(Math.log2(10)),
  fldl2e: constant(Math.LOG2E),
  fldlg2: constant(Math.log10(2)),
  fldln2: constant(Math.LN2),
  fchs: unary((operand) => -operand),
  fabs: unary(Math.abs),
  fsqrt: unary(Math.sqrt),
  frndint: unary((operand, { x87 }) => roundBy(operand, (x87.control >> ROUNDING_SHIFT) & 3)),
  // Beyond 1 the result is undefined; processors leave the operand.
  f2xm1: unary((operand) => (Math.abs(operand) > 1 ? operand : Math.expm1(operand * Math.LN2))),
  fyl2x: binaryPop((operand, factor) => factor * Math.log2(operand)),
  fyl2xp1: binaryPop((operand, factor) => (factor * Math.log1p(operand)) / Math.LN2),
  fpatan: binaryPop((x, y) => Math.atan2(y, x)),
  fsin: trigonometric((cpu, angle) => setSt(cpu, 0, Math.sin(angle))),
  fcos: trigonometric((cpu, angle) => setSt(cpu, 0, Math.cos(angle))),
  fsincos: trigonometric((cpu, angle) => replacePair(cpu, Math.sin(angle), Math.cos(angle))),
  fptan: trigonometric((cpu, angle) => {
    const tangent = Math.tan(angle);
    replacePair(cpu, tangent, Number.isNaN(tangent) ? tangent : 1);
  }),
  fprem: remainder(false),
  fprem1: remainder(true),
  fscale,
  fxtract,
  fxch,
  ffree: (cpu, { first }) => {
    cpu.x87.valid &= ~(1 << physical(cpu, first.register));
  },
  fincstp: rotateStack(1),
  fdecstp: rotateStack(-1),
  fnop: () => {},
  fninit: ({ x87 }) => x87.initialise(),
  fnclex: ({ x87 }) => {
    x87.exceptions = 0;
  },
  fldcw: (cpu, { first }) => {
    cpu.x87.control = get(cpu, first) & 0x1f7f;
  },
  fnstcw: (cpu, { first }) => set(cpu, first, cpu.x87.control),
  fnstsw: (cpu, { first }) => set(cpu, first, cpu.x87.status),
};
