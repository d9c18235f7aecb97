import type { PreparedInstruction } from '../../interpreter/interpreter.ts';
import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import { bit, bits } from '../fields/bit-field.ts';
import { type Arm64Cpu, Word } from './arm64-cpu.ts';

/** Does one instruction. */
export type Execute = (cpu: Arm64Cpu, op: Arm64Operation) => unknown;

/** Prepares the words of a class: sets what the operation needs and returns what does it. */
export type Prepare = (op: Arm64Operation, word: number, operation: string) => Execute;

/** Places of a general register in the words: to be read, to be written, or where number 31 is the stack pointer. */
export const source = (number: number): number => (number === 31 ? Word.zero : number * 2);
export const target = (number: number): number => (number === 31 ? Word.discard : number * 2);
export const stackOr = (number: number): number => (number === 31 ? Word.sp : number * 2);

export const unsupported: Execute = () => {
  throw new ProcessorSignal('unsupported');
};

/** One instruction, prepared. Fields of the word are read once: registers as places in the words, vector registers by number. */
export class Arm64Operation implements PreparedInstruction<Arm64Cpu, Arm64Operation> {
  execute: Execute = unsupported;
  readonly address: number;
  readonly following: number;
  readonly word: number;
  /** Rd or Rt, Rn, Rm or Rs, Ra or Rt2, as places of general registers, 31 being the zero register. */
  d: number;
  n: number;
  m: number;
  a: number;
  /** The same fields as vector registers. */
  readonly vd: number;
  readonly vn: number;
  vm: number;
  readonly va: number;
  /** An immediate, a mask or an address, in halves; distances are in `low` with their sign. */
  low = 0;
  high = 0;
  /** A second one: the other mask of a bitfield. */
  low2 = 0;
  high2 = 0;
  shift = 0;
  /** Binary logarithm of the size of a lane, and how many of them. */
  size = 0;
  lanes = 0;
  /** Whether a vector operation leaves the upper half zero. */
  isHalf = false;
  behind: Arm64Operation | undefined = undefined;
  target: Arm64Operation | undefined = undefined;

  constructor(word: number, address: number) {
    this.word = word;
    this.address = address;
    this.following = (address + 4) >>> 0;
    this.vd = bits(word, 0, 5);
    this.vn = bits(word, 5, 5);
    this.vm = bits(word, 16, 5);
    this.va = bits(word, 10, 5);
    this.d = target(this.vd);
    this.n = source(this.vn);
    this.m = source(this.vm);
    this.a = source(this.va);
  }
}

/** Whether the operation is one of 64 bits. */
export const isWide = (word: number): boolean => bit(word, 31) === 1;

/** One of two operations, by bit 31. */
export const bySize =
  (narrow: Execute, wide: Execute): Prepare =>
  (_, word) =>
    isWide(word) ? wide : narrow;

/** Sets an immediate of 64 bits. */
export function setImmediate(op: Arm64Operation, value: bigint): void {
  op.low = Number(BigInt.asIntN(32, value));
  op.high = Number(BigInt.asIntN(32, value >> 32n));
}

/** 64 bits of a general register. */
export const bigRegister = ({ words }: Arm64Cpu, register: number): bigint =>
  (BigInt(words[register + 1]! >>> 0) << 32n) | BigInt(words[register]! >>> 0);

export function setBigRegister({ words }: Arm64Cpu, register: number, value: bigint): void {
  words[register] = Number(BigInt.asIntN(32, value));
  words[register + 1] = Number(BigInt.asIntN(32, value >> 32n));
}
