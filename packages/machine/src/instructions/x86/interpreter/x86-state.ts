// Intel SDM volume 1, chapters 3, 8 and 10: the registers of a program.

import { ProcessorCore } from '../../interpreter/processor-core.ts';

/** Places in `words`: general register n has its low half at 2n, its high half at 2n + 1. */
export const Word = {
  rax: 0,
  rcx: 2,
  rdx: 4,
  rbx: 6,
  rsp: 8,
  rbp: 10,
  rsi: 12,
  rdi: 14,
  r8: 16,
  /** 0 or 1. */
  carry: 32,
  /** The sign bit is OF. */
  overflow: 33,
  /** ZF is set where this is 0. */
  zero: 34,
  /** The sign bit is SF. */
  sign: 35,
  /** PF is the parity of the low byte. */
  parity: 36,
  /** Bit 4 is AF. */
  adjust: 37,
  /** 0 or 1. */
  direction: 38,
  /** Of the FS and GS segments, low and high halves. */
  fsBase: 40,
  gsBase: 42,
} as const;
const WORDS = 48;

/** Bits of EFLAGS. */
export const Eflag = {
  carry: 1,
  always: 2,
  parity: 4,
  adjust: 0x10,
  zero: 0x40,
  sign: 0x80,
  interrupt: 0x200,
  direction: 0x400,
  overflow: 0x800,
} as const;

/** Behind xmm15 lies a place for vectors that come from memory. */
export const MEMORY_VECTOR = 16;
/** And one for results that must not overwrite an operand yet. */
export const SCRATCH_VECTOR = 17;
const VECTOR_BYTES = 18 * 16;
/** All SSE exceptions masked, rounding to nearest. */
const USUAL_MXCSR = 0x1f80;

/** The registers of one thread: typed arrays, halves of 32 bits, and no object a register. */
export class X86State extends ProcessorCore {
  readonly words: Int32Array = new Int32Array(WORDS);
  readonly #vectors = new ArrayBuffer(VECTOR_BYTES);
  /** xmm n begins at byte 16n. */
  readonly xmm8: Uint8Array = new Uint8Array(this.#vectors);
  readonly xmm16: Int16Array = new Int16Array(this.#vectors);
  readonly xmm32: Int32Array = new Int32Array(this.#vectors);
  readonly xmmFloat: Float32Array = new Float32Array(this.#vectors);
  readonly xmmDouble: Float64Array = new Float64Array(this.#vectors);
  readonly xmm64: BigInt64Array = new BigInt64Array(this.#vectors);
  readonly x87 = new X87State();
  mxcsr = USUAL_MXCSR;

  /** EFLAGS as PUSHF stores it. Bits that are not kept here are those of a program in user mode. */
  get eflags(): number {
    const { words } = this;
    return (
      Eflag.always |
      Eflag.interrupt |
      (words[Word.carry]! & 1) |
      (this.parity ? Eflag.parity : 0) |
      (words[Word.adjust]! & Eflag.adjust) |
      (words[Word.zero] === 0 ? Eflag.zero : 0) |
      (words[Word.sign]! < 0 ? Eflag.sign : 0) |
      (words[Word.direction]! ? Eflag.direction : 0) |
      (words[Word.overflow]! < 0 ? Eflag.overflow : 0)
    );
  }

  set eflags(value: number) {
    const { words } = this;
    words[Word.carry] = value & 1;
    words[Word.parity] = value & Eflag.parity ? 0 : 1;
    words[Word.adjust] = value & Eflag.adjust;
    words[Word.zero] = value & Eflag.zero ? 0 : 1;
    words[Word.sign] = value & Eflag.sign ? -1 : 0;
    words[Word.direction] = value & Eflag.direction ? 1 : 0;
    words[Word.overflow] = value & Eflag.overflow ? -1 : 0;
  }

  /** PF: the low byte has an even number of ones. */
  get parity(): boolean {
    const byte = this.words[Word.parity]! & 0xff;
    const folded = byte ^ (byte >> 4);
    return ((0x6996 >> (folded & 15)) & 1) === 0;
  }
}

/** SDM volume 1, 8.1: the x87 registers, as doubles. */
export class X87State {
  readonly registers: Float64Array = new Float64Array(8);
  /** A bit a physical register that holds a value. */
  valid = 0;
  top = 0;
  /** C0 to C3 at their places in the status word (8, 9, 10 and 14). */
  condition = 0;
  /** The exception flags of the status word. */
  exceptions = 0;
  /** All exceptions masked, 53 bits of precision as Windows sets it, rounding to nearest. */
  control = 0x027f;

  /** FNINIT: the control word becomes 037F. */
  initialise(): void {
    this.valid = 0;
    this.top = 0;
    this.condition = 0;
    this.exceptions = 0;
    this.control = 0x037f;
  }

  get status(): number {
    return this.exceptions | this.condition | (this.top << 11);
  }
}
