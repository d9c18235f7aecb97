// SDM volume 1, 10.4.1, 11.4.1, 12.3 and 12.8: moves of vectors, their parts and their masks; shuffles.

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import { type Execute, type MicroOp, Reach } from './micro-op.ts';
import { get, get64, set, set64 } from './operand-access.ts';
import { copyVector, storeVector, vector } from './vector-access.ts';
import type { X86Cpu } from './x86-cpu.ts';

/** A move of 16 bytes. */
const moveAll =
  (isAligned: boolean): Execute =>
  (cpu, { first, second }) => {
    if (first.reach === Reach.memory) storeVector(cpu, first, second.register, isAligned);
    else copyVector(cpu, first.register, vector(cpu, second, isAligned));
  };

/** MOVSS and MOVSD: from memory the rest becomes zero, between registers it stays. */
const moveLow =
  (words: 1 | 2): Execute =>
  (cpu, { first, second }) => {
    if (first.reach === Reach.memory) {
      storeVector(cpu, first, second.register, false);
      return;
    }
    const isLoad = second.reach === Reach.memory;
    const source = vector(cpu, second);
    if (isLoad) copyVector(cpu, first.register, source);
    else for (let index = 0; index < words; index++) cpu.xmm32[first.register * 4 + index] = cpu.xmm32[source * 4 + index]!;
  };

/** MOVQ xmm: the upper half becomes zero. */
function moveQuad(cpu: X86Cpu, { first, second }: MicroOp): void {
  if (first.reach === Reach.memory) {
    storeVector(cpu, first, second.register, false);
    return;
  }
  const source = vector(cpu, second);
  const to = first.register * 2;
  cpu.xmm64[to] = cpu.xmm64[source * 2]!;
  cpu.xmm64[to + 1] = 0n;
}

/** MOVD and MOVQ between general and vector registers. */
const movd: Execute = (cpu, op) => {
  const { first, second } = op;
  if (first.reach === Reach.vector) {
    const low = second.size === 64 ? get64(cpu, second) : get(cpu, second);
    const high = second.size === 64 ? cpu.high : 0;
    const at = first.register * 4;
    cpu.xmm32[at] = low;
    cpu.xmm32[at + 1] = high;
    cpu.xmm32[at + 2] = cpu.xmm32[at + 3] = 0;
  } else if (second.reach === Reach.vector) {
    const at = second.register * 4;
    if (first.size === 64) set64(cpu, first, cpu.xmm32[at]!, cpu.xmm32[at + 1]!);
    else set(cpu, first, cpu.xmm32[at]!);
  } else throw new ProcessorSignal('unsupported');
};

/** MOVLPS, MOVHPS and the like: one half from or to memory. */
const moveHalf =
  (half: 0 | 1): Execute =>
  (cpu, { first, second }) => {
    if (first.reach === Reach.memory) storeVector(cpu, first, second.register, false, half * 2);
    else cpu.xmm64[first.register * 2 + half] = cpu.xmm64[vector(cpu, second) * 2]!;
  };

/** A vector made of words of the two operands: places 0 to 3 of the first, 4 to 7 of the second. */
function arrange(cpu: X86Cpu, op: MicroOp, places: readonly [number, number, number, number], isAligned = true): void {
  const { xmm32 } = cpu;
  const to = op.first.register * 4;
  const source = vector(cpu, op.second, isAligned) * 4;
  const at = (place: number): number => xmm32[place < 4 ? to + place : source + place - 4]!;
  const [a, b, c, d] = [at(places[0]), at(places[1]), at(places[2]), at(places[3])];
  xmm32[to] = a;
  xmm32[to + 1] = b;
  xmm32[to + 2] = c;
  xmm32[to + 3] = d;
}

const arranged =
  (...places: [number, number, number, number]): Execute =>
  (cpu, op) =>
    arrange(cpu, op, places);

const immediate = (op: MicroOp): number => op.third.value & 0xff;
const pair = (value: number, index: number): number => (value >> (index * 2)) & 3;

const pshufd: Execute = (cpu, op) => {
  const order = immediate(op);
  arrange(cpu, op, [4 + pair(order, 0), 4 + pair(order, 1), 4 + pair(order, 2), 4 + pair(order, 3)]);
};
const shufps: Execute = (cpu, op) => {
  const order = immediate(op);
  arrange(cpu, op, [pair(order, 0), pair(order, 1), 4 + pair(order, 2), 4 + pair(order, 3)]);
};
const shufpd: Execute = (cpu, op) => {
  const order = immediate(op);
  const [low, high] = [(order & 1) * 2, 4 + (order & 2)];
  arrange(cpu, op, [low, low + 1, high, high + 1]);
};

/** PSHUFLW and PSHUFHW. */
const shuffleWords =
  (half: 0 | 1): Execute =>
  (cpu, op) => {
    const order = immediate(op);
    const source = vector(cpu, op.second);
    const words = Array.from({ length: 8 }, (_, index) => {
      const isShuffled = index >> 2 === half;
      return cpu.xmm16[source * 8 + (isShuffled ? half * 4 + pair(order, index & 3) : index)]!;
    });
    cpu.xmm16.set(words, op.first.register * 8);
  };

const pshufb: Execute = (cpu, op) => {
  const mask = vector(cpu, op.second) * 16;
  const to = op.first.register * 16;
  const bytes = Array.from({ length: 16 }, (_, index) => {
    const control = cpu.xmm8[mask + index]!;
    return control & 0x80 ? 0 : cpu.xmm8[to + (control & 15)]!;
  });
  cpu.xmm8.set(bytes, to);
};

/** PUNPCK of bytes and words: elements of both operands in turn, of the low or the upper half. */
const interleave =
  (bytes: number, isHigh: boolean): Execute =>
  (cpu, op) => {
    const to = op.first.register * 16;
    const source = vector(cpu, op.second) * 16;
    const from = isHigh ? 8 : 0;
    const result = Array.from({ length: 16 }, (_, index) => {
      const element = Math.floor(index / (2 * bytes));
      const isSecond = Math.floor(index / bytes) % 2 === 1;
      return cpu.xmm8[(isSecond ? source : to) + from + element * bytes + (index % bytes)]!;
    });
    cpu.xmm8.set(result, to);
  };

const palignr: Execute = (cpu, op) => {
  const to = op.first.register * 16;
  const source = vector(cpu, op.second) * 16;
  const shift = immediate(op);
  const bytes = Array.from({ length: 16 }, (_, index) => {
    const at = index + shift;
    return at < 16 ? cpu.xmm8[source + at]! : at < 32 ? cpu.xmm8[to + at - 16]! : 0;
  });
  cpu.xmm8.set(bytes, to);
};

/** PSLLDQ and PSRLDQ: bytes. */
const shiftBytes =
  (isRight: boolean): Execute =>
  ({ xmm8 }, op) => {
    const to = op.first.register * 16;
    const shift = Math.min(16, op.second.value & 0xff);
    const bytes = Array.from({ length: 16 }, (_, index) => {
      const at = isRight ? index + shift : index - shift;
      return at >= 0 && at < 16 ? xmm8[to + at]! : 0;
    });
    xmm8.set(bytes, to);
  };

/** PINSR: an element from a general register or memory. */
const insert =
  (bytes: 1 | 2 | 4): Execute =>
  (cpu, op) => {
    const isWide = op.second.size === 64;
    const low = isWide ? get64(cpu, op.second) : get(cpu, op.second);
    const to = op.first.register * 16;
    if (isWide) {
      const at = to / 4 + (immediate(op) & 1) * 2;
      cpu.xmm32[at] = low;
      cpu.xmm32[at + 1] = cpu.high;
    } else if (bytes === 4) cpu.xmm32[to / 4 + (immediate(op) & 3)] = low;
    else if (bytes === 2) cpu.xmm16[to / 2 + (immediate(op) & 7)] = low;
    else cpu.xmm8[to + (immediate(op) & 15)] = low;
  };

/** PEXTR and EXTRACTPS. */
const extract =
  (bytes: 1 | 2 | 4): Execute =>
  (cpu, op) => {
    const from = op.second.register * 16;
    if (op.first.size === 64) {
      const at = from / 4 + (immediate(op) & 1) * 2;
      set64(cpu, op.first, cpu.xmm32[at]!, cpu.xmm32[at + 1]!);
    } else if (bytes === 4) set(cpu, op.first, cpu.xmm32[from / 4 + (immediate(op) & 3)]!);
    else if (bytes === 2) set(cpu, op.first, cpu.xmm16[from / 2 + (immediate(op) & 7)]! & 0xffff);
    else set(cpu, op.first, cpu.xmm8[from + (immediate(op) & 15)]!);
  };

/** PMOVMSKB, MOVMSKPS, MOVMSKPD: the signs of the elements. */
const signs =
  (bytes: number): Execute =>
  (cpu, op) => {
    const from = op.second.register * 16;
    let mask = 0;
    for (let index = 0; index < 16 / bytes; index++) mask |= (cpu.xmm8[from + (index + 1) * bytes - 1]! >> 7) << index;
    set(cpu, op.first, mask);
  };

/** PMOVSX and PMOVZX. */
const widen =
  (from: 1 | 2 | 4, to: 2 | 4 | 8, isSigned: boolean): Execute =>
  (cpu, op) => {
    const source = vector(cpu, op.second);
    const count = 16 / to;
    const values = Array.from({ length: count }, (_, index) => {
      if (from === 1) return isSigned ? (cpu.xmm8[source * 16 + index]! << 24) >> 24 : cpu.xmm8[source * 16 + index]!;
      if (from === 2) return isSigned ? cpu.xmm16[source * 8 + index]! : cpu.xmm16[source * 8 + index]! & 0xffff;
      return isSigned ? cpu.xmm32[source * 4 + index]! : cpu.xmm32[source * 4 + index]! >>> 0;
    });
    const register = op.first.register;
    for (const [index, value] of values.entries()) {
      if (to === 2) cpu.xmm16[register * 8 + index] = value;
      else if (to === 4) cpu.xmm32[register * 4 + index] = value;
      else cpu.xmm64[register * 2 + index] = BigInt(value);
    }
  };

/** BLENDPS, BLENDPD and PBLENDW: elements by the bits of an immediate. */
const blend =
  (bytes: 2 | 4 | 8): Execute =>
  (cpu, op) => {
    const source = vector(cpu, op.second) * 16;
    const to = op.first.register * 16;
    const mask = immediate(op);
    for (let index = 0; index < 16; index++) if ((mask >> Math.floor(index / bytes)) & 1) cpu.xmm8[to + index] = cpu.xmm8[source + index]!;
  };

/** BLENDVPS, BLENDVPD and PBLENDVB: elements by the signs of those of xmm0. */
const blendBySign =
  (bytes: 1 | 4 | 8): Execute =>
  (cpu, op) => {
    const source = vector(cpu, op.second) * 16;
    const to = op.first.register * 16;
    const chosen = Array.from({ length: 16 }, (_, index) => (cpu.xmm8[(Math.floor(index / bytes) + 1) * bytes - 1]! & 0x80) !== 0);
    for (let index = 0; index < 16; index++) if (chosen[index]) cpu.xmm8[to + index] = cpu.xmm8[source + index]!;
  };

const insertps: Execute = (cpu, op) => {
  const control = immediate(op);
  const isMemory = op.second.reach === Reach.memory;
  const source = vector(cpu, op.second) * 4 + (isMemory ? 0 : control >> 6);
  const value = cpu.xmm32[source]!;
  const to = op.first.register * 4;
  cpu.xmm32[to + ((control >> 4) & 3)] = value;
  for (let index = 0; index < 4; index++) if ((control >> index) & 1) cpu.xmm32[to + index] = 0;
};

/** MOVNTI and stores of vectors that do not go through the cache. */
const movnti: Execute = (cpu, op) => {
  if (op.first.size === 64) {
    const low = get64(cpu, op.second);
    set64(cpu, op.first, low, cpu.high);
  } else set(cpu, op.first, get(cpu, op.second));
};

export const SSE_MOVES: Readonly<Record<string, Execute>> = {
  movups: moveAll(false),
  movupd: moveAll(false),
  movdqu: moveAll(false),
  lddqu: moveAll(false),
  movaps: moveAll(true),
  movapd: moveAll(true),
  movdqa: moveAll(true),
  movntps: moveAll(true),
  movntpd: moveAll(true),
  movntdq: moveAll(true),
  movntdqa: moveAll(true),
  movss: moveLow(1),
  movsd: moveLow(2),
  movq: moveQuad,
  movd,
  movnti,
  movlps: moveHalf(0),
  movlpd: moveHalf(0),
  movhps: moveHalf(1),
  movhpd: moveHalf(1),
  movhlps: arranged(6, 7, 2, 3),
  movlhps: arranged(0, 1, 4, 5),
  movsldup: arranged(4, 4, 6, 6),
  movshdup: arranged(5, 5, 7, 7),
  movddup: arranged(4, 5, 4, 5),
  unpcklps: arranged(0, 4, 1, 5),
  unpckhps: arranged(2, 6, 3, 7),
  unpcklpd: arranged(0, 1, 4, 5),
  unpckhpd: arranged(2, 3, 6, 7),
  punpcklbw: interleave(1, false),
  punpckhbw: interleave(1, true),
  punpcklwd: interleave(2, false),
  punpckhwd: interleave(2, true),
  punpckldq: arranged(0, 4, 1, 5),
  punpckhdq: arranged(2, 6, 3, 7),
  punpcklqdq: arranged(0, 1, 4, 5),
  punpckhqdq: arranged(2, 3, 6, 7),
  pshufd,
  shufps,
  shufpd,
  pshuflw: shuffleWords(0),
  pshufhw: shuffleWords(1),
  pshufb,
  palignr,
  pslldq: shiftBytes(false),
  psrldq: shiftBytes(true),
  pinsrb: insert(1),
  pinsrw: insert(2),
  pinsrd: insert(4),
  pextrb: extract(1),
  pextrw: extract(2),
  pextrd: extract(4),
  extractps: extract(4),
  insertps,
  pmovmskb: signs(1),
  movmskps: signs(4),
  movmskpd: signs(8),
  pmovsxbw: widen(1, 2, true),
  pmovsxbd: widen(1, 4, true),
  pmovsxbq: widen(1, 8, true),
  pmovsxwd: widen(2, 4, true),
  pmovsxwq: widen(2, 8, true),
  pmovsxdq: widen(4, 8, true),
  pmovzxbw: widen(1, 2, false),
  pmovzxbd: widen(1, 4, false),
  pmovzxbq: widen(1, 8, false),
  pmovzxwd: widen(2, 4, false),
  pmovzxwq: widen(2, 8, false),
  pmovzxdq: widen(4, 8, false),
  blendps: blend(4),
  blendpd: blend(8),
  pblendw: blend(2),
  blendvps: blendBySign(4),
  blendvpd: blendBySign(8),
  pblendvb: blendBySign(1),
};
