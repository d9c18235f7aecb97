// Arm ARM C7.2: LD1 to LD4 and ST1 to ST4 of whole registers, of one lane, and LD1R to LD4R.

import { bit, bits } from '../fields/bit-field.ts';
import type { Arm64Cpu } from './arm64-cpu.ts';
import { type Arm64Operation, type Execute, type Prepare, stackOr } from './arm64-operation.ts';

/** Registers and, of each structure, the elements, by the four bits of `opcode`. */
const LAYOUTS: Readonly<Record<number, readonly [registers: number, elements: number]>> = {
  0: [4, 4],
  2: [4, 1],
  4: [3, 3],
  6: [3, 1],
  7: [1, 1],
  8: [2, 2],
  10: [2, 1],
};

/** Moves the base behind an access: by Rm, or by what was accessed where Rm is 31. */
function moveBase(cpu: Arm64Cpu, { n, m, vm }: Arm64Operation, bytes: number): void {
  if (vm === 31) cpu.move(n, bytes);
  else {
    const sum = (cpu.words[n]! >>> 0) + (cpu.words[m]! >>> 0);
    cpu.words[n + 1] = cpu.words[n + 1]! + cpu.words[m + 1]! + (sum >= 2 ** 32 ? 1 : 0);
    cpu.words[n] = sum;
  }
}

function copy(cpu: Arm64Cpu, at: number, lane: number, bytes: number, isLoad: boolean): void {
  if (isLoad) cpu.vectorBytes.set(cpu.bytes.subarray(at, at + bytes), lane);
  else cpu.bytes.set(cpu.vectorBytes.subarray(lane, lane + bytes), at);
}

const structures: Prepare = (op, word) => {
  const [registers, elements] = LAYOUTS[bits(word, 12, 4)] ?? [1, 1];
  const isLoad = bit(word, 22) === 1;
  const isFull = bit(word, 30) === 1;
  const movesBase = bit(word, 23) === 1;
  const size = 1 << bits(word, 10, 2);
  const registerBytes = isFull ? 16 : 8;
  const total = registers * registerBytes;
  op.n = stackOr(op.vn);
  return (cpu, each) => {
    let at = cpu.locate(each.n, 0, isLoad ? 'read' : 'write');
    if (isLoad) cpu.readable(at, total);
    else cpu.writable(at, total);
    if (isLoad && !isFull) for (let index = 0; index < registers; index++) cpu.clearUpper((each.vd + index) & 31);
    for (let first = 0; first < registers; first += elements)
      for (let lane = 0; lane < registerBytes; lane += size)
        for (let index = first; index < first + elements; index++, at += size)
          copy(cpu, at, ((each.vd + index) & 31) * 16 + lane, size, isLoad);
    if (movesBase) moveBase(cpu, each, total);
  };
};

/** The lane of a single structure, in bytes from the register's start, and the size of its elements. */
function laneOf(word: number): readonly [offset: number, size: number] {
  const scale = bits(word, 14, 2);
  const q = bit(word, 30);
  const field = (q << 3) | bits(word, 10, 3);
  if (scale === 0) return [field, 1];
  if (scale === 1) return [(field >> 1) * 2, 2];
  return bit(word, 10) ? [q * 8, 8] : [(field >> 2) * 4, 4];
}

const singleStructures: Prepare = (op, word) => {
  const registers = ((bit(word, 13) << 1) | bit(word, 21)) + 1;
  const movesBase = bit(word, 23) === 1;
  op.n = stackOr(op.vn);
  if (bits(word, 14, 2) === 3) return replicated(registers, 1 << bits(word, 10, 2), bit(word, 30) === 1, movesBase);
  const [offset, size] = laneOf(word);
  const isLoad = bit(word, 22) === 1;
  return (cpu, each) => {
    const at = cpu.locate(each.n, 0, isLoad ? 'read' : 'write');
    if (isLoad) cpu.readable(at, registers * size);
    else cpu.writable(at, registers * size);
    for (let index = 0; index < registers; index++) copy(cpu, at + index * size, ((each.vd + index) & 31) * 16 + offset, size, isLoad);
    if (movesBase) moveBase(cpu, each, registers * size);
  };
};

const replicated =
  (registers: number, size: number, isFull: boolean, movesBase: boolean): Execute =>
  (cpu, each) => {
    const at = cpu.locate(each.n, 0, 'read');
    cpu.readable(at, registers * size);
    for (let index = 0; index < registers; index++) {
      const start = ((each.vd + index) & 31) * 16;
      for (let lane = 0; lane < (isFull ? 16 : 8); lane += size) copy(cpu, at + index * size, start + lane, size, true);
      if (!isFull) cpu.clearUpper((each.vd + index) & 31);
    }
    if (movesBase) moveBase(cpu, each, registers * size);
  };

export const STRUCTURES: Readonly<Record<string, Prepare>> = { structures, singleStructures };
