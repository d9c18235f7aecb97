// SDM volume 2, 4.1: PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM.

import type { Execute, MicroOp } from './micro-op.ts';
import { vector } from './vector-access.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

/** Two strings and how they are compared: elements of vectors, as many as are valid. */
interface Strings {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly firstLength: number;
  readonly secondLength: number;
}

/** Which elements of the second string match, a bit each (IntRes1). */
type Aggregation = (strings: Strings, count: number) => number;

const matches = (count: number, isMatch: (index: number) => boolean): number => {
  let bits = 0;
  for (let index = 0; index < count; index++) if (isMatch(index)) bits |= 1 << index;
  return bits;
};

/** SDM volume 2, 4.1.3, table 4-3. */
const equalAny: Aggregation = ({ first, second, firstLength, secondLength }, count) =>
  matches(count, (index) => index < secondLength && first.slice(0, firstLength).includes(second[index]!));

const ranges: Aggregation = ({ first, second, firstLength, secondLength }, count) =>
  matches(count, (index) => {
    if (index >= secondLength) return false;
    const value = second[index]!;
    for (let low = 0; low + 1 < firstLength; low += 2) if (first[low]! <= value && value <= first[low + 1]!) return true;
    return false;
  });

const equalEach: Aggregation = ({ first, second, firstLength, secondLength }, count) =>
  matches(count, (index) =>
    index < firstLength && index < secondLength ? first[index] === second[index] : index >= firstLength && index >= secondLength,
  );

const equalOrdered: Aggregation = ({ first, second, firstLength, secondLength }, count) =>
  matches(count, (start) => {
    for (let index = 0; index < firstLength && start + index < count; index++)
      if (start + index >= secondLength || first[index] !== second[start + index]) return false;
    return true;
  });

const AGGREGATIONS: readonly Aggregation[] = [equalAny, ranges, equalEach, equalOrdered];

/** By the low two bits of the immediate: bytes or words, without a sign or with it. */
function elements(cpu: X86Cpu, register: number, control: number): number[] {
  const isWords = (control & 1) === 1;
  const isSigned = (control & 2) === 2;
  const count = isWords ? 8 : 16;
  return Array.from({ length: count }, (_, index) => {
    const value = isWords ? cpu.xmm16[register * 8 + index]! : (cpu.xmm8[register * 16 + index]! << 24) >> 24;
    return isSigned ? value : value & (isWords ? 0xffff : 0xff);
  });
}

const implicitLength = (values: readonly number[]): number => {
  const end = values.indexOf(0);
  return end < 0 ? values.length : end;
};

/** The magnitude of RAX or RDX (EAX or EDX without REX.W), no more than there are elements. */
function explicitLength({ words }: X86Cpu, register: number, isWide: boolean, count: number): number {
  const low = words[register]!;
  const value = isWide ? words[register + 1]! * 2 ** 32 + (low >>> 0) : low;
  return Math.min(Math.abs(value), count);
}

/** IntRes2 with its flags. */
function compare(
  cpu: X86Cpu,
  op: MicroOp,
  isExplicit: boolean,
): { readonly result: number; readonly count: number; readonly control: number } {
  const control = op.third.value & 0xff;
  const second = elements(cpu, vector(cpu, op.second, false), control);
  const first = elements(cpu, op.first.register, control);
  const count = first.length;
  const isWide = op.operandSize === 64;
  const firstLength = isExplicit ? explicitLength(cpu, Word.rax, isWide, count) : implicitLength(first);
  const secondLength = isExplicit ? explicitLength(cpu, Word.rdx, isWide, count) : implicitLength(second);
  const matched = AGGREGATIONS[(control >> 2) & 3]!({ first, second, firstLength, secondLength }, count);
  const all = (1 << count) - 1;
  // Polarity: inverted, or inverted where the second string is valid.
  const inverted = control & 0x10 ? (control & 0x20 ? (1 << secondLength) - 1 : all) : 0;
  const result = (matched ^ inverted) & all;
  const { words } = cpu;
  words[Word.carry] = result === 0 ? 0 : 1;
  words[Word.zero] = secondLength < count ? 0 : 1;
  words[Word.sign] = firstLength < count ? -1 : 0;
  words[Word.overflow] = result & 1 ? -1 : 0;
  words[Word.adjust] = 0;
  // An odd number of ones.
  words[Word.parity] = 1;
  return { result, count, control };
}

/** The index of the first or, where bit 6 is set, the last match goes to ECX; the number of elements without one. */
const index =
  (isExplicit: boolean): Execute =>
  (cpu, op) => {
    const { result, count, control } = compare(cpu, op, isExplicit);
    const last = 31 - Math.clz32(result);
    const first = 31 - Math.clz32(result & -result);
    cpu.words[Word.rcx] = result === 0 ? count : control & 0x40 ? last : first;
    cpu.words[Word.rcx + 1] = 0;
  };

/** The matches go to XMM0, as bits or, where bit 6 is set, as elements of ones. */
const mask =
  (isExplicit: boolean): Execute =>
  (cpu, op) => {
    const { result, count, control } = compare(cpu, op, isExplicit);
    const { xmm32, xmm8, xmm16 } = cpu;
    for (let word = 0; word < 4; word++) xmm32[word] = 0;
    if (!(control & 0x40)) xmm32[0] = result;
    else
      for (let at = 0; at < count; at++) {
        const value = result & (1 << at) ? -1 : 0;
        if (count === 8) xmm16[at] = value;
        else xmm8[at] = value;
      }
  };

export const SSE_STRINGS: Readonly<Record<string, Execute>> = {
  pcmpestri: index(true),
  pcmpestrm: mask(true),
  pcmpistri: index(false),
  pcmpistrm: mask(false),
};
