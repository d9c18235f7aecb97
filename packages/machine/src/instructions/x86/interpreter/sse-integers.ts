// SDM volume 1, 11.4.2, 12.5 to 12.12: integers in vectors.

import type { Execute } from './micro-op.ts';
import { Reach } from './micro-op.ts';
import { vector } from './vector-access.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

type Combine = (left: number, right: number) => number;
type CombineBig = (left: bigint, right: bigint) => bigint;

const signed8 = (value: number): number => (value << 24) >> 24;
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** One operation on 16 bytes without a sign. */
const bytes =
  (combine: Combine): Execute =>
  (cpu, op) => {
    const source = vector(cpu, op.second) * 16;
    const to = op.first.register * 16;
    for (let index = 0; index < 16; index++) cpu.xmm8[to + index] = combine(cpu.xmm8[to + index]!, cpu.xmm8[source + index]!);
  };

/** One operation on 8 words with a sign. */
const words =
  (combine: Combine): Execute =>
  (cpu, op) => {
    const source = vector(cpu, op.second) * 8;
    const to = op.first.register * 8;
    for (let index = 0; index < 8; index++) cpu.xmm16[to + index] = combine(cpu.xmm16[to + index]!, cpu.xmm16[source + index]!);
  };

/** One operation on 4 doublewords with a sign. */
const doublewords =
  (combine: Combine): Execute =>
  (cpu, op) => {
    const source = vector(cpu, op.second) * 4;
    const to = op.first.register * 4;
    for (let index = 0; index < 4; index++) cpu.xmm32[to + index] = combine(cpu.xmm32[to + index]!, cpu.xmm32[source + index]!);
  };

/** One operation on 2 quadwords with a sign. */
const quadwords =
  (combine: CombineBig): Execute =>
  (cpu, op) => {
    const source = vector(cpu, op.second) * 2;
    const to = op.first.register * 2;
    for (let index = 0; index < 2; index++) cpu.xmm64[to + index] = combine(cpu.xmm64[to + index]!, cpu.xmm64[source + index]!);
  };

const signedBytes = (combine: Combine): Execute => bytes((left, right) => combine(signed8(left), signed8(right)));
const unsignedWords = (combine: Combine): Execute => words((left, right) => combine(left & 0xffff, right & 0xffff));
const unsignedDoublewords = (combine: Combine): Execute => doublewords((left, right) => combine(left >>> 0, right >>> 0));

const truth = (holds: boolean): number => (holds ? -1 : 0);

/** The count of a shift: an immediate, or 64 bits of a vector. Counts that are too great are as good as `limit`. */
function shiftCount(cpu: X86Cpu, operand: Parameters<typeof vector>[1], limit: number): number {
  if (operand.reach === Reach.immediate) return Math.min(limit, operand.value & 0xff);
  const source = vector(cpu, operand) * 4;
  return cpu.xmm32[source + 1] !== 0 ? limit : Math.min(limit, cpu.xmm32[source]! >>> 0);
}

const shiftWords =
  (shift: (value: number, count: number) => number): Execute =>
  (cpu, op) => {
    const count = shiftCount(cpu, op.second, 16);
    const to = op.first.register * 8;
    for (let index = to; index < to + 8; index++) cpu.xmm16[index] = shift(cpu.xmm16[index]!, count);
  };

const shiftDoublewords =
  (shift: (value: number, count: number) => number): Execute =>
  (cpu, op) => {
    const count = shiftCount(cpu, op.second, 32);
    const to = op.first.register * 4;
    for (let index = to; index < to + 4; index++) cpu.xmm32[index] = shift(cpu.xmm32[index]!, count);
  };

const shiftQuadwords =
  (shift: (value: bigint, count: bigint) => bigint): Execute =>
  (cpu, op) => {
    const count = BigInt(shiftCount(cpu, op.second, 64));
    const to = op.first.register * 2;
    for (let index = to; index < to + 2; index++) cpu.xmm64[index] = shift(cpu.xmm64[index]!, count);
  };

/** PACKSS and PACKUS: the elements of both operands at half their size, limited. */
const pack =
  (from: 2 | 4, low: number, high: number): Execute =>
  (cpu, op) => {
    const count = 16 / from;
    const [left, right] = [op.first.register * count, vector(cpu, op.second) * count];
    const elements = from === 2 ? cpu.xmm16 : cpu.xmm32;
    const values = Array.from({ length: count * 2 }, (_, index) =>
      clamp(elements[index < count ? left + index : right + index - count]!, low, high),
    );
    if (from === 2) cpu.xmm8.set(values, op.first.register * 16);
    else cpu.xmm16.set(values, op.first.register * 8);
  };

/** PHADD and PHSUB: neighbours of the first operand, then of the second. */
const horizontal =
  (size: 2 | 4, combine: Combine): Execute =>
  (cpu, op) => {
    const count = 16 / size;
    const [left, right] = [op.first.register * count, vector(cpu, op.second) * count];
    const elements = size === 2 ? cpu.xmm16 : cpu.xmm32;
    const values = Array.from({ length: count }, (_, index) => {
      const at = index < count / 2 ? left + index * 2 : right + (index - count / 2) * 2;
      return combine(elements[at]!, elements[at + 1]!);
    });
    elements.set(values, left);
  };

const saturateWord = (value: number): number => clamp(value, -0x8000, 0x7fff);

const pmaddwd: Execute = (cpu, op) => {
  const [left, right] = [op.first.register * 8, vector(cpu, op.second) * 8];
  const { xmm16 } = cpu;
  const sums = Array.from({ length: 4 }, (_, index) => {
    const at = index * 2;
    return xmm16[left + at]! * xmm16[right + at]! + xmm16[left + at + 1]! * xmm16[right + at + 1]!;
  });
  cpu.xmm32.set(
    sums.map((sum) => sum | 0),
    op.first.register * 4,
  );
};

const pmaddubsw: Execute = (cpu, op) => {
  const [left, right] = [op.first.register * 16, vector(cpu, op.second) * 16];
  const { xmm8 } = cpu;
  const sums = Array.from({ length: 8 }, (_, index) => {
    const at = index * 2;
    return saturateWord(xmm8[left + at]! * signed8(xmm8[right + at]!) + xmm8[left + at + 1]! * signed8(xmm8[right + at + 1]!));
  });
  cpu.xmm16.set(sums, op.first.register * 8);
};

/** PMULUDQ and PMULDQ: the even doublewords. */
const multiplyEven =
  (isSigned: boolean): Execute =>
  (cpu, op) => {
    const [left, right] = [op.first.register * 4, vector(cpu, op.second) * 4];
    const value = (at: number): bigint => BigInt(isSigned ? cpu.xmm32[at]! : cpu.xmm32[at]! >>> 0);
    const products = [0, 2].map((index) => BigInt.asIntN(64, value(left + index) * value(right + index)));
    cpu.xmm64.set(products, op.first.register * 2);
  };

const psadbw: Execute = (cpu, op) => {
  const [left, right] = [op.first.register * 16, vector(cpu, op.second) * 16];
  const sums = [0, 8].map((half) => {
    let sum = 0;
    for (let index = half; index < half + 8; index++) sum += Math.abs(cpu.xmm8[left + index]! - cpu.xmm8[right + index]!);
    return BigInt(sum);
  });
  cpu.xmm64.set(sums, op.first.register * 2);
};

const mpsadbw: Execute = (cpu, op) => {
  const control = op.third.value;
  const left = op.first.register * 16 + ((control >> 2) & 1) * 4;
  const right = vector(cpu, op.second) * 16 + (control & 3) * 4;
  const sums = Array.from({ length: 8 }, (_, index) =>
    [0, 1, 2, 3].reduce((sum, at) => sum + Math.abs(cpu.xmm8[left + index + at]! - cpu.xmm8[right + at]!), 0),
  );
  cpu.xmm16.set(sums, op.first.register * 8);
};

const phminposuw: Execute = (cpu, op) => {
  const source = vector(cpu, op.second) * 8;
  let place = 0;
  for (let index = 1; index < 8; index++) if ((cpu.xmm16[source + index]! & 0xffff) < (cpu.xmm16[source + place]! & 0xffff)) place = index;
  const value = cpu.xmm16[source + place]!;
  const to = op.first.register * 8;
  cpu.xmm16.fill(0, to, to + 8);
  cpu.xmm16[to] = value;
  cpu.xmm16[to + 1] = place;
};

const ptest: Execute = (cpu, op) => {
  const [left, right] = [op.first.register * 4, vector(cpu, op.second) * 4];
  let both = 0;
  let missing = 0;
  for (let index = 0; index < 4; index++) {
    both |= cpu.xmm32[left + index]! & cpu.xmm32[right + index]!;
    missing |= ~cpu.xmm32[left + index]! & cpu.xmm32[right + index]!;
  }
  cpu.words[Word.zero] = both;
  cpu.words[Word.carry] = missing === 0 ? 1 : 0;
  cpu.words[Word.overflow] = cpu.words[Word.sign] = cpu.words[Word.adjust] = 0;
  cpu.words[Word.parity] = 1;
};

const psign = (value: number, sign: number): number => (sign < 0 ? -value : sign === 0 ? 0 : value);
const and = doublewords((left, right) => left & right);
const andNot = doublewords((left, right) => ~left & right);
const or = doublewords((left, right) => left | right);
const xor = doublewords((left, right) => left ^ right);

/** The high half of a rounded product: PMULHRSW. */
const roundedProduct = (left: number, right: number): number => (((left * right) >> 14) + 1) >> 1;
const unsigned64 = (value: bigint): bigint => BigInt.asUintN(64, value);

export const SSE_INTEGERS: Readonly<Record<string, Execute>> = {
  paddb: bytes((left, right) => left + right),
  paddw: words((left, right) => left + right),
  paddd: doublewords((left, right) => left + right),
  paddq: quadwords((left, right) => left + right),
  psubb: bytes((left, right) => left - right),
  psubw: words((left, right) => left - right),
  psubd: doublewords((left, right) => left - right),
  psubq: quadwords((left, right) => left - right),
  paddsb: signedBytes((left, right) => clamp(left + right, -0x80, 0x7f)),
  paddsw: words((left, right) => saturateWord(left + right)),
  paddusb: bytes((left, right) => Math.min(0xff, left + right)),
  paddusw: unsignedWords((left, right) => Math.min(0xffff, left + right)),
  psubsb: signedBytes((left, right) => clamp(left - right, -0x80, 0x7f)),
  psubsw: words((left, right) => saturateWord(left - right)),
  psubusb: bytes((left, right) => Math.max(0, left - right)),
  psubusw: unsignedWords((left, right) => Math.max(0, left - right)),
  pmullw: words((left, right) => left * right),
  pmulhw: words((left, right) => (left * right) >> 16),
  pmulhuw: unsignedWords((left, right) => (left * right) / 0x10000),
  pmulhrsw: words(roundedProduct),
  pmulld: doublewords(Math.imul),
  pmuludq: multiplyEven(false),
  pmuldq: multiplyEven(true),
  pmaddwd,
  pmaddubsw,
  pavgb: bytes((left, right) => (left + right + 1) >> 1),
  pavgw: unsignedWords((left, right) => (left + right + 1) >> 1),
  psadbw,
  mpsadbw,
  phminposuw,
  pminub: bytes(Math.min),
  pmaxub: bytes(Math.max),
  pminsb: signedBytes(Math.min),
  pmaxsb: signedBytes(Math.max),
  pminsw: words(Math.min),
  pmaxsw: words(Math.max),
  pminuw: unsignedWords(Math.min),
  pmaxuw: unsignedWords(Math.max),
  pminsd: doublewords(Math.min),
  pmaxsd: doublewords(Math.max),
  pminud: unsignedDoublewords(Math.min),
  pmaxud: unsignedDoublewords(Math.max),
  pabsb: signedBytes((_, right) => Math.abs(right)),
  pabsw: words((_, right) => Math.abs(right)),
  pabsd: doublewords((_, right) => Math.abs(right)),
  psignb: signedBytes(psign),
  psignw: words(psign),
  psignd: doublewords(psign),
  pcmpeqb: bytes((left, right) => truth(left === right)),
  pcmpeqw: words((left, right) => truth(left === right)),
  pcmpeqd: doublewords((left, right) => truth(left === right)),
  pcmpeqq: quadwords((left, right) => (left === right ? -1n : 0n)),
  pcmpgtb: signedBytes((left, right) => truth(left > right)),
  pcmpgtw: words((left, right) => truth(left > right)),
  pcmpgtd: doublewords((left, right) => truth(left > right)),
  pcmpgtq: quadwords((left, right) => (left > right ? -1n : 0n)),
  pand: and,
  andps: and,
  andpd: and,
  pandn: andNot,
  andnps: andNot,
  andnpd: andNot,
  por: or,
  orps: or,
  orpd: or,
  pxor: xor,
  xorps: xor,
  xorpd: xor,
  psllw: shiftWords((value, count) => (count > 15 ? 0 : value << count)),
  psrlw: shiftWords((value, count) => (count > 15 ? 0 : (value & 0xffff) >>> count)),
  psraw: shiftWords((value, count) => value >> Math.min(15, count)),
  pslld: shiftDoublewords((value, count) => (count > 31 ? 0 : value << count)),
  psrld: shiftDoublewords((value, count) => (count > 31 ? 0 : value >>> count)),
  psrad: shiftDoublewords((value, count) => value >> Math.min(31, count)),
  psllq: shiftQuadwords((value, count) => value << count),
  psrlq: shiftQuadwords((value, count) => unsigned64(value) >> count),
  packsswb: pack(2, -0x80, 0x7f),
  packssdw: pack(4, -0x8000, 0x7fff),
  packuswb: pack(2, 0, 0xff),
  packusdw: pack(4, 0, 0xffff),
  phaddw: horizontal(2, (left, right) => left + right),
  phaddd: horizontal(4, (left, right) => left + right),
  phaddsw: horizontal(2, (left, right) => saturateWord(left + right)),
  phsubw: horizontal(2, (left, right) => left - right),
  phsubd: horizontal(4, (left, right) => left - right),
  phsubsw: horizontal(2, (left, right) => saturateWord(left - right)),
  ptest,
};
