// Arm ARM C7.2: conversions between integers, fixed-point numbers, and floating-point numbers of different precision.

import { bits } from '../fields/bit-field.ts';
import type { Arm64Cpu } from './arm64-cpu.ts';
import { bigRegister, type Execute, isWide, type Prepare, unsupported } from './arm64-operation.ts';
import { clearBehindSingle, halfBits, halfValue, ROUNDING, type Round } from './float-values.ts';

const HIGH = 2 ** 32;

/** The least and the largest number of an integer of so many bits. */
const limitsOf = (width: number, isSigned: boolean): readonly [number, number] =>
  isSigned ? [-(2 ** (width - 1)), 2 ** (width - 1)] : [0, 2 ** width];

/** FPToFixed: saturated to 32 bits; a NaN gives 0. */
export function toInteger32(value: number, round: Round, isSigned: boolean): number {
  const rounded = round(value);
  const [least, beyond] = limitsOf(32, isSigned);
  if (Number.isNaN(rounded)) return 0;
  return rounded < least ? least : rounded >= beyond ? beyond - 1 : rounded;
}

/** The same to 64 bits. */
export function toInteger64(value: number, round: Round, isSigned: boolean): bigint {
  const rounded = round(value);
  const [least, beyond] = limitsOf(64, isSigned);
  if (Number.isNaN(rounded)) return 0n;
  if (rounded < least) return BigInt(least);
  return rounded >= beyond ? BigInt(beyond) - 1n : BigInt(rounded);
}

/** The single nearest to an integer of 64 bits: what a double cannot hold only says that it is there. */
export function singleOfBig(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  if (magnitude < 1n << 53n) return Math.fround(Number(value));
  const kept = (magnitude >> 16n) << 16n;
  const sticky = kept === magnitude ? kept : kept | (1n << 16n);
  return Math.fround(Number(value < 0n ? -sticky : sticky));
}

const valueIn = (cpu: Arm64Cpu, register: number, isDouble: boolean): number =>
  isDouble ? cpu.doubles[register * 2]! : cpu.singles[register * 4]!;

function putFloat(cpu: Arm64Cpu, register: number, value: number, isDouble: boolean): void {
  if (isDouble) {
    cpu.doubles[register * 2] = value;
    cpu.clearUpper(register);
  } else {
    cpu.singles[register * 4] = value;
    clearBehindSingle(cpu, register);
  }
}

/** FCVTNS and its kin: `scale` is two to the number of fraction bits. */
function fromFloat(word: number, operation: string, scale: number): Execute {
  const isDouble = bits(word, 22, 2) === 1;
  const round = ROUNDING[operation[4] ?? '']!;
  const isSigned = operation.endsWith('s');
  if (!isWide(word))
    return (cpu, { d, vn }) => {
      cpu.words[d] = toInteger32(valueIn(cpu, vn, isDouble) * scale, round, isSigned);
      cpu.words[d + 1] = 0;
    };
  return (cpu, { d, vn }) => {
    const rounded = round(valueIn(cpu, vn, isDouble) * scale);
    if (Math.abs(rounded) < 2 ** 53 && (isSigned || rounded >= 0)) {
      cpu.words[d] = rounded;
      cpu.words[d + 1] = Math.floor(rounded / HIGH);
      return;
    }
    const value = toInteger64(rounded, round, isSigned);
    cpu.words[d] = Number(BigInt.asIntN(32, value));
    cpu.words[d + 1] = Number(BigInt.asIntN(32, value >> 32n));
  };
}

/** SCVTF and UCVTF. */
function toFloat(word: number, operation: string, scale: number): Execute {
  const isDouble = bits(word, 22, 2) === 1;
  const isSigned = operation === 'scvtf';
  const isLong = isWide(word);
  return (cpu, { n, vd }) => {
    const { words } = cpu;
    const low = words[n]!;
    if (!isLong) putFloat(cpu, vd, (isSigned ? low : low >>> 0) * scale, isDouble);
    else if (isDouble) putFloat(cpu, vd, ((isSigned ? words[n + 1]! : words[n + 1]! >>> 0) * HIGH + (low >>> 0)) * scale, true);
    else {
      const value = bigRegister(cpu, n);
      putFloat(cpu, vd, singleOfBig(isSigned ? BigInt.asIntN(64, value) : value) * scale, false);
    }
  };
}

/** FMOV between the two kinds of registers. */
function moveBits(word: number): Execute {
  const isToGeneral = bits(word, 16, 1) === 0;
  if (bits(word, 22, 2) === 3) return unsupported;
  // To or from the upper half.
  if (bits(word, 22, 2) === 2)
    return isToGeneral
      ? ({ words, vectorWords }, { d, vn }) => {
          words[d] = vectorWords[vn * 4 + 2]!;
          words[d + 1] = vectorWords[vn * 4 + 3]!;
        }
      : ({ words, vectorWords }, { n, vd }) => {
          vectorWords[vd * 4 + 2] = words[n]!;
          vectorWords[vd * 4 + 3] = words[n + 1]!;
        };
  const isLong = isWide(word);
  if (!isToGeneral) return (cpu, { n, vd }) => cpu.setVector64(vd, cpu.words[n]!, isLong ? cpu.words[n + 1]! : 0);
  return ({ words, vectorWords }, { d, vn }) => {
    words[d] = vectorWords[vn * 4]!;
    words[d + 1] = isLong ? vectorWords[vn * 4 + 1]! : 0;
  };
}

const isHalf = (word: number): boolean => bits(word, 22, 2) === 3;

const floatInteger: Prepare = (_, word, operation) => {
  if (operation === 'fmov') return moveBits(word);
  if (isHalf(word) || operation === 'fjcvtzs') return unsupported;
  return operation.endsWith('cvtf') ? toFloat(word, operation, 1) : fromFloat(word, operation, 1);
};

const floatFixed: Prepare = (_, word, operation) => {
  if (isHalf(word)) return unsupported;
  const fraction = 64 - bits(word, 10, 6);
  return operation.endsWith('cvtf') ? toFloat(word, operation, 2 ** -fraction) : fromFloat(word, operation, 2 ** fraction);
};

/** A number and the bits of a NaN: sign, and the upper 51 bits of the fraction behind the quiet bit, which all precisions share from the top. */
interface Unpacked {
  readonly value: number;
  readonly sign: number;
  readonly payload: bigint;
}

function unpack({ vectorWords, singles, doubles }: Arm64Cpu, register: number, type: number): Unpacked {
  const low = vectorWords[register * 4]!;
  const high = vectorWords[register * 4 + 1]!;
  if (type === 1) return { value: doubles[register * 2]!, sign: high >>> 31, payload: (BigInt(high & 0x7ffff) << 32n) | BigInt(low >>> 0) };
  if (type === 0) return { value: singles[register * 4]!, sign: low >>> 31, payload: BigInt(low & 0x3fffff) << 29n };
  const hasNoValue = (low & 0x7c00) === 0x7c00 && (low & 0x3ff) !== 0;
  return { value: hasNoValue ? Number.NaN : halfValue(low & 0xffff), sign: (low >>> 15) & 1, payload: BigInt(low & 0x1ff) << 42n };
}

function packNaN(cpu: Arm64Cpu, register: number, { sign, payload }: Unpacked, type: number): void {
  if (type === 1) cpu.setVector64(register, Number(BigInt.asIntN(32, payload)), (sign << 31) | 0x7ff80000 | Number(payload >> 32n));
  else if (type === 0) cpu.setVector64(register, (sign << 31) | 0x7fc00000 | Number(payload >> 29n), 0);
  else cpu.setVector64(register, (sign << 15) | 0x7e00 | Number(payload >> 42n), 0);
}

/** FCVT between half, single and double precision. */
export const convertPrecision: Prepare = (_, word) => {
  const [from, to] = [bits(word, 22, 2), bits(word, 15, 2)];
  return (cpu, { vd, vn }) => {
    const unpacked = unpack(cpu, vn, from);
    if (Number.isNaN(unpacked.value)) packNaN(cpu, vd, unpacked, to);
    else if (to === 3) cpu.setVector64(vd, halfBits(unpacked.value), 0);
    else putFloat(cpu, vd, unpacked.value, to === 1);
  };
};

export const FLOAT_CONVERSIONS: Readonly<Record<string, Prepare>> = { floatInteger, floatFixed };
