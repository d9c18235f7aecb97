// Arm ARM C7.2: integer arithmetic and logic on vectors of one kind of lane.

import { bits } from '../fields/bit-field.ts';
import { SCRATCH_VECTOR } from './arm64-cpu.ts';
import { type Execute, type Prepare, unsupported } from './arm64-operation.ts';
import { FLOAT_SAME, floatSame } from './vector-floats.ts';
import {
  exactLanes,
  lanewise,
  put,
  readLane,
  saturateSigned,
  saturateUnsigned,
  setLanes,
  shiftBy,
  sizeOf,
  writeLane,
} from './vector-lanes.ts';

const ALL = -1n;
const mask = (holds: boolean): number => (holds ? -1 : 0);
const wideMask = (holds: boolean): bigint => (holds ? ALL : 0n);

/** The shift of a lane is the signed byte at its bottom. */
const amountOf = (lane: bigint): number => Number(BigInt.asIntN(8, lane));
const maxOf = (left: bigint, right: bigint): bigint => (left > right ? left : right);
const minOf = (left: bigint, right: bigint): bigint => (left < right ? left : right);
const distance = (left: bigint, right: bigint): bigint => (left > right ? left - right : right - left);

const both = (narrow: (left: number, right: number, old: number) => number, wide: (left: bigint, right: bigint, old: bigint) => bigint) =>
  ({ s: lanewise(narrow, wide, true), u: lanewise(narrow, wide, false) }) as const;
const exact = (combine: Parameters<typeof exactLanes>[0]) => ({ s: exactLanes(combine, true), u: exactLanes(combine, false) }) as const;

const maximum = both((left, right) => Math.max(left, right), maxOf);
const minimum = both((left, right) => Math.min(left, right), minOf);
const halvingAdd = both(
  (left, right) => Math.floor((left + right) / 2),
  (left, right) => (left + right) >> 1n,
);
const roundingAdd = both(
  (left, right) => Math.floor((left + right + 1) / 2),
  (left, right) => (left + right + 1n) >> 1n,
);
const halvingSubtract = both(
  (left, right) => Math.floor((left - right) / 2),
  (left, right) => (left - right) >> 1n,
);
const absoluteDifference = both((left, right) => Math.abs(left - right), distance);
const accumulatedDifference = both(
  (left, right, old) => old + Math.abs(left - right),
  (left, right, old) => old + distance(left, right),
);
const greater = both(
  (left, right) => mask(left > right),
  (left, right) => wideMask(left > right),
);
const greaterOrEqual = both(
  (left, right) => mask(left >= right),
  (left, right) => wideMask(left >= right),
);
const shift = exact((left, right, width) => shiftBy(left, Math.max(amountOf(right), -width - 1), false));
const roundingShift = exact((left, right, width) => shiftBy(left, Math.max(amountOf(right), -width - 1), true));
const saturate = { s: saturateSigned, u: saturateUnsigned } as const;
const saturating = (isSigned: boolean, rounds: boolean): Execute =>
  exactLanes(
    (left, right, width) => saturate[isSigned ? 's' : 'u'](shiftBy(left, Math.max(amountOf(right), -width - 1), rounds), width),
    isSigned,
  );

/** SQDMULH: the upper half of twice the product. */
const doublingHigh = (rounds: boolean): Execute =>
  exactLanes((left, right, width) => {
    const product = 2n * left * right + (rounds ? 1n << BigInt(width - 1) : 0n);
    return saturateSigned(product >> BigInt(width), width);
  }, true);
/** SQRDMLAH and SQRDMLSH. */
const doublingAccumulate = (sign: bigint): Execute =>
  exactLanes((left, right, width, old) => {
    const sum = (old << BigInt(width)) + sign * 2n * left * right + (1n << BigInt(width - 1));
    return saturateSigned(sum >> BigInt(width), width);
  }, true);

/** A product without carries. */
export function polynomialProduct(left: bigint, right: bigint): bigint {
  let result = 0n;
  for (let at = 0n; right >> at; at++) if ((right >> at) & 1n) result ^= left << at;
  return result;
}

export const SAME: Readonly<Record<string, Execute>> = {
  add: lanewise(
    (left, right) => left + right,
    (left, right) => left + right,
    false,
  ),
  sub: lanewise(
    (left, right) => left - right,
    (left, right) => left - right,
    false,
  ),
  mul: lanewise(
    (left, right) => Math.imul(left, right),
    (left, right) => left * right,
    false,
  ),
  mla: lanewise(
    (left, right, old) => old + Math.imul(left, right),
    (left, right, old) => old + left * right,
    false,
  ),
  mls: lanewise(
    (left, right, old) => old - Math.imul(left, right),
    (left, right, old) => old - left * right,
    false,
  ),
  cmeq: lanewise(
    (left, right) => mask(left === right),
    (left, right) => wideMask(left === right),
    false,
  ),
  cmtst: lanewise(
    (left, right) => mask((left & right) !== 0),
    (left, right) => wideMask((left & right) !== 0n),
    false,
  ),
  cmgt: greater.s,
  cmhi: greater.u,
  cmge: greaterOrEqual.s,
  cmhs: greaterOrEqual.u,
  shadd: halvingAdd.s,
  uhadd: halvingAdd.u,
  srhadd: roundingAdd.s,
  urhadd: roundingAdd.u,
  shsub: halvingSubtract.s,
  uhsub: halvingSubtract.u,
  smax: maximum.s,
  umax: maximum.u,
  smin: minimum.s,
  umin: minimum.u,
  sabd: absoluteDifference.s,
  uabd: absoluteDifference.u,
  saba: accumulatedDifference.s,
  uaba: accumulatedDifference.u,
  sqadd: exactLanes((left, right, width) => saturateSigned(left + right, width), true),
  uqadd: exactLanes((left, right, width) => saturateUnsigned(left + right, width), false),
  sqsub: exactLanes((left, right, width) => saturateSigned(left - right, width), true),
  uqsub: exactLanes((left, right, width) => saturateUnsigned(left - right, width), false),
  sshl: shift.s,
  ushl: shift.u,
  srshl: roundingShift.s,
  urshl: roundingShift.u,
  sqshl: saturating(true, false),
  uqshl: saturating(false, false),
  sqrshl: saturating(true, true),
  uqrshl: saturating(false, true),
  sqdmulh: doublingHigh(false),
  sqrdmulh: doublingHigh(true),
  sqrdmlah: doublingAccumulate(1n),
  sqrdmlsh: doublingAccumulate(-1n),
  pmul: exactLanes((left, right) => polynomialProduct(left, right), false),
};

/** Two neighbours become one lane: first those of Vn, then those of Vm. */
const pairwise =
  (combine: (left: bigint, right: bigint) => bigint, isSigned: boolean): Execute =>
  (cpu, op) => {
    const { vn, vm, size, lanes } = op;
    const half = lanes / 2;
    for (let lane = 0; lane < lanes; lane++) {
      const [from, at] = lane < half ? [vn, lane] : [vm, lane - half];
      const value = combine(readLane(cpu, from, at * 2, size, isSigned), readLane(cpu, from, at * 2 + 1, size, isSigned));
      writeLane(cpu, SCRATCH_VECTOR, lane, size, value);
    }
    put(cpu, op);
  };
const PAIRWISE: Readonly<Record<string, Execute>> = {
  addp: pairwise((left, right) => left + right, false),
  smaxp: pairwise(maxOf, true),
  umaxp: pairwise(maxOf, false),
  sminp: pairwise(minOf, true),
  uminp: pairwise(minOf, false),
};

type Bitwise = (left: number, right: number, old: number) => number;
const BITWISE: Readonly<Record<string, Bitwise>> = {
  and: (left, right) => left & right,
  bic: (left, right) => left & ~right,
  orr: (left, right) => left | right,
  orn: (left, right) => left | ~right,
  eor: (left, right) => left ^ right,
  bsl: (left, right, old) => right ^ ((right ^ left) & old),
  bit: (left, right, old) => old ^ ((old ^ left) & right),
  bif: (left, right, old) => old ^ ((old ^ left) & ~right),
};
const bitwise =
  (combine: Bitwise): Execute =>
  ({ vectorWords }, { vd, vn, vm, isHalf }) => {
    for (let word = 0; word < 4; word++)
      vectorWords[vd * 4 + word] =
        isHalf && word > 1 ? 0 : combine(vectorWords[vn * 4 + word]!, vectorWords[vm * 4 + word]!, vectorWords[vd * 4 + word]!);
  };
const BITWISE_EXECUTE: Readonly<Record<string, Execute>> = Object.fromEntries(
  Object.entries(BITWISE).map(([name, combine]) => [name, bitwise(combine)]),
);

/** The size of bitwise operations is part of their opcode. */
const threeSame: Prepare = (op, word, operation) => {
  if (operation in FLOAT_SAME) return floatSame(op, word, operation);
  setLanes(op, word, sizeOf(word));
  const isBitwise = bits(word, 11, 5) === 3;
  return (isBitwise ? BITWISE_EXECUTE[operation] : (PAIRWISE[operation] ?? SAME[operation])) ?? unsupported;
};

export const VECTOR_INTEGERS: Readonly<Record<string, Prepare>> = {
  vectorThreeSame: threeSame,
  vectorThreeSameExtra: (op, word, operation) => (operation.startsWith('sqrdml') ? threeSame(op, word, operation) : unsupported),
  scalarThreeSame: threeSame,
};
