// Arm ARM C7.2: operations whose result has lanes of another size than their operands: long, wide, narrow, across.

import { bit } from '../fields/bit-field.ts';
import { type Arm64Cpu, SCRATCH_VECTOR } from './arm64-cpu.ts';
import { type Arm64Operation, type Execute, type Prepare, unsupported } from './arm64-operation.ts';
import { floatReduction } from './vector-floats.ts';
import { polynomialProduct } from './vector-integers.ts';
import { putScratch, readLane, saturateSigned, saturateUnsigned, setLanes, sizeOf, writeLane } from './vector-lanes.ts';
import { scalarAddPair } from './vector-moves.ts';

type Long = (left: bigint, right: bigint, old: bigint, width: number) => bigint;
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** Twice a product, saturated. */
const doubled = (left: bigint, right: bigint, width: number): bigint => saturateSigned(2n * left * right, width);

/** By the name without its sign; `width` is that of the result. */
const LONG: Readonly<Record<string, Long | undefined>> = {
  addl: (left, right) => left + right,
  subl: (left, right) => left - right,
  abdl: (left, right) => absolute(left - right),
  abal: (left, right, old) => old + absolute(left - right),
  mull: (left, right) => left * right,
  mlal: (left, right, old) => old + left * right,
  mlsl: (left, right, old) => old - left * right,
  addw: (left, right) => left + right,
  subw: (left, right) => left - right,
};
const LONG_DOUBLED: Readonly<Record<string, Long | undefined>> = {
  sqdmull: (left, right, _, width) => doubled(left, right, width),
  sqdmlal: (left, right, old, width) => saturateSigned(old + doubled(left, right, width), width),
  sqdmlsl: (left, right, old, width) => saturateSigned(old - doubled(left, right, width), width),
};

/** `sumlal~2`: the operation without what chooses the upper halves. */
const baseName = (operation: string): string => operation.replace('~2', '');

interface LongForm {
  readonly combine: Long;
  readonly isSigned: boolean;
  /** The first operand is as wide as the result. */
  readonly isWide: boolean;
}

function longForm(operation: string): LongForm | undefined {
  const name = baseName(operation);
  const doubling = LONG_DOUBLED[name];
  if (doubling) return { combine: doubling, isSigned: true, isWide: false };
  const combine = LONG[name.slice(1)];
  return combine && { combine, isSigned: name.startsWith('s'), isWide: name.endsWith('w') };
}

/** Lanes of the lower halves, or the upper ones where Q is set; `element` is a lane of Vm, -1 for all. */
function long({ combine, isSigned, isWide }: LongForm, element: number): Execute {
  return (cpu, op) => {
    const { vd, vn, vm, size, lanes, shift } = op;
    for (let lane = 0; lane < lanes; lane++) {
      const left = isWide ? readLane(cpu, vn, lane, size + 1, isSigned) : readLane(cpu, vn, lane + shift, size, isSigned);
      const right = readLane(cpu, vm, element < 0 ? lane + shift : element, size, isSigned);
      const old = readLane(cpu, vd, lane, size + 1, isSigned);
      writeLane(cpu, SCRATCH_VECTOR, lane, size + 1, combine(left, right, old, 16 << size));
    }
    putScratch(cpu, vd, lanes << (size + 1));
  };
}

/** Lanes of 64 bits of sources; `shift` is the first of them. Scalars have one. */
function setLongLanes(op: Arm64Operation, word: number): void {
  const isScalar = bit(word, 28) === 1;
  op.size = sizeOf(word);
  op.lanes = isScalar ? 1 : 8 >> op.size;
  op.shift = !isScalar && bit(word, 30) === 1 ? op.lanes : 0;
}

/** ADDHN and its kin: the upper halves of sums, rounded or not. */
const NARROW_HIGH: Readonly<Record<string, readonly [sign: bigint, rounds: boolean]>> = {
  addhn: [1n, false],
  raddhn: [1n, true],
  subhn: [-1n, false],
  rsubhn: [-1n, true],
};

/** A narrow result goes to the lower half, or to the upper one where Q is set. */
export function putNarrow(cpu: Arm64Cpu, { vd, word }: Arm64Operation): void {
  const { vectorWords } = cpu;
  const scratch = SCRATCH_VECTOR * 4;
  if (bit(word, 28) === 0 && bit(word, 30) === 1) {
    vectorWords[vd * 4 + 2] = vectorWords[scratch]!;
    vectorWords[vd * 4 + 3] = vectorWords[scratch + 1]!;
  } else cpu.setVector64(vd, vectorWords[scratch]!, vectorWords[scratch + 1]!);
}

/** Lanes of twice the size of Vn become lanes of the operation's size. Scalars have one. */
export function narrow(change: (value: bigint, width: number) => bigint, isSigned: boolean): Execute {
  return (cpu, op) => {
    const { vn, size, word } = op;
    const isScalar = bit(word, 28) === 1;
    const lanes = isScalar ? 1 : 8 >> size;
    if (isScalar) cpu.unsigned64[SCRATCH_VECTOR * 2] = 0n;
    for (let lane = 0; lane < lanes; lane++)
      writeLane(cpu, SCRATCH_VECTOR, lane, size, change(readLane(cpu, vn, lane, size + 1, isSigned), 8 << size));
    putNarrow(cpu, op);
  };
}

function narrowHigh([sign, rounds]: readonly [bigint, boolean]): Execute {
  return (cpu, op) => {
    const { vn, vm, size } = op;
    const width = BigInt(8 << size);
    for (let lane = 0; lane < 8 >> size; lane++) {
      const sum = readLane(cpu, vn, lane, size + 1, false) + sign * readLane(cpu, vm, lane, size + 1, false);
      writeLane(cpu, SCRATCH_VECTOR, lane, size, (sum + (rounds ? 1n << (width - 1n) : 0n)) >> width);
    }
    putNarrow(cpu, op);
  };
}

/** PMULL: of bytes, or of one doubleword into 128 bits. */
const polynomialLong: Execute = (cpu, { vd, vn, vm, size, lanes, shift }) => {
  if (size === 3) {
    const product = polynomialProduct(cpu.unsigned64[vn * 2 + shift]!, cpu.unsigned64[vm * 2 + shift]!);
    cpu.unsigned64[vd * 2] = product;
    cpu.unsigned64[vd * 2 + 1] = product >> 64n;
    return;
  }
  for (let lane = 0; lane < lanes; lane++) {
    const product = polynomialProduct(readLane(cpu, vn, lane + shift, 0, false), readLane(cpu, vm, lane + shift, 0, false));
    writeLane(cpu, SCRATCH_VECTOR, lane, 1, product);
  }
  putScratch(cpu, vd, 16);
};

const threeDifferent: Prepare = (op, word, operation) => {
  setLongLanes(op, word);
  const name = baseName(operation);
  if (name === 'pmull') return polynomialLong;
  const high = NARROW_HIGH[name];
  if (high) return narrowHigh(high);
  const form = longForm(operation);
  return form ? long(form, -1) : unsupported;
};

/** A multiplication of long lanes by one element: its register and number. */
export const longByElement: Prepare = (op, word, operation) => {
  const form = longForm(operation);
  if (!form) return unsupported;
  setLongLanes(op, word);
  return long(form, elementOf(word));
};

/** The lane that H, L and M name, in halfwords (size 1) or words. */
export const elementOf = (word: number): number => {
  const index = (bit(word, 11) << 1) | bit(word, 21);
  return sizeOf(word) === 1 ? (index << 1) | bit(word, 20) : index;
};

/** Reductions, and whether their result has twice the size. */
const ACROSS: Readonly<Record<string, readonly [combine: (left: number, right: number) => number, isSigned: boolean, isLong: boolean]>> = {
  addv: [(left, right) => left + right, false, false],
  saddlv: [(left, right) => left + right, true, true],
  uaddlv: [(left, right) => left + right, false, true],
  smaxv: [(left, right) => Math.max(left, right), true, false],
  umaxv: [(left, right) => Math.max(left, right), false, false],
  sminv: [(left, right) => Math.min(left, right), true, false],
  uminv: [(left, right) => Math.min(left, right), false, false],
};

const across: Prepare = (op, word, operation) => {
  const found = ACROSS[operation];
  if (!found) return floatReduction(op, word, operation);
  const [combine, isSigned, isLong] = found;
  setLanes(op, word, sizeOf(word));
  return (cpu, { vd, vn, size, lanes }) => {
    const view = (isSigned ? cpu.signed : cpu.unsigned)[size]!;
    const first = vn * (16 >> size);
    let result = view[first]!;
    for (let lane = 1; lane < lanes; lane++) result = combine(result, view[first + lane]!);
    const resultSize = size + (isLong ? 1 : 0);
    if (resultSize === 3) cpu.signed64[SCRATCH_VECTOR * 2] = BigInt(result);
    else cpu.unsigned[resultSize]![SCRATCH_VECTOR * (16 >> resultSize)] = result;
    putScratch(cpu, vd, 1 << resultSize);
  };
};

const NARROWS: Readonly<Record<string, Execute>> = {
  xtn: narrow((value) => value, false),
  sqxtn: narrow(saturateSigned, true),
  uqxtn: narrow(saturateUnsigned, false),
  sqxtun: narrow(saturateUnsigned, true),
};
/** XTN, SQXTN, UQXTN and SQXTUN. */
export const narrowing = (operation: string): Execute | undefined => NARROWS[baseName(operation)];

export const VECTOR_WIDTHS: Readonly<Record<string, Prepare>> = {
  vectorThreeDifferent: threeDifferent,
  scalarThreeDifferent: threeDifferent,
  vectorAcross: across,
  scalarPairwise: (op, word, operation) => (operation === 'addp' ? scalarAddPair : floatReduction(op, word, operation)),
};
