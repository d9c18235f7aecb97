// Arm ARM C6.2 and C7.2: what loads and stores move between memory and a register.

import { bit, bits } from '../fields/bit-field.ts';
import type { Arm64Cpu } from './arm64-cpu.ts';
import { source } from './arm64-operation.ts';

/** Moves one register: `at` is its place in the window, `register` a place in the words or the number of a vector register. */
export type Move = (cpu: Arm64Cpu, at: number, register: number) => void;

/** What one access moves. */
export interface MemoryUnit {
  readonly bytes: number;
  readonly isVector: boolean;
  readonly load: Move;
  readonly store: Move;
}

const general = (bytes: number, load: Move, store: Move): MemoryUnit => ({ bytes, isVector: false, load, store });
const vector = (bytes: number, load: Move, store: Move): MemoryUnit => ({ bytes, isVector: true, load, store });

/** A load of fewer bits than the register has, extended by 0. */
const unsigned =
  (read: (cpu: Arm64Cpu, at: number) => number): Move =>
  (cpu, at, register) => {
    const value = read(cpu, at);
    cpu.words[register] = value;
    cpu.words[register + 1] = 0;
  };
/** With its sign, to 32 or 64 bits. */
const signed =
  (read: (cpu: Arm64Cpu, at: number) => number, isLong: boolean): Move =>
  (cpu, at, register) => {
    const value = read(cpu, at);
    cpu.words[register] = value;
    cpu.words[register + 1] = isLong ? value >> 31 : 0;
  };

const signedByte = (cpu: Arm64Cpu, at: number): number => (cpu.load8(at) << 24) >> 24;
const signedHalf = (cpu: Arm64Cpu, at: number): number => (cpu.load16(at) << 16) >> 16;
const signedWord = (cpu: Arm64Cpu, at: number): number => cpu.load32(at);

const storeByte: Move = (cpu, at, register) => cpu.store8(at, cpu.words[register]!);
const storeHalf: Move = (cpu, at, register) => cpu.store16(at, cpu.words[register]!);
const storeWord: Move = (cpu, at, register) => cpu.store32(at, cpu.words[register]!);

const byte = general(
  1,
  unsigned((cpu, at) => cpu.load8(at)),
  storeByte,
);
const half = general(
  2,
  unsigned((cpu, at) => cpu.load16(at)),
  storeHalf,
);
export const wordUnit = general(
  4,
  (cpu, at, register) => {
    const value = cpu.load32(at);
    cpu.words[register] = value;
    cpu.words[register + 1] = 0;
  },
  storeWord,
);
export const doubleUnit = general(
  8,
  (cpu, at, register) => {
    const low = cpu.load64(at);
    cpu.words[register] = low;
    cpu.words[register + 1] = cpu.high;
  },
  (cpu, at, register) => cpu.store64(at, cpu.words[register]!, cpu.words[register + 1]!),
);

const vectorByte = vector(
  1,
  (cpu, at, register) => cpu.setVector64(register, cpu.load8(at), 0),
  (cpu, at, register) => cpu.store8(at, cpu.vectorWords[register * 4]!),
);
const vectorHalf = vector(
  2,
  (cpu, at, register) => cpu.setVector64(register, cpu.load16(at), 0),
  (cpu, at, register) => cpu.store16(at, cpu.vectorWords[register * 4]!),
);
export const singleUnit = vector(
  4,
  (cpu, at, register) => cpu.setVector64(register, cpu.load32(at), 0),
  (cpu, at, register) => cpu.store32(at, cpu.vectorWords[register * 4]!),
);
export const vectorDoubleUnit = vector(
  8,
  (cpu, at, register) => {
    const low = cpu.load64(at);
    cpu.setVector64(register, low, cpu.high);
  },
  (cpu, at, register) => cpu.store64(at, cpu.vectorWords[register * 4]!, cpu.vectorWords[register * 4 + 1]!),
);
export const quadUnit = vector(
  16,
  (cpu, at, register) => {
    cpu.readable(at, 16);
    const [first, second] = [cpu.load64(at), cpu.high];
    const [third, fourth] = [cpu.load64(at + 8), cpu.high];
    cpu.setVector64(register, first, second);
    cpu.vectorWords[register * 4 + 2] = third;
    cpu.vectorWords[register * 4 + 3] = fourth;
  },
  (cpu, at, register) => {
    cpu.writable(at, 16);
    const { vectorWords } = cpu;
    cpu.store64(at, vectorWords[register * 4]!, vectorWords[register * 4 + 1]!);
    cpu.store64(at + 8, vectorWords[register * 4 + 2]!, vectorWords[register * 4 + 3]!);
  },
);

const withSign = (unit: MemoryUnit, read: (cpu: Arm64Cpu, at: number) => number, isLong: boolean): MemoryUnit => ({
  ...unit,
  load: signed(read, isLong),
});
/** By size (bits 31 and 30) and opc (23 and 22), for general registers. */
const GENERAL_UNITS: readonly (readonly (MemoryUnit | undefined)[])[] = [
  [byte, byte, withSign(byte, signedByte, true), withSign(byte, signedByte, false)],
  [half, half, withSign(half, signedHalf, true), withSign(half, signedHalf, false)],
  [wordUnit, wordUnit, withSign(wordUnit, signedWord, true), undefined],
  [doubleUnit, doubleUnit, undefined, undefined],
];
export const signedWordUnit = withSign(wordUnit, signedWord, true);
const VECTOR_UNITS = [vectorByte, vectorHalf, singleUnit, vectorDoubleUnit];

/** The unit of a load or store of one register, of the classes with size, V and opc. */
export function memoryUnit(word: number): MemoryUnit | undefined {
  const [size, operation] = [bits(word, 30, 2), bits(word, 22, 2)];
  if (bit(word, 26)) return operation > 1 ? quadUnit : VECTOR_UNITS[size];
  return GENERAL_UNITS[size]?.[operation];
}

/** The unit of an exclusive or ordered access, or of an atomic one, by bits 31 and 30. */
export const unitOfSize = (word: number): MemoryUnit => [byte, half, wordUnit, doubleUnit][bits(word, 30, 2)]!;

/** What the register of a unit is called in a move. */
export const unitRegister = ({ isVector }: MemoryUnit, number: number, isLoad: boolean, place: number): number =>
  isVector ? number : isLoad ? place : source(number);
