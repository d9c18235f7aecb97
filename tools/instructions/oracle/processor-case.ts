// The layout of `struct Case` in oracle.c, and how a case comes about from a seed.

import type { DecodedInstruction } from '@ijw/machine/instructions';
import { extendedOfDouble } from '../../../packages/machine/src/instructions/x86/interpreter/extended-precision.ts';
import { Random } from '../code-sections.ts';
import { integer, pick, vectorWord } from './case-values.ts';
import { type AnswerLayout, words } from './recorded-cases.ts';

export const CASE_SIZE = 944;
const CODE = 2;
const ADDRESS = 24;
export const REGISTERS = 32;
export const FLAGS = 160;
export const FX = 176;
export const MEMORY = 688;
export const MEMORY_SIZE = 256;
/** Of `fxsave`: SDM volume 1, 10.5.1. */
export const FX_X87 = FX + 32;
export const FX_XMM = FX + 160;

/** Where oracle.c puts its pages. */
export const DATA_BASE = { 32: 0x5000_0000, 64: 0x1_5000_0000 } as const;
export const CODE_BASE = { 32: 0x6000_0000, 64: 0x1_6000_0000 } as const;
export const DATA_SIZE = 0x2000;
/** Where `memory` lies in the data pages: across the border of the two. */
export const MEMORY_OFFSET = 0xf80;

const X87_VALUES = [0, -0, 1, -1, 0.5, 2, 3.25, -7.75, 1e10, -1e15, 123456.789, 2 ** 40 + 0.5, Number.POSITIVE_INFINITY] as const;

function setX87(random: Random, view: DataView): void {
  const depth = random.below(9);
  const top = (8 - depth) & 7;
  view.setUint16(FX, 0x027f, true);
  view.setUint16(FX + 2, top << 11, true);
  let tags = 0;
  for (let index = 0; index < depth; index++) {
    tags |= 1 << ((top + index) & 7);
    const value = random.below(3) ? (random.below(20000) - 10000) * 2 ** (random.below(30) - 15) : pick(random, X87_VALUES);
    const { significand, word: signAndExponent } = extendedOfDouble(value);
    view.setBigUint64(FX_X87 + index * 16, significand, true);
    view.setUint16(FX_X87 + index * 16 + 8, signAndExponent, true);
  }
  view.setUint8(FX + 4, tags);
}

const FLAG_BITS = [0x1, 0x4, 0x10, 0x40, 0x80, 0x800] as const;

/** Where a memory operand shall lie: nearly always in `memory`, at times across the end of the pages. */
function place(random: Random): number {
  if (random.below(24) === 0) return DATA_SIZE - random.below(17);
  const at = MEMORY_OFFSET + 64 + random.below(128);
  return random.below(4) ? at - (at % 16) : at;
}

const STRING_OPERATIONS = /^(rep|repe|repne )?\s*(movs|stos|lods|cmps|scas)/;

/** Gives the registers that address memory values that lead into the data pages. */
function aim(random: Random, view: DataView, instruction: DecodedInstruction, mnemonic: string): void {
  const { base, index, scale, displacement, isMemory, is64Bit } = instruction;
  const data = BigInt(DATA_BASE[is64Bit ? 64 : 32]);
  const set = (register: number, value: bigint): void =>
    view.setBigUint64(REGISTERS + register * 8, BigInt.asUintN(is64Bit ? 64 : 32, value), true);
  set(4, data + BigInt(MEMORY_OFFSET + 128 + random.below(8) * 8));
  if (mnemonic.startsWith('leave')) set(5, data + BigInt(MEMORY_OFFSET + 64));
  if (mnemonic.startsWith('xlat')) set(3, data + BigInt(MEMORY_OFFSET - 64));
  if (STRING_OPERATIONS.test(mnemonic) || mnemonic.startsWith('maskmov')) {
    const repeats = mnemonic.startsWith('rep');
    set(6, data + BigInt(MEMORY_OFFSET + 96 + random.below(64)));
    set(7, data + BigInt(random.below(16) ? MEMORY_OFFSET + 96 + random.below(64) : DATA_SIZE - random.below(20)));
    if (repeats) set(1, BigInt(random.below(9)));
  }
  if (!isMemory || base < 0) return;
  let offset = 0n;
  if (index >= 0) {
    const value = BigInt(random.below(16));
    set(index, value);
    offset = value * BigInt(scale);
  }
  set(base, data + BigInt(place(random)) - BigInt(displacement) - offset);
}

/** Fills a case: registers, flags, vectors, x87 stack and memory from a seed. */
export function fillCase(bytes: Uint8Array, code: Uint8Array, instruction: DecodedInstruction, mnemonic: string, seed: number): void {
  const random = new Random(seed);
  const view = new DataView(bytes.buffer, bytes.byteOffset, CASE_SIZE);
  bytes.fill(0);
  bytes[0] = code.length;
  bytes.set(code, CODE);
  for (let register = 0; register < (instruction.is64Bit ? 16 : 8); register++) {
    const value = integer(random);
    view.setBigUint64(REGISTERS + register * 8, instruction.is64Bit ? value : value & 0xffffffffn, true);
  }
  if (/^(sh|sa|ro|rc)/.test(mnemonic) && random.below(2)) view.setUint8(REGISTERS + 8, random.below(70));
  // Bit strings in memory begin near their operand.
  if (/\bbt[src]?$/.test(mnemonic) && instruction.isMemory)
    view.setBigInt64(REGISTERS + instruction.reg * 8, BigInt(random.below(600) - 300) & (instruction.is64Bit ? -1n : 0xffffffffn), true);
  let flags = 0x202;
  for (const bit of FLAG_BITS) if (random.below(2)) flags |= bit;
  if (STRING_OPERATIONS.test(mnemonic) && random.below(4) === 0) flags |= 0x400;
  view.setBigUint64(FLAGS, BigInt(flags), true);
  setX87(random, view);
  view.setUint32(FX + 24, 0x1f80, true);
  for (let at = 0; at < (instruction.is64Bit ? 256 : 128); at += 8) view.setBigUint64(FX_XMM + at, vectorWord(random), true);
  for (let at = 0; at < MEMORY_SIZE; at += 8) view.setBigUint64(MEMORY + at, vectorWord(random), true);
  aim(random, view, instruction, mnemonic);
}

export const faultAddressOf = (view: DataView): bigint => view.getBigUint64(ADDRESS, true);

/** What is kept of an answer: registers and flags, the head of the x87 state and its registers, xmm registers, memory. */
export const X86_ANSWER: AnswerLayout = {
  signal: 1,
  faultAddress: ADDRESS,
  kept: [...words(REGISTERS, FLAGS + 8), FX, ...words(FX_X87, FX_XMM), ...words(FX_XMM, FX_XMM + 256), ...words(MEMORY, CASE_SIZE)],
};
