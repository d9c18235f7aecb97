// Arm ARM C7.2: floating point of scalars. Rounding is to nearest but where an instruction says otherwise; exceptions are not recorded.

import { bits } from '../fields/bit-field.ts';
import { expandFloat } from '../fields/logical-immediate.ts';
import { type Arm64Cpu, SCRATCH_VECTOR, Word } from './arm64-cpu.ts';
import { type Execute, type Prepare, unsupported } from './arm64-operation.ts';
import { holdsOf } from './conditions.ts';
import { convertPrecision } from './float-conversions.ts';
import { clearBehindSingle, putDouble, putDoubleNaN, putSingle, putSingleNaN, ROUNDING } from './float-values.ts';
import { fusedMultiplyAdd, fusedMultiplyAddSingle } from './fused-multiply.ts';

/** ftype: 0 single, 1 double, 3 half. */
const typeOf = (word: number): number => bits(word, 22, 2);

/** The form of singles or of doubles. Half precision is not run here. */
const byType = (word: number, single: Execute, double: Execute): Execute => [single, double][typeOf(word)] ?? unsupported;

const SIGN = 0x80000000 | 0;
type Combine = (left: number, right: number) => number;

const single2 =
  (combine: Combine): Execute =>
  (cpu, { vd, vn, vm }) => {
    putSingle(cpu, vd * 4, combine(cpu.singles[vn * 4]!, cpu.singles[vm * 4]!), vn * 4, vm * 4);
    clearBehindSingle(cpu, vd);
  };
const double2 =
  (combine: Combine): Execute =>
  (cpu, { vd, vn, vm }) => {
    putDouble(cpu, vd * 2, combine(cpu.doubles[vn * 2]!, cpu.doubles[vm * 2]!), vn * 2, vm * 2);
    cpu.clearUpper(vd);
  };

/** What compilers write for floating point most: each is a function of its own, so that no number goes through a call. */
const DOUBLES: Readonly<Record<string, Execute>> = {
  fadd: (cpu, { vd, vn, vm }) => {
    putDouble(cpu, vd * 2, cpu.doubles[vn * 2]! + cpu.doubles[vm * 2]!, vn * 2, vm * 2);
    cpu.clearUpper(vd);
  },
  fsub: (cpu, { vd, vn, vm }) => {
    putDouble(cpu, vd * 2, cpu.doubles[vn * 2]! - cpu.doubles[vm * 2]!, vn * 2, vm * 2);
    cpu.clearUpper(vd);
  },
  fmul: (cpu, { vd, vn, vm }) => {
    putDouble(cpu, vd * 2, cpu.doubles[vn * 2]! * cpu.doubles[vm * 2]!, vn * 2, vm * 2);
    cpu.clearUpper(vd);
  },
  fdiv: (cpu, { vd, vn, vm }) => {
    putDouble(cpu, vd * 2, cpu.doubles[vn * 2]! / cpu.doubles[vm * 2]!, vn * 2, vm * 2);
    cpu.clearUpper(vd);
  },
};

const isInfinite = (value: number): boolean => Math.abs(value) === Number.POSITIVE_INFINITY;
/** An infinity times 0. */
const isInvalidProduct = (left: number, right: number): boolean => (left === 0 && isInfinite(right)) || (right === 0 && isInfinite(left));
const signOf = (value: number): number => (value < 0 || Object.is(value, -0) ? -1 : 1);

/** Arithmetic of two numbers, also of the lanes of vectors. */
export const COMBINE = {
  fadd: (left, right) => left + right,
  fsub: (left, right) => left - right,
  fmul: (left, right) => left * right,
  fdiv: (left, right) => left / right,
  fmax: Math.max,
  fmin: Math.min,
  fabd: (left, right) => Math.abs(left - right),
  // An infinity times 0 is 2 with the sign of the product.
  fmulx: (left, right) => (isInvalidProduct(left, right) ? 2 * signOf(left) * signOf(right) : left * right),
} as const satisfies Readonly<Record<string, Combine>>;

/** FMAXNM and FMINNM: a quiet NaN gives way to a number. */
export function putNumericSingle(cpu: Arm64Cpu, to: number, combine: Combine, left: number, right: number): void {
  const { singles, vectorWords } = cpu;
  const isQuiet = (at: number): boolean => Number.isNaN(singles[at]) && (vectorWords[at]! & 0x400000) !== 0;
  if (isQuiet(left) && !Number.isNaN(singles[right])) singles[to] = singles[right]!;
  else if (isQuiet(right) && !Number.isNaN(singles[left])) singles[to] = singles[left]!;
  else putSingle(cpu, to, combine(singles[left]!, singles[right]!), left, right);
}
export function putNumericDouble(cpu: Arm64Cpu, to: number, combine: Combine, left: number, right: number): void {
  const { doubles, vectorWords } = cpu;
  const isQuiet = (at: number): boolean => Number.isNaN(doubles[at]) && (vectorWords[at * 2 + 1]! & 0x80000) !== 0;
  if (isQuiet(left) && !Number.isNaN(doubles[right])) doubles[to] = doubles[right]!;
  else if (isQuiet(right) && !Number.isNaN(doubles[left])) doubles[to] = doubles[left]!;
  else putDouble(cpu, to, combine(doubles[left]!, doubles[right]!), left, right);
}

const numeric = (word: number, combine: Combine): Execute =>
  byType(
    word,
    (cpu, { vd, vn, vm }) => {
      putNumericSingle(cpu, vd * 4, combine, vn * 4, vm * 4);
      clearBehindSingle(cpu, vd);
    },
    (cpu, { vd, vn, vm }) => {
      putNumericDouble(cpu, vd * 2, combine, vn * 2, vm * 2);
      cpu.clearUpper(vd);
    },
  );

/** FNMUL changes the sign of whatever the product is. */
const negatedProduct = (word: number): Execute =>
  byType(
    word,
    (cpu, op) => {
      single2(COMBINE.fmul)(cpu, op);
      cpu.vectorWords[op.vd * 4] = cpu.vectorWords[op.vd * 4]! ^ SIGN;
    },
    (cpu, op) => {
      double2(COMBINE.fmul)(cpu, op);
      cpu.vectorWords[op.vd * 4 + 1] = cpu.vectorWords[op.vd * 4 + 1]! ^ SIGN;
    },
  );

const twoSources: Prepare = (_, word, operation) => {
  if (operation === 'fmaxnm' || operation === 'fminnm') return numeric(word, operation === 'fmaxnm' ? Math.max : Math.min);
  if (operation === 'fnmul') return negatedProduct(word);
  const combine = COMBINE[operation as keyof typeof COMBINE];
  return byType(word, single2(combine), DOUBLES[operation] ?? double2(combine));
};

type Change = (value: number) => number;
const CHANGES: Readonly<Record<string, Change>> = { fsqrt: Math.sqrt };
const changeOf = (operation: string): Change => CHANGES[operation] ?? ROUNDING[operation.at(-1) ?? '']!;

/** FMOV, FABS and FNEG touch the sign alone. */
const SIGNS: Readonly<Record<string, (high: number) => number>> = {
  fmov: (high) => high,
  fabs: (high) => high & 0x7fffffff,
  fneg: (high) => high ^ 0x80000000,
};

const oneSource: Prepare = (op, word, operation) => {
  const sign = SIGNS[operation];
  if (sign)
    return byType(
      word,
      (cpu, { vd, vn }) => cpu.setVector64(vd, sign(cpu.vectorWords[vn * 4]!), 0),
      (cpu, { vd, vn }) => cpu.setVector64(vd, cpu.vectorWords[vn * 4]!, sign(cpu.vectorWords[vn * 4 + 1]!)),
    );
  if (operation === 'fcvt') return convertPrecision(op, word, operation);
  if (/^frint(32|64)/.test(operation)) return unsupported;
  const change = changeOf(operation);
  return byType(
    word,
    (cpu, { vd, vn }) => {
      putSingle(cpu, vd * 4, change(cpu.singles[vn * 4]!), vn * 4, vn * 4);
      clearBehindSingle(cpu, vd);
    },
    (cpu, { vd, vn }) => {
      putDouble(cpu, vd * 2, change(cpu.doubles[vn * 2]!), vn * 2, vn * 2);
      cpu.clearUpper(vd);
    },
  );
};

/** Copies of operands with their signs changed, so that a NaN among them shows what the manual's FPNeg made of it. */
const SCRATCH_LEFT = SCRATCH_VECTOR * 4;
const SCRATCH_ADDEND = SCRATCH_VECTOR * 4 + 2;

/** `addend + left * right` of singles at these places, with the signs of product and addend changed or not. */
export function multiplyAddSingle(
  cpu: Arm64Cpu,
  to: number,
  addend: number,
  left: number,
  right: number,
  product: number,
  sum: number,
): void {
  const { singles, vectorWords } = cpu;
  vectorWords[SCRATCH_LEFT] = vectorWords[left]! ^ product;
  vectorWords[SCRATCH_ADDEND] = vectorWords[addend]! ^ sum;
  const value = fusedMultiplyAddSingle(singles[SCRATCH_LEFT]!, singles[right]!, singles[SCRATCH_ADDEND]!);
  if (!Number.isNaN(value)) singles[to] = value;
  else if (isInvalidProduct(singles[left]!, singles[right]!))
    putSingleNaN(cpu, to, isSignalling(vectorWords[SCRATCH_ADDEND]!) ? [SCRATCH_ADDEND] : []);
  else putSingleNaN(cpu, to, [SCRATCH_ADDEND, SCRATCH_LEFT, right]);
}
const isSignalling = (word: number): boolean => (word & 0x7fc00000) === 0x7f800000 && (word & 0x3fffff) !== 0;

export function multiplyAddDouble(
  cpu: Arm64Cpu,
  to: number,
  addend: number,
  left: number,
  right: number,
  product: number,
  sum: number,
): void {
  const { doubles, vectorWords } = cpu;
  const [scratchLeft, scratchAddend] = [SCRATCH_LEFT / 2, SCRATCH_ADDEND / 2];
  vectorWords[SCRATCH_LEFT] = vectorWords[left * 2]!;
  vectorWords[SCRATCH_LEFT + 1] = vectorWords[left * 2 + 1]! ^ product;
  vectorWords[SCRATCH_ADDEND] = vectorWords[addend * 2]!;
  vectorWords[SCRATCH_ADDEND + 1] = vectorWords[addend * 2 + 1]! ^ sum;
  const value = fusedMultiplyAdd(doubles[scratchLeft]!, doubles[right]!, doubles[scratchAddend]!);
  if (!Number.isNaN(value)) doubles[to] = value;
  else if (isInvalidProduct(doubles[left]!, doubles[right]!)) {
    const high = vectorWords[SCRATCH_ADDEND + 1]!;
    const signals = (high & 0x7ff80000) === 0x7ff00000 && Number.isNaN(doubles[scratchAddend]);
    putDoubleNaN(cpu, to, signals ? [scratchAddend] : []);
  } else putDoubleNaN(cpu, to, [scratchAddend, scratchLeft, right]);
}

/** Signs of the product and of the addend. */
const FUSED: Readonly<Record<string, readonly [number, number]>> = {
  fmadd: [0, 0],
  fmsub: [SIGN, 0],
  fnmadd: [SIGN, SIGN],
  fnmsub: [0, SIGN],
};

const threeSources: Prepare = (_, word, operation) => {
  const [product, sum] = FUSED[operation]!;
  return byType(
    word,
    (cpu, { vd, vn, vm, va }) => {
      multiplyAddSingle(cpu, vd * 4, va * 4, vn * 4, vm * 4, product, sum);
      clearBehindSingle(cpu, vd);
    },
    (cpu, { vd, vn, vm, va }) => {
      multiplyAddDouble(cpu, vd * 2, va * 2, vn * 2, vm * 2, product, sum);
      cpu.clearUpper(vd);
    },
  );
};

/** FPCompare: N for less, Z and C for equal, C for greater, C and V for unordered. */
function compare({ words }: Arm64Cpu, left: number, right: number): void {
  const isLess = left < right;
  const isUnordered = Number.isNaN(left) || Number.isNaN(right);
  words[Word.negative] = isLess ? -1 : 0;
  words[Word.nonzero] = left === right ? 0 : 1;
  words[Word.carry] = isLess ? 0 : 1;
  words[Word.overflow] = isUnordered ? -1 : 0;
}

const floatCompare: Prepare = (_, word, operation) => {
  if (operation.endsWith('z'))
    return byType(
      word,
      (cpu, { vn }) => compare(cpu, cpu.singles[vn * 4]!, 0),
      (cpu, { vn }) => compare(cpu, cpu.doubles[vn * 2]!, 0),
    );
  return byType(
    word,
    (cpu, { vn, vm }) => compare(cpu, cpu.singles[vn * 4]!, cpu.singles[vm * 4]!),
    (cpu, { vn, vm }) => compare(cpu, cpu.doubles[vn * 2]!, cpu.doubles[vm * 2]!),
  );
};

const floatConditionalCompare: Prepare = (op, word, operation) => {
  const holds = holdsOf(bits(word, 12, 4));
  const flags = bits(word, 0, 4) << 28;
  const compares = floatCompare(op, word, operation);
  if (compares === unsupported) return unsupported;
  return (cpu, each) => {
    if (holds(cpu.words)) compares(cpu, each);
    else cpu.nzcv = flags;
  };
};

const floatSelect: Prepare = (_, word) => {
  const holds = holdsOf(bits(word, 12, 4));
  const of = (cpu: Arm64Cpu, vn: number, vm: number): number => (holds(cpu.words) ? vn : vm) * 4;
  return byType(
    word,
    (cpu, { vd, vn, vm }) => cpu.setVector64(vd, cpu.vectorWords[of(cpu, vn, vm)]!, 0),
    (cpu, { vd, vn, vm }) => {
      const from = of(cpu, vn, vm);
      cpu.setVector64(vd, cpu.vectorWords[from]!, cpu.vectorWords[from + 1]!);
    },
  );
};

const floatImmediate: Prepare = (_, word) => {
  const value = expandFloat(bits(word, 13, 8));
  return byType(
    word,
    (cpu, { vd }) => {
      cpu.singles[vd * 4] = value;
      clearBehindSingle(cpu, vd);
    },
    (cpu, { vd }) => {
      cpu.doubles[vd * 2] = value;
      cpu.clearUpper(vd);
    },
  );
};

export const FLOATS: Readonly<Record<string, Prepare>> = {
  floatOneSource: oneSource,
  floatTwoSources: twoSources,
  floatThreeSources: threeSources,
  floatCompare,
  floatConditionalCompare,
  floatSelect,
  floatImmediate,
};
