// Arm ARM C7.2: floating point on vectors, and the scalar forms of Advanced SIMD.

import { bit, bits } from '../fields/bit-field.ts';
import { type Arm64Cpu, SCRATCH_VECTOR } from './arm64-cpu.ts';
import { type Arm64Operation, type Execute, type Prepare, unsupported } from './arm64-operation.ts';
import { toInteger32, toInteger64 } from './float-conversions.ts';
import { putDouble, putSingle, ROUNDING } from './float-values.ts';
import { COMBINE, multiplyAddDouble, multiplyAddSingle, putNumericDouble, putNumericSingle } from './floats.ts';
import { put, setLanes } from './vector-lanes.ts';

const SINGLE_SCRATCH = SCRATCH_VECTOR * 4;
const DOUBLE_SCRATCH = SCRATCH_VECTOR * 2;
const SIGN = 0x80000000 | 0;

/** Does a lane: places of lanes of the operation's size, `to` in the scratch register, `old` in the destination. */
type Lane = (cpu: Arm64Cpu, to: number, left: number, right: number, old: number) => void;
interface Lanes {
  readonly single: Lane;
  readonly double: Lane;
}

const arithmetic = (name: keyof typeof COMBINE): Lanes => {
  const combine = COMBINE[name];
  return {
    single: (cpu, to, left, right) => putSingle(cpu, to, combine(cpu.singles[left]!, cpu.singles[right]!), left, right),
    double: (cpu, to, left, right) => putDouble(cpu, to, combine(cpu.doubles[left]!, cpu.doubles[right]!), left, right),
  };
};
const numeric = (combine: (left: number, right: number) => number): Lanes => ({
  single: (cpu, to, left, right) => putNumericSingle(cpu, to, combine, left, right),
  double: (cpu, to, left, right) => putNumericDouble(cpu, to, combine, left, right),
});
const comparison = (holds: (left: number, right: number) => boolean): Lanes => ({
  single: (cpu, to, left, right) => {
    cpu.vectorWords[to] = holds(cpu.singles[left]!, cpu.singles[right]!) ? -1 : 0;
  },
  double: (cpu, to, left, right) => {
    cpu.signed64[to] = holds(cpu.doubles[left]!, cpu.doubles[right]!) ? -1n : 0n;
  },
});
/** The addend is copied first: a lane of the scratch register takes the result. */
const fused = (product: number): Lanes => ({
  single: (cpu, to, left, right, old) => multiplyAddSingle(cpu, to + 4, old, left, right, product, 0),
  double: (cpu, to, left, right, old) => multiplyAddDouble(cpu, to + 2, old, left, right, product, 0),
});

const SAME: Readonly<Record<string, Lanes>> = {
  fadd: arithmetic('fadd'),
  fsub: arithmetic('fsub'),
  fmul: arithmetic('fmul'),
  fdiv: arithmetic('fdiv'),
  fmax: arithmetic('fmax'),
  fmin: arithmetic('fmin'),
  fabd: {
    single: (cpu, to, left, right) => {
      putSingle(cpu, to, cpu.singles[left]! - cpu.singles[right]!, left, right);
      cpu.vectorWords[to] = cpu.vectorWords[to]! & ~SIGN;
    },
    double: (cpu, to, left, right) => {
      putDouble(cpu, to, cpu.doubles[left]! - cpu.doubles[right]!, left, right);
      cpu.vectorWords[to * 2 + 1] = cpu.vectorWords[to * 2 + 1]! & ~SIGN;
    },
  },
  fmulx: arithmetic('fmulx'),
  fmaxnm: numeric(Math.max),
  fminnm: numeric(Math.min),
  fcmeq: comparison((left, right) => left === right),
  fcmge: comparison((left, right) => left >= right),
  fcmgt: comparison((left, right) => left > right),
  facge: comparison((left, right) => Math.abs(left) >= Math.abs(right)),
  facgt: comparison((left, right) => Math.abs(left) > Math.abs(right)),
  fmla: fused(0),
  fmls: fused(SIGN),
};
const PAIRWISE: Readonly<Record<string, Lanes>> = {
  faddp: arithmetic('fadd'),
  fmaxp: arithmetic('fmax'),
  fminp: arithmetic('fmin'),
  fmaxnmp: numeric(Math.max),
  fminnmp: numeric(Math.min),
};
/** Operations of two vectors; estimates and their steps are not run here. */
export const FLOAT_SAME: Readonly<Record<string, unknown>> = { ...SAME, ...PAIRWISE, frecps: 0, frsqrts: 0 };

/** Fused operations use the scratch register for their operands: their results lie behind it. */
const isFused = (operation: string): boolean => operation === 'fmla' || operation === 'fmls';

function putBehind(cpu: Arm64Cpu, op: Arm64Operation): void {
  cpu.vectorBytes.copyWithin(SCRATCH_VECTOR * 16, SCRATCH_VECTOR * 16 + 16, SCRATCH_VECTOR * 16 + 32);
  put(cpu, op);
}

/** Lanes of Vn with those of Vm, or with one lane of it (`element`). */
function lanesOf({ single, double }: Lanes, finish: (cpu: Arm64Cpu, op: Arm64Operation) => void, element = -1): Execute {
  return (cpu, op) => {
    const { vd, vn, vm, size, lanes } = op;
    const [lane, count, scratch] = size === 3 ? [double, 2, DOUBLE_SCRATCH] : [single, 4, SINGLE_SCRATCH];
    for (let index = 0; index < lanes; index++)
      lane(cpu, scratch + index, vn * count + index, vm * count + (element < 0 ? index : element), vd * count + index);
    finish(cpu, op);
  };
}

const pairs = ({ single, double }: Lanes): Execute => {
  return (cpu, op) => {
    const { vn, vm, size, lanes } = op;
    const [lane, count, scratch] = size === 3 ? [double, 2, DOUBLE_SCRATCH] : [single, 4, SINGLE_SCRATCH];
    const half = lanes / 2;
    for (let index = 0; index < lanes; index++) {
      const first = index < half ? vn * count + index * 2 : vm * count + (index - half) * 2;
      lane(cpu, scratch + index, first, first + 1, 0);
    }
    put(cpu, op);
  };
};

/** sz chooses singles or doubles. */
const sizeOfFloats = (word: number): number => 2 + bit(word, 22);

export const floatSame: Prepare = (op, word, operation) => {
  setLanes(op, word, sizeOfFloats(word));
  const pair = PAIRWISE[operation];
  if (pair) return pairs(pair);
  const same = SAME[operation];
  return same ? lanesOf(same, isFused(operation) ? putBehind : put) : unsupported;
};

/** By element: FMLA, FMLS, FMUL and FMULX of singles and doubles. */
export const floatByElement: Prepare = (op, word, operation) => {
  const same = SAME[operation];
  // Halves have 0 in bits 23 and 22.
  if (!same || bits(word, 22, 2) < 2) return unsupported;
  setLanes(op, word, sizeOfFloats(word));
  const element = op.size === 3 ? bit(word, 11) : (bit(word, 11) << 1) | bit(word, 21);
  return lanesOf(same, isFused(operation) ? putBehind : put, element);
};

/** FADDP and its kin of one pair; FMAXV and its kin over four singles, by pairs as the manual has it. */
export const floatReduction: Prepare = (op, word, operation) => {
  const lanes = PAIRWISE[operation.replace(/v$/, 'p')];
  // FP16 forms: U is 0.
  if (!lanes || bit(word, 29) === 0) return unsupported;
  op.size = sizeOfReduction(word, operation);
  op.lanes = 1;
  const isAcross = operation.endsWith('v');
  return (cpu, each) => {
    const { vn, size } = each;
    const lane = size === 3 ? lanes.double : lanes.single;
    const [from, scratch] = size === 3 ? [vn * 2, DOUBLE_SCRATCH] : [vn * 4, SINGLE_SCRATCH];
    lane(cpu, scratch, from, from + 1, 0);
    if (isAcross) {
      lane(cpu, scratch + 1, from + 2, from + 3, 0);
      lane(cpu, scratch, scratch, scratch + 1, 0);
    }
    put(cpu, each);
  };
};
const sizeOfReduction = (word: number, operation: string): number => (operation.endsWith('v') ? 2 : sizeOfFloats(word));

/** A number to the bits of a lane. */
function changed(single: Lane, double: Lane): Execute {
  return lanesOf({ single, double }, put);
}

const compareZero = (holds: (value: number) => boolean): Execute =>
  changed(
    (cpu, to, left) => {
      cpu.vectorWords[to] = holds(cpu.singles[left]!) ? -1 : 0;
    },
    (cpu, to, left) => {
      cpu.signed64[to] = holds(cpu.doubles[left]!) ? -1n : 0n;
    },
  );
const changeSign = (change: (high: number) => number): Execute =>
  changed(
    (cpu, to, left) => {
      cpu.vectorWords[to] = change(cpu.vectorWords[left]!);
    },
    (cpu, to, left) => {
      cpu.vectorWords[to * 2] = cpu.vectorWords[left * 2]!;
      cpu.vectorWords[to * 2 + 1] = change(cpu.vectorWords[left * 2 + 1]!);
    },
  );
const numberChange = (change: (value: number) => number): Execute =>
  changed(
    (cpu, to, left) => putSingle(cpu, to, change(cpu.singles[left]!), left, left),
    (cpu, to, left) => putDouble(cpu, to, change(cpu.doubles[left]!), left, left),
  );

/** FCVTZS and its kin, and SCVTF and UCVTF, `scale` being two to the number of fraction bits. */
export function vectorConversion(operation: string, scale: number): Execute {
  if (operation.endsWith('cvtf')) return fromIntegers(operation === 'scvtf', 1 / scale);
  const round = ROUNDING[operation[4] ?? '']!;
  const isSigned = operation.endsWith('s');
  return changed(
    (cpu, to, left) => {
      cpu.vectorWords[to] = toInteger32(cpu.singles[left]! * scale, round, isSigned);
    },
    (cpu, to, left) => {
      cpu.unsigned64[to] = toInteger64(cpu.doubles[left]! * scale, round, isSigned);
    },
  );
}

const fromIntegers = (isSigned: boolean, scale: number): Execute =>
  changed(
    (cpu, to, left) => {
      cpu.singles[to] = Math.fround((isSigned ? cpu.signed : cpu.unsigned)[2][left]!) * scale;
    },
    (cpu, to, left) => {
      cpu.doubles[to] = Number((isSigned ? cpu.signed64 : cpu.unsigned64)[left]!) * scale;
    },
  );

const ZEROES: Readonly<Record<string, Execute>> = {
  fcmeqz: compareZero((value) => value === 0),
  fcmgtz: compareZero((value) => value > 0),
  fcmgez: compareZero((value) => value >= 0),
  fcmltz: compareZero((value) => value < 0),
  fcmlez: compareZero((value) => value <= 0),
};
const SIGNS: Readonly<Record<string, Execute>> = { fabs: changeSign((high) => high & ~SIGN), fneg: changeSign((high) => high ^ SIGN) };

/** Floating-point operations of one vector, of singles or doubles; undefined for others. */
export function floatOfOne(operation: string): Execute | undefined {
  if (/^frint[nmpzaxi]$/.test(operation)) return numberChange(ROUNDING[operation.at(-1) ?? '']!);
  if (operation === 'fsqrt') return numberChange(Math.sqrt);
  if (/^fcvt[nmpza][su]$/.test(operation) || /^[su]cvtf$/.test(operation)) return vectorConversion(operation, 1);
  return ZEROES[operation] ?? SIGNS[operation];
}

export const floatLanes = (op: Arm64Operation, word: number): void => setLanes(op, word, sizeOfFloats(word));
