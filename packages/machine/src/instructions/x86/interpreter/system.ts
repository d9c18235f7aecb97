// Queries of the processor: SDM volume 2, CPUID, RDTSC, XGETBV; fences and prefetches, which do nothing on one thread.

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import type { Execute } from './micro-op.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

const nothing: Execute = () => {};

function setRegister({ words }: X86Cpu, word: number, value: number): void {
  words[word] = value;
  words[word + 1] = 0;
}

/** `GenuineIntel` in EBX, EDX, ECX. */
const VENDOR = [0x756e6547, 0x49656e69, 0x6c65746e] as const;
/** TSC, CX8, CMOV, MMX (its registers are there for FXSAVE), FXSR, SSE, SSE2 in EDX; SSE3, SSSE3, SSE4.1, SSE4.2, CMPXCHG16B, POPCNT in ECX: no AVX, no OSXSAVE. */
const FEATURES_EDX = (1 << 0) | (1 << 4) | (1 << 8) | (1 << 15) | (1 << 24) | (1 << 25) | (1 << 26);
const FEATURES_ECX = (1 << 0) | (1 << 9) | (1 << 13) | (1 << 19) | (1 << 20) | (1 << 23);
/** Family 6, model 26: a processor with SSE4.2 and without AVX. */
const SIGNATURE = 0x000106a5;

/** Leaf to EAX, EBX, ECX, EDX; other leaves are zeroes. */
const LEAVES: Readonly<Record<number, readonly [number, number, number, number]>> = {
  0: [7, VENDOR[0], VENDOR[2], VENDOR[1]],
  1: [SIGNATURE, 0x10800, FEATURES_ECX, FEATURES_EDX],
  2147483648: [0x80000001 | 0, 0, 0, 0],
  // LAHF in 64-bit code; long mode.
  2147483649: [0, 0, 1, 1 << 29],
};

const cpuid: Execute = (cpu) => {
  const [a, b, c, d] = LEAVES[cpu.words[Word.rax]! >>> 0] ?? [0, 0, 0, 0];
  setRegister(cpu, Word.rax, a);
  setRegister(cpu, Word.rbx, b);
  setRegister(cpu, Word.rcx, c);
  setRegister(cpu, Word.rdx, d);
};

/** The time stamp counts instructions, so that runs are repeatable. */
const rdtsc: Execute = (cpu) => {
  setRegister(cpu, Word.rax, cpu.clock | 0);
  setRegister(cpu, Word.rdx, Math.floor(cpu.clock / 2 ** 32));
};

/** Without OSXSAVE it is not an instruction. */
const xgetbv: Execute = () => {
  throw new ProcessorSignal('invalid-opcode');
};

const WITHOUT_EFFECT = [
  'nop',
  'pause',
  'endbr32',
  'endbr64',
  'mfence',
  'lfence',
  'sfence',
  'fwait',
  'prefetch',
  'prefetchw',
  'prefetch_exclusive',
  'prefetch_reserved',
  'prefetchnta',
  'prefetcht0',
  'prefetcht1',
  'prefetcht2',
] as const;

export const SYSTEM: Readonly<Record<string, Execute>> = {
  ...Object.fromEntries(WITHOUT_EFFECT.map((name) => [name, nothing])),
  // A line that may not be read is not flushed.
  clflush: (cpu, op) => cpu.load8(cpu.locate(op.first)),
  clflushopt: (cpu, op) => cpu.load8(cpu.locate(op.first)),
  cpuid,
  rdtsc,
  xgetbv,
};
