// Arm ARM C6.2 and C7.2: the integer and floating-point instructions that small functions and the loader's own code are made of.

import { bitsFromFloat, floatFromBits } from '../processor/float-bits.ts';
import { UnknownInstruction } from '../processor/unknown-instruction.ts';
import type { Arm64State } from './arm64-state.ts';

/** An instruction word with the fields that most encodings share. */
interface Word {
  readonly word: number;
  /** Rd or Rt. */
  readonly target: number;
  /** Rn. */
  readonly base: number;
  /** Rm. */
  readonly other: number;
  /** The sf bit: registers of 64 bits. */
  readonly bits: 32 | 64;
}

type Execute = (state: Arm64State, word: Word) => void;

/** Instructions of a class have these bits in common. */
interface InstructionClass {
  readonly mask: number;
  readonly value: number;
  readonly execute: Execute;
}

const field = (word: number, shift: number, bits: number): number => (word >>> shift) & ((1 << bits) - 1);
const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);
const isNegative = (value: bigint, bits: 32 | 64): boolean => BigInt.asIntN(bits, value) < 0n;

/** AddWithCarry, with the flags of SUBS where `subtract` is set. */
function addition({ flags }: Arm64State, left: bigint, right: bigint, subtract: boolean, bits: 32 | 64, setFlags: boolean): bigint {
  const operand = BigInt.asUintN(bits, subtract ? ~right : right);
  const full = BigInt.asUintN(bits, left) + operand + (subtract ? 1n : 0n);
  const result = BigInt.asUintN(bits, full);
  if (setFlags) {
    flags.negative = isNegative(result, bits);
    flags.zero = result === 0n;
    flags.carry = full !== result;
    flags.overflow = isNegative(left, bits) === isNegative(operand, bits) && isNegative(result, bits) !== isNegative(left, bits);
  }
  return result;
}

const addImmediate: Execute = (state, { word, target, base, bits }) => {
  const value = BigInt(field(word, 10, 12)) << (field(word, 22, 1) ? 12n : 0n);
  const setFlags = field(word, 29, 1) === 1;
  const result = addition(state, state.base(base), value, field(word, 30, 1) === 1, bits, setFlags);
  if (setFlags) state.setRegister(target, result, bits);
  else state.setBase(target, result, bits);
};

const addRegister: Execute = (state, { word, target, base, other, bits }) => {
  if (field(word, 22, 2) !== 0) throw new UnknownInstruction();
  const right = BigInt.asUintN(bits, state.register(other) << BigInt(field(word, 10, 6)));
  const result = addition(state, state.register(base), right, field(word, 30, 1) === 1, bits, field(word, 29, 1) === 1);
  state.setRegister(target, result, bits);
};

/** AND, ORR, EOR and ANDS; MOV between registers is an ORR with the zero register. */
const logicalRegister: Execute = (state, { word, target, base, other, bits }) => {
  if (field(word, 21, 3) !== 0) throw new UnknownInstruction();
  const right = BigInt.asUintN(bits, state.register(other) << BigInt(field(word, 10, 6)));
  const left = BigInt.asUintN(bits, state.register(base));
  const operation = field(word, 29, 2);
  const result = operation === 1 ? left | right : operation === 2 ? left ^ right : left & right;
  if (operation === 3)
    Object.assign(state.flags, { negative: isNegative(result, bits), zero: result === 0n, carry: false, overflow: false });
  state.setRegister(target, result, bits);
};

const MOVN = 0;
const MOVK = 3;

const moveWide: Execute = (state, { word, target, bits }) => {
  const shift = BigInt(field(word, 21, 2) * 16);
  const value = BigInt(field(word, 5, 16)) << shift;
  const operation = field(word, 29, 2);
  const kept = operation === MOVK ? state.register(target) & ~(0xffffn << shift) : 0n;
  state.setRegister(target, operation === MOVN ? ~value : kept | value, bits);
};

const address: Execute = (state, { word, target }) => {
  const offset = signed((field(word, 5, 19) << 2) | field(word, 29, 2), 21);
  const isPage = field(word, 31, 1) === 1;
  const from = BigInt(state.ip);
  state.setRegister(target, isPage ? (from & ~0xfffn) + BigInt(offset) * 0x1000n : from + BigInt(offset), 64);
};

const BRANCH_LINK = 30;

const branch: Execute = (state, { word }) => {
  if (field(word, 31, 1)) state.registers[BRANCH_LINK] = BigInt(state.ip + 4);
  state.ip += signed(field(word, 0, 26), 26) * 4 - 4;
};

/** BR, BLR and RET. */
const branchRegister: Execute = (state, { word, base }) => {
  const target = state.register(base);
  if (field(word, 21, 2) === 1) state.registers[BRANCH_LINK] = BigInt(state.ip + 4);
  state.ip = Number(target) - 4;
};

const compareBranch: Execute = (state, { word, target, bits }) => {
  const isZero = BigInt.asUintN(bits, state.register(target)) === 0n;
  if (isZero !== (field(word, 24, 1) === 1)) state.ip += signed(field(word, 5, 19), 19) * 4 - 4;
};

function holds({ flags }: Arm64State, condition: number): boolean {
  const { negative, zero, carry, overflow } = flags;
  const values = [zero, carry, negative, overflow, carry && !zero, negative === overflow, negative === overflow && !zero, true];
  const value = values[condition >> 1]!;
  return condition < 14 && condition & 1 ? !value : value;
}

const conditionalBranch: Execute = (state, { word }) => {
  if (holds(state, field(word, 0, 4))) state.ip += signed(field(word, 5, 19), 19) * 4 - 4;
};

/** CSEL, CSINC, CSINV and CSNEG. */
const conditionalSelect: Execute = (state, { word, target, base, other, bits }) => {
  const right = state.register(other);
  const inverted = field(word, 30, 1) ? ~right : right;
  const otherwise = inverted + BigInt(field(word, 10, 1));
  state.setRegister(target, holds(state, field(word, 12, 4)) ? state.register(base) : otherwise, bits);
};

/** Bytes of a load or store, and whether it is one of vector registers. */
function accessSize(word: number): { readonly bytes: number; readonly isVector: boolean } {
  const isVector = field(word, 26, 1) === 1;
  const size = field(word, 30, 2);
  return { bytes: isVector && field(word, 23, 1) ? 16 : 1 << size, isVector };
}

function access(state: Arm64State, { word, target }: Word, at: bigint): void {
  const { bytes, isVector } = accessSize(word);
  const operation = field(word, 22, 2);
  const isLoad = isVector ? (operation & 1) === 1 : operation !== 0;
  if (!isLoad) {
    const value = isVector ? state.vectors[target]! : state.register(target);
    state.write(at, value, bytes);
    return;
  }
  const value = state.read(at, bytes);
  if (isVector) state.vectors[target] = value;
  else if (operation < 2) state.setRegister(target, value, 64);
  else state.setRegister(target, BigInt.asIntN(bytes * 8, value), operation === 2 ? 64 : 32);
}

const accessUnsigned: Execute = (state, instruction) => {
  const { bytes } = accessSize(instruction.word);
  access(state, instruction, state.base(instruction.base) + BigInt(field(instruction.word, 10, 12) * bytes));
};

const PRE_INDEX = 3;
const POST_INDEX = 1;

/** Unscaled, pre- and post-indexed. */
const accessIndexed: Execute = (state, instruction) => {
  const mode = field(instruction.word, 10, 2);
  const moved = state.base(instruction.base) + BigInt(signed(field(instruction.word, 12, 9), 9));
  access(state, instruction, mode === POST_INDEX ? state.base(instruction.base) : moved);
  if (mode === POST_INDEX || mode === PRE_INDEX) state.setBase(instruction.base, moved);
};

const loadLiteral: Execute = (state, { word, target }) => {
  const at = BigInt(state.ip + signed(field(word, 5, 19), 19) * 4);
  state.setRegister(target, state.read(at, field(word, 30, 1) ? 8 : 4), 64);
};

/** STP and LDP of 64-bit registers: offset, pre- and post-indexed. */
const pair: Execute = (state, { word, target, base }) => {
  const mode = field(word, 23, 2);
  const second = field(word, 10, 5);
  const moved = state.base(base) + BigInt(signed(field(word, 15, 7), 7) * 8);
  const at = mode === 1 ? state.base(base) : moved;
  if (field(word, 22, 1)) {
    state.setRegister(target, state.read(at, 8), 64);
    state.setRegister(second, state.read(at + 8n, 8), 64);
  } else {
    state.write(at, state.register(target), 8);
    state.write(at + 8n, state.register(second), 8);
  }
  if (mode !== 2) state.setBase(base, moved);
};

/** FADD and FSUB of scalars. */
const floatSum: Execute = (state, { word, target, base, other }) => {
  const size = field(word, 22, 2) === 0 ? 4 : 8;
  const [left, right] = [floatFromBits(state.vectors[base]!, size), floatFromBits(state.vectors[other]!, size)];
  state.vectors[target] = bitsFromFloat(field(word, 12, 1) ? left - right : left + right, size);
};

/** FMOV from a general register: the zero register clears. */
const floatFromGeneral: Execute = (state, { target, base, bits }) => {
  state.vectors[target] = BigInt.asUintN(bits, state.register(base));
};

const CLASSES: readonly InstructionClass[] = [
  { mask: 0x1f800000, value: 0x11000000, execute: addImmediate },
  { mask: 0x1f200000, value: 0x0b000000, execute: addRegister },
  { mask: 0x1f200000, value: 0x0a000000, execute: logicalRegister },
  { mask: 0x1f800000, value: 0x12800000, execute: moveWide },
  { mask: 0x1f000000, value: 0x10000000, execute: address },
  { mask: 0x7c000000, value: 0x14000000, execute: branch },
  { mask: 0xff9ffc1f, value: 0xd61f0000, execute: branchRegister },
  { mask: 0x7e000000, value: 0x34000000, execute: compareBranch },
  { mask: 0xff000010, value: 0x54000000, execute: conditionalBranch },
  { mask: 0x3fe00800, value: 0x1a800000, execute: conditionalSelect },
  { mask: 0x3b000000, value: 0x39000000, execute: accessUnsigned },
  { mask: 0x3b200000, value: 0x38000000, execute: accessIndexed },
  { mask: 0xbf000000, value: 0x18000000, execute: loadLiteral },
  { mask: 0xfe000000, value: 0xa8000000, execute: pair },
  { mask: 0xff20ec00, value: 0x1e202800, execute: floatSum },
  { mask: 0x7f3ffc00, value: 0x1e270000, execute: floatFromGeneral },
];

const NOP = 0xd503201f;

/** One instruction. @throws NativeFault, UnknownInstruction */
export function executeArm64(state: Arm64State): void {
  const word = state.instruction();
  if (word !== NOP) {
    const found = CLASSES.find(({ mask, value }) => (word & mask) >>> 0 === value >>> 0);
    if (!found) throw new UnknownInstruction();
    found.execute(state, {
      word,
      target: field(word, 0, 5),
      base: field(word, 5, 5),
      other: field(word, 16, 5),
      bits: word >>> 31 ? 64 : 32,
    });
  }
  state.ip += 4;
}
