// SDM volume 1, chapters 10 and 11, appendix E: floating point in vectors. Exceptions are masked; rounding is to nearest but where an instruction says otherwise.

import type { Execute, MicroOp } from './micro-op.ts';
import { get, getBig, getSigned, highOf, lowOf, set, set64 } from './operand-access.ts';
import { vector } from './vector-access.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { SCRATCH_VECTOR, Word } from './x86-state.ts';

type Combine = (left: number, right: number) => number;

const QUIET_SINGLE = 0x00400000;
const QUIET_DOUBLE = 0x00080000;
/** The NaN that an operation without one gives: "QNaN floating-point indefinite". */
const INDEFINITE_SINGLE = 0xffc00000 | 0;
const INDEFINITE_DOUBLE = 0xfff80000 | 0;

/**
 * Writes the result of an operation on singles. A NaN among the operands goes on as it is, made quiet: the first before the second (table 4-7). JavaScript
 * does not keep the bits of a NaN, so they are moved as integers.
 */
function putSingle(cpu: X86Cpu, to: number, left: number, right: number, value: number): void {
  const { xmm32, xmmFloat } = cpu;
  if (!Number.isNaN(value)) xmmFloat[to] = value;
  else if (Number.isNaN(xmmFloat[left])) xmm32[to] = xmm32[left]! | QUIET_SINGLE;
  else if (Number.isNaN(xmmFloat[right])) xmm32[to] = xmm32[right]! | QUIET_SINGLE;
  else xmm32[to] = INDEFINITE_SINGLE;
}

function putDouble(cpu: X86Cpu, to: number, left: number, right: number, value: number): void {
  const { xmm32, xmmDouble } = cpu;
  if (!Number.isNaN(value)) {
    xmmDouble[to] = value;
    return;
  }
  const from = Number.isNaN(xmmDouble[left]) ? left : Number.isNaN(xmmDouble[right]) ? right : -1;
  const low = from < 0 ? 0 : xmm32[from * 2]!;
  const high = from < 0 ? INDEFINITE_DOUBLE : xmm32[from * 2 + 1]! | QUIET_DOUBLE;
  xmm32[to * 2] = low;
  xmm32[to * 2 + 1] = high;
}

/** The two packed forms of an operation of two operands. */
const packedForms = (name: string, combine: Combine): [string, Execute][] => [
  [
    `${name}ps`,
    (cpu, op) => {
      const source = vector(cpu, op.second) * 4;
      const to = op.first.register * 4;
      for (let index = 0; index < 4; index++)
        putSingle(cpu, to + index, to + index, source + index, combine(cpu.xmmFloat[to + index]!, cpu.xmmFloat[source + index]!));
    },
  ],
  [
    `${name}pd`,
    (cpu, op) => {
      const source = vector(cpu, op.second) * 2;
      const to = op.first.register * 2;
      for (let index = 0; index < 2; index++)
        putDouble(cpu, to + index, to + index, source + index, combine(cpu.xmmDouble[to + index]!, cpu.xmmDouble[source + index]!));
    },
  ],
];

/** The scalar forms are what compilers write for floating point: each is a function of its own, so that no number goes through a call. */
const SCALARS: Readonly<Record<string, Execute>> = {
  addss: (cpu, { first, second }) => {
    const source = vector(cpu, second) * 4;
    const to = first.register * 4;
    putSingle(cpu, to, to, source, cpu.xmmFloat[to]! + cpu.xmmFloat[source]!);
  },
  subss: (cpu, { first, second }) => {
    const source = vector(cpu, second) * 4;
    const to = first.register * 4;
    putSingle(cpu, to, to, source, cpu.xmmFloat[to]! - cpu.xmmFloat[source]!);
  },
  mulss: (cpu, { first, second }) => {
    const source = vector(cpu, second) * 4;
    const to = first.register * 4;
    putSingle(cpu, to, to, source, cpu.xmmFloat[to]! * cpu.xmmFloat[source]!);
  },
  divss: (cpu, { first, second }) => {
    const source = vector(cpu, second) * 4;
    const to = first.register * 4;
    putSingle(cpu, to, to, source, cpu.xmmFloat[to]! / cpu.xmmFloat[source]!);
  },
  addsd: (cpu, { first, second }) => {
    const source = vector(cpu, second) * 2;
    const to = first.register * 2;
    putDouble(cpu, to, to, source, cpu.xmmDouble[to]! + cpu.xmmDouble[source]!);
  },
  subsd: (cpu, { first, second }) => {
    const source = vector(cpu, second) * 2;
    const to = first.register * 2;
    putDouble(cpu, to, to, source, cpu.xmmDouble[to]! - cpu.xmmDouble[source]!);
  },
  mulsd: (cpu, { first, second }) => {
    const source = vector(cpu, second) * 2;
    const to = first.register * 2;
    putDouble(cpu, to, to, source, cpu.xmmDouble[to]! * cpu.xmmDouble[source]!);
  },
  divsd: (cpu, { first, second }) => {
    const source = vector(cpu, second) * 2;
    const to = first.register * 2;
    putDouble(cpu, to, to, source, cpu.xmmDouble[to]! / cpu.xmmDouble[source]!);
  },
};

const unary =
  (isDouble: boolean, count: number, operation: (value: number, op: MicroOp) => number): Execute =>
  (cpu, op) => {
    const values = isDouble ? cpu.xmmDouble : cpu.xmmFloat;
    const source = vector(cpu, op.second) * (isDouble ? 2 : 4);
    const to = op.first.register * (isDouble ? 2 : 4);
    const put = isDouble ? putDouble : putSingle;
    for (let index = 0; index < count; index++)
      put(cpu, to + index, source + index, source + index, operation(values[source + index]!, op));
  };

const unaryForms = (name: string, operation: (value: number, op: MicroOp) => number): [string, Execute][] => [
  [`${name}ss`, unary(false, 1, operation)],
  [`${name}ps`, unary(false, 4, operation)],
  [`${name}sd`, unary(true, 1, operation)],
  [`${name}pd`, unary(true, 2, operation)],
];

/** MIN and MAX give the second operand, bit for bit, where either is a NaN or both are zeroes. */
const choose =
  (isDouble: boolean, count: number, takesFirst: (left: number, right: number) => boolean): Execute =>
  (cpu, op) => {
    const values = isDouble ? cpu.xmmDouble : cpu.xmmFloat;
    const width = isDouble ? 2 : 1;
    const source = vector(cpu, op.second) * 4;
    const to = op.first.register * 4;
    for (let index = 0; index < count; index++) {
      const [left, right] = [values[to / width + index]!, values[source / width + index]!];
      if (takesFirst(left, right)) continue;
      for (let part = 0; part < width; part++) cpu.xmm32[to + index * width + part] = cpu.xmm32[source + index * width + part]!;
    }
  };

const chooseForms = (name: string, takesFirst: (left: number, right: number) => boolean): [string, Execute][] => [
  [`${name}ss`, choose(false, 1, takesFirst)],
  [`${name}ps`, choose(false, 4, takesFirst)],
  [`${name}sd`, choose(true, 1, takesFirst)],
  [`${name}pd`, choose(true, 2, takesFirst)],
];

/** SDM volume 2, CMPPS, table 3-1. */
const PREDICATES: readonly ((left: number, right: number) => boolean)[] = [
  (left, right) => left === right,
  (left, right) => left < right,
  (left, right) => left <= right,
  (left, right) => Number.isNaN(left) || Number.isNaN(right),
  (left, right) => left !== right,
  (left, right) => !(left < right),
  (left, right) => !(left <= right),
  (left, right) => !Number.isNaN(left) && !Number.isNaN(right),
];

const compare =
  (isDouble: boolean, count: number): Execute =>
  (cpu, op) => {
    const holds = PREDICATES[op.third.value & 7]!;
    const values = isDouble ? cpu.xmmDouble : cpu.xmmFloat;
    const width = isDouble ? 2 : 1;
    const source = vector(cpu, op.second) * 4;
    const to = op.first.register * 4;
    for (let index = 0; index < count; index++) {
      const result = holds(values[to / width + index]!, values[source / width + index]!) ? -1 : 0;
      for (let part = 0; part < width; part++) cpu.xmm32[to + index * width + part] = result;
    }
  };

/** COMISS, UCOMISD and the like: ZF, PF and CF as for unsigned integers, all three where a NaN takes part. */
const compareFlags =
  (isDouble: boolean): Execute =>
  (cpu, op) => {
    const values = isDouble ? cpu.xmmDouble : cpu.xmmFloat;
    const width = isDouble ? 2 : 4;
    const right = values[vector(cpu, op.second) * width]!;
    floatFlags(cpu, values[op.first.register * width]!, right);
  };

/** The flags of a comparison of floating-point numbers in EFLAGS. */
export function floatFlags({ words }: X86Cpu, left: number, right: number): void {
  const isUnordered = Number.isNaN(left) || Number.isNaN(right);
  words[Word.carry] = isUnordered || left < right ? 1 : 0;
  words[Word.zero] = isUnordered || left === right ? 0 : 1;
  words[Word.parity] = isUnordered ? 0 : 1;
  words[Word.sign] = words[Word.overflow] = words[Word.adjust] = 0;
}

/** To the nearest integer, halves to the even one. */
export function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest > 0.5 ? floor + 1 : floor;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** By the two bits of a rounding control: nearest, down, up, towards zero. */
export function roundBy(value: number, control: number): number {
  if (control === 0) return Object.is(value, -0) || (value < 0 && value >= -0.5) ? -0 : roundEven(value);
  return control === 1 ? Math.floor(value) : control === 2 ? Math.ceil(value) : Math.trunc(value);
}

const MXCSR_ROUNDING = 13;
/** The unary form knows no registers: an instruction that rounds as MXCSR says is rounded to nearest, the only way that programs of Windows use. */
const round = (value: number, op: MicroOp): number => roundBy(value, op.third.value & 4 ? 0 : op.third.value & 3);

/** A float or double as a signed integer of 32 bits; the "integer indefinite" where it does not fit. */
function toInteger32(value: number, control: number): number {
  const rounded = roundBy(value, control);
  return rounded >= -0x80000000 && rounded <= 0x7fffffff ? rounded : -0x80000000;
}

function toInteger64(value: number, control: number): bigint {
  const rounded = roundBy(value, control);
  return rounded >= -(2 ** 63) && rounded < 2 ** 63 ? BigInt(rounded) : -(1n << 63n);
}

const TRUNCATE = 3;
const rounding = (cpu: X86Cpu, truncates: boolean): number => (truncates ? TRUNCATE : (cpu.mxcsr >> MXCSR_ROUNDING) & 3);

/** CVTSS2SI, CVTSD2SI and those that truncate. */
const toGeneral =
  (isDouble: boolean, truncates: boolean): Execute =>
  (cpu, op) => {
    const source = vector(cpu, op.second);
    const value = isDouble ? cpu.xmmDouble[source * 2]! : cpu.xmmFloat[source * 4]!;
    const control = rounding(cpu, truncates);
    if (op.first.size === 64) {
      const result = toInteger64(value, control);
      set64(cpu, op.first, lowOf(result), highOf(result));
    } else set(cpu, op.first, toInteger32(value, control));
  };

/** 64 bits rounded once to a single: what the 11 lower bits hold is folded into one before. */
function singleOf(value: bigint): number {
  if (value >= -(1n << 53n) && value <= 1n << 53n) return Math.fround(Number(value));
  return Math.fround(Number((value >> 11n) | (value & 0x7ffn ? 1n : 0n))) * 2048;
}

const fromGeneral =
  (isDouble: boolean): Execute =>
  (cpu, op) => {
    const value = op.second.size === 64 ? BigInt.asIntN(64, getBig(cpu, op.second)) : BigInt(getSigned(cpu, op.second));
    if (isDouble) cpu.xmmDouble[op.first.register * 2] = Number(value);
    else cpu.xmmFloat[op.first.register * 4] = singleOf(value);
  };

/** A single made a double and the other way round, NaNs with what of their bits fits. */
function widenSingle(cpu: X86Cpu, to: number, from: number): void {
  const value = cpu.xmmFloat[from]!;
  if (!Number.isNaN(value)) cpu.xmmDouble[to] = value;
  else {
    const bits = cpu.xmm32[from]!;
    cpu.xmm32[to * 2] = bits << 29;
    cpu.xmm32[to * 2 + 1] = (bits & 0x80000000) | 0x7ff80000 | ((bits & 0x7fffff) >> 3);
  }
}

function narrowDouble(cpu: X86Cpu, to: number, from: number): void {
  const value = cpu.xmmDouble[from]!;
  if (!Number.isNaN(value)) cpu.xmmFloat[to] = value;
  else {
    const [low, high] = [cpu.xmm32[from * 2]!, cpu.xmm32[from * 2 + 1]!];
    cpu.xmm32[to] = (high & 0x80000000) | 0x7fc00000 | ((high & 0x7ffff) << 3) | (low >>> 29);
  }
}

const cvtss2sd: Execute = (cpu, op) => widenSingle(cpu, op.first.register * 2, vector(cpu, op.second) * 4);
const cvtsd2ss: Execute = (cpu, op) => narrowDouble(cpu, op.first.register * 4, vector(cpu, op.second) * 2);

const cvtps2pd: Execute = (cpu, op) => {
  const source = vector(cpu, op.second) * 4;
  const to = op.first.register * 2;
  // The upper one first: the lower one's result goes where its source may lie.
  widenSingle(cpu, to + 1, source + 1);
  widenSingle(cpu, to, source);
};

const cvtpd2ps: Execute = (cpu, op) => {
  const source = vector(cpu, op.second) * 2;
  const to = op.first.register * 4;
  narrowDouble(cpu, to, source);
  narrowDouble(cpu, to + 1, source + 1);
  cpu.xmm32[to + 2] = cpu.xmm32[to + 3] = 0;
};

const cvtdq2ps: Execute = (cpu, op) => {
  const source = vector(cpu, op.second) * 4;
  const to = op.first.register * 4;
  for (let index = 0; index < 4; index++) cpu.xmmFloat[to + index] = cpu.xmm32[source + index]!;
};

const cvtdq2pd: Execute = (cpu, op) => {
  const source = vector(cpu, op.second) * 4;
  const [low, high] = [cpu.xmm32[source]!, cpu.xmm32[source + 1]!];
  cpu.xmmDouble[op.first.register * 2] = low;
  cpu.xmmDouble[op.first.register * 2 + 1] = high;
};

/** CVTPS2DQ, CVTPD2DQ and those that truncate. */
const toIntegers =
  (isDouble: boolean, truncates: boolean): Execute =>
  (cpu, op) => {
    const source = vector(cpu, op.second);
    const control = rounding(cpu, truncates);
    const to = op.first.register * 4;
    const count = isDouble ? 2 : 4;
    for (let index = 0; index < count; index++) {
      const value = isDouble ? cpu.xmmDouble[source * 2 + index]! : cpu.xmmFloat[source * 4 + index]!;
      cpu.xmm32[to + index] = toInteger32(value, control);
    }
    if (isDouble) cpu.xmm32[to + 2] = cpu.xmm32[to + 3] = 0;
  };

/** HADD and HSUB: neighbours of the first operand, then of the second. */
const horizontal =
  (isDouble: boolean, combine: Combine): Execute =>
  (cpu, op) => {
    const count = isDouble ? 2 : 4;
    const values = isDouble ? cpu.xmmDouble : cpu.xmmFloat;
    const left = op.first.register * count;
    const right = vector(cpu, op.second) * count;
    const put = isDouble ? putDouble : putSingle;
    const scratch = SCRATCH_VECTOR * count;
    for (let index = 0; index < count; index++) {
      const at = index < count / 2 ? left + index * 2 : right + (index - count / 2) * 2;
      put(cpu, scratch + index, at, at + 1, combine(values[at]!, values[at + 1]!));
    }
    for (let index = 0; index < 4; index++) cpu.xmm32[op.first.register * 4 + index] = cpu.xmm32[SCRATCH_VECTOR * 4 + index]!;
  };
/** ADDSUB: elements in turn subtracted and added. */
const addSubtract =
  (isDouble: boolean): Execute =>
  (cpu, op) => {
    const count = isDouble ? 2 : 4;
    const values = isDouble ? cpu.xmmDouble : cpu.xmmFloat;
    const put = isDouble ? putDouble : putSingle;
    const to = op.first.register * count;
    const source = vector(cpu, op.second) * count;
    for (let index = 0; index < count; index++) {
      const [left, right] = [values[to + index]!, values[source + index]!];
      put(cpu, to + index, to + index, source + index, index & 1 ? left + right : left - right);
    }
  };

export const SSE_FLOATS: Readonly<Record<string, Execute>> = {
  ...SCALARS,
  ...Object.fromEntries([
    ...packedForms('add', (left, right) => left + right),
    ...packedForms('sub', (left, right) => left - right),
    ...packedForms('mul', (left, right) => left * right),
    ...packedForms('div', (left, right) => left / right),
    ...chooseForms('min', (left, right) => left < right),
    ...chooseForms('max', (left, right) => left > right),
    ...unaryForms('sqrt', Math.sqrt),
    ...unaryForms('round', round),
  ]),
  cmpss: compare(false, 1),
  cmpps: compare(false, 4),
  cmpsd: compare(true, 1),
  cmppd: compare(true, 2),
  comiss: compareFlags(false),
  ucomiss: compareFlags(false),
  comisd: compareFlags(true),
  ucomisd: compareFlags(true),
  cvtsi2ss: fromGeneral(false),
  cvtsi2sd: fromGeneral(true),
  cvtss2si: toGeneral(false, false),
  cvttss2si: toGeneral(false, true),
  cvtsd2si: toGeneral(true, false),
  cvttsd2si: toGeneral(true, true),
  cvtss2sd,
  cvtsd2ss,
  cvtps2pd,
  cvtpd2ps,
  cvtdq2ps,
  cvtdq2pd,
  cvtps2dq: toIntegers(false, false),
  cvttps2dq: toIntegers(false, true),
  cvtpd2dq: toIntegers(true, false),
  cvttpd2dq: toIntegers(true, true),
  haddps: horizontal(false, (left, right) => left + right),
  haddpd: horizontal(true, (left, right) => left + right),
  hsubps: horizontal(false, (left, right) => left - right),
  hsubpd: horizontal(true, (left, right) => left - right),
  addsubps: addSubtract(false),
  addsubpd: addSubtract(true),
  ldmxcsr: (cpu, op) => {
    cpu.mxcsr = get(cpu, op.first);
  },
  stmxcsr: (cpu, op) => set(cpu, op.first, cpu.mxcsr),
};
