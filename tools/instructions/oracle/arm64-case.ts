// The layout of `struct Case` in arm64-oracle.c, and how a case comes about from a seed.

import { arm64Row } from '@ijw/machine/instructions';
import { classOf, operationOf } from '../../../packages/machine/src/instructions/arm64/encodings.ts';
import { bit, bits, signedBits } from '../../../packages/machine/src/instructions/arm64/fields/bit-field.ts';
import { Random } from '../code-sections.ts';
import { integer, vectorWord } from './case-values.ts';
import { type AnswerLayout, words } from './recorded-cases.ts';

export const ARM64_CASE_SIZE = 1056;
export const SIGNAL = 4;
export const ADDRESS = 8;
export const REGISTERS = 16;
export const STACK_POINTER = 264;
export const NZCV = 272;
export const VECTORS = 288;
export const MEMORY = 800;
export const MEMORY_SIZE = 256;

/** Where arm64-oracle.c puts its pages, and `memory` in them: across the border of the two. */
export const DATA_BASE = 0x500_0000;
export const DATA_SIZE = 0x2000;
export const MEMORY_OFFSET = 0xf80;

export const ARM64_ANSWER: AnswerLayout = {
  signal: SIGNAL,
  faultAddress: ADDRESS,
  kept: words(REGISTERS, NZCV + 8).concat(words(VECTORS, ARM64_CASE_SIZE)),
};

/** Classes of the manual that access memory. */
const MEMORY_CLASSES =
  /^(exclusive|ordered|compareAndSwap|pair|unscaled|unprivileged|postIndexed|preIndexed|registerOffset|unsignedOffset|atomic|structures|singleStructures)$/;
const ALIGNED_CLASSES = /^(exclusive|ordered|compareAndSwap|atomic)$/;

export const accessesMemory = (word: number): boolean => MEMORY_CLASSES.test(classOf(arm64Row(word | 0)));

/** Where a memory operand shall lie: nearly always in `memory`, at times across the end of the pages. */
function place(random: Random, isAligned: boolean): number {
  if (random.below(24) === 0) return DATA_SIZE - (isAligned ? 16 : random.below(33));
  const at = MEMORY_OFFSET + 64 + random.below(96);
  return isAligned || random.below(4) ? at - (at % 16) : at;
}

/** Bytes of one register of a load or store with size, V and opc. */
const unitBytes = (word: number): number => 2 ** (bits(word, 30, 2) + (bit(word, 26) && bit(word, 23) ? 4 : 0));
const pairBytes = (word: number): number => (bit(word, 26) ? 4 << bits(word, 30, 2) : bit(word, 31) ? 8 : 4);

/** The distance of an access from its base register, without an index. */
function distanceOf(word: number, className: string): number {
  switch (className) {
    case 'unsignedOffset':
      return bits(word, 10, 12) * unitBytes(word);
    case 'unscaled':
    case 'unprivileged':
    case 'preIndexed':
      return signedBits(word, 12, 9);
    case 'pair':
      return bits(word, 23, 2) === 1 ? 0 : signedBits(word, 15, 7) * pairBytes(word);
    case 'ordered':
      return bits(word, 24, 6) === 0x19 ? signedBits(word, 12, 9) : 0;
    default:
      return 0;
  }
}

/** Gives the registers that address memory values that lead into the data pages. */
function aim(random: Random, view: DataView, word: number): void {
  const className = classOf(arm64Row(word | 0));
  const base = bits(word, 5, 5);
  let offset = distanceOf(word, className);
  if (className === 'registerOffset') {
    const index = random.below(16);
    view.setBigUint64(REGISTERS + bits(word, 16, 5) * 8, BigInt(index), true);
    offset = bit(word, 12) ? index * unitBytes(word) : index;
    if (bits(word, 16, 5) === 31) offset = 0;
  }
  const address = DATA_BASE + place(random, ALIGNED_CLASSES.test(className)) - offset;
  view.setBigUint64(base === 31 ? STACK_POINTER : REGISTERS + base * 8, BigInt.asUintN(64, BigInt(address)), true);
}

/** Fills a case: registers, flags, vectors and memory from a seed. */
export function fillArm64Case(bytes: Uint8Array, word: number, seed: number): void {
  const random = new Random(seed);
  const view = new DataView(bytes.buffer, bytes.byteOffset, ARM64_CASE_SIZE);
  bytes.fill(0);
  view.setUint32(0, word, true);
  for (let register = 0; register < 31; register++) view.setBigUint64(REGISTERS + register * 8, integer(random), true);
  view.setBigUint64(STACK_POINTER, BigInt(DATA_BASE + MEMORY_OFFSET + 64), true);
  view.setBigUint64(NZCV, BigInt(random.below(16)) << 28n, true);
  for (let at = VECTORS; at < ARM64_CASE_SIZE; at += 8) view.setBigUint64(at, vectorWord(random), true);
  if (accessesMemory(word)) aim(random, view, word);
  // Comparing and swapping mostly succeeds where the value is the one in memory.
  if (/^cas(?!p)/.test(operationOf(arm64Row(word | 0))) && random.below(2)) expectMemory(view, word);
}

function expectMemory(view: DataView, word: number): void {
  const base = bits(word, 5, 5);
  const address = Number(view.getBigUint64(base === 31 ? STACK_POINTER : REGISTERS + base * 8, true)) - DATA_BASE - MEMORY_OFFSET;
  const compared = bits(word, 16, 5);
  if (address >= 0 && address + 8 <= MEMORY_SIZE && compared !== 31 && compared !== base)
    view.setBigUint64(REGISTERS + compared * 8, view.getBigUint64(MEMORY + address, true), true);
}
