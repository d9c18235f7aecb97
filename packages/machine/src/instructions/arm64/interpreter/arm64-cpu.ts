import type { AddressSpace } from '../../../address-space.ts';
import type { Access } from '../../../page-rights.ts';
import { ProcessorCore } from '../../interpreter/processor-core.ts';

/** Places in `words`: register n has its low half at 2n, its high half at 2n + 1. */
export const Word = {
  x0: 0,
  x18: 36,
  x29: 58,
  link: 60,
  /** Reads as zero and is never written. */
  zero: 62,
  sp: 64,
  /** What is written to the zero register. */
  discard: 66,
  /** The sign bit is N. */
  negative: 68,
  /** Z is set where this is 0. */
  nonzero: 69,
  /** 0 or 1. */
  carry: 70,
  /** The sign bit is V. */
  overflow: 71,
  /** Of the operating system's thread. */
  threadPointer: 72,
} as const;
const WORDS = 74;

/** Behind v31 lie two places for results that must not overwrite an operand yet. */
export const SCRATCH_VECTOR = 32;
const VECTOR_BYTES = 34 * 16;
const HIGH = 2 ** 32;

/** Bits of NZCV as the system register has them. */
const NEGATIVE = 0x80000000 | 0;
const ZERO = 0x40000000;
const CARRY = 0x20000000;
const OVERFLOW = 0x10000000;

/** Arm ARM B1.2: the registers of one thread, typed arrays without an object a register, and memory as instructions see it. */
export class Arm64Cpu extends ProcessorCore {
  readonly words: Int32Array = new Int32Array(WORDS);
  readonly #vectors = new ArrayBuffer(VECTOR_BYTES);
  /** Register v n begins at byte 16n. Lanes by size: bytes, halfwords, words; doublewords in `unsigned64` and `signed64`. */
  readonly unsigned: readonly [Uint8Array, Uint16Array, Uint32Array] = [
    new Uint8Array(this.#vectors),
    new Uint16Array(this.#vectors),
    new Uint32Array(this.#vectors),
  ];
  readonly signed: readonly [Int8Array, Int16Array, Int32Array] = [
    new Int8Array(this.#vectors),
    new Int16Array(this.#vectors),
    new Int32Array(this.#vectors),
  ];
  readonly unsigned64: BigUint64Array = new BigUint64Array(this.#vectors);
  readonly signed64: BigInt64Array = new BigInt64Array(this.#vectors);
  readonly vectorBytes: Uint8Array = this.unsigned[0];
  readonly vectorWords: Int32Array = this.signed[2];
  readonly singles: Float32Array = new Float32Array(this.#vectors);
  readonly doubles: Float64Array = new Float64Array(this.#vectors);
  /** The addresses of the exclusive monitor: offset in the window, -1 where it is open. */
  exclusive = -1;
  fpsr = 0;

  constructor(space: AddressSpace) {
    super(space, true);
  }

  get nzcv(): number {
    const { words } = this;
    return (
      (words[Word.negative]! & NEGATIVE) |
      (words[Word.nonzero] === 0 ? ZERO : 0) |
      (words[Word.carry] ? CARRY : 0) |
      (words[Word.overflow]! < 0 ? OVERFLOW : 0)
    );
  }

  set nzcv(value: number) {
    const { words } = this;
    words[Word.negative] = value & NEGATIVE;
    words[Word.nonzero] = value & ZERO ? 0 : 1;
    words[Word.carry] = value & CARRY ? 1 : 0;
    words[Word.overflow] = value & OVERFLOW ? -1 : 0;
  }

  /** Where a base register (its place in `words`) plus a distance of less than 2^32 lies in the window. */
  locate(base: number, distance: number, access: Access): number {
    const sum = (this.words[base]! >>> 0) + distance;
    const carry = sum >= HIGH ? 1 : sum < 0 ? -1 : 0;
    this.addressHigh = (this.words[base + 1]! + carry) | 0;
    const at = this.inWindow(sum - carry * HIGH, access);
    this.at = at;
    return at;
  }

  /** The same for a distance of 64 bits. */
  locateWide(base: number, low: number, high: number, access: Access): number {
    const sum = (this.words[base]! >>> 0) + (low >>> 0);
    this.addressHigh = (this.words[base + 1]! + high + (sum >= HIGH ? 1 : 0)) | 0;
    const at = this.inWindow(sum >>> 0, access);
    this.at = at;
    return at;
  }

  /** Where an address lies in the window. */
  locateAddress(low: number, high: number, access: Access): number {
    this.addressHigh = high;
    const at = this.inWindow(low >>> 0, access);
    this.at = at;
    return at;
  }

  /** Adds a distance of less than 2^32 to a register. */
  move(register: number, distance: number): void {
    const sum = (this.words[register]! >>> 0) + distance;
    this.words[register] = sum | 0;
    this.words[register + 1] = (this.words[register + 1]! + (sum >= HIGH ? 1 : sum < 0 ? -1 : 0)) | 0;
  }

  /** Writes the low 64 bits of a vector register and clears the others. */
  setVector64(register: number, low: number, high: number): void {
    const { vectorWords } = this;
    const at = register * 4;
    vectorWords[at] = low;
    vectorWords[at + 1] = high;
    vectorWords[at + 2] = 0;
    vectorWords[at + 3] = 0;
  }

  /** Clears the upper half of a vector register. */
  clearUpper(register: number): void {
    this.vectorWords[register * 4 + 2] = 0;
    this.vectorWords[register * 4 + 3] = 0;
  }
}
