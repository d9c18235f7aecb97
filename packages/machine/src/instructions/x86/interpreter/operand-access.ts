// Reading and writing prepared operands. Values of 8, 16 and 32 bits are numbers whose higher bits do not count; the upper half of one of 64 bits is in `cpu.high`.

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import { type Operand, Reach } from './micro-op.ts';
import type { X86Cpu } from './x86-cpu.ts';

function loadNarrow(cpu: X86Cpu, at: number, size: number): number {
  return size === 32 ? cpu.load32(at) : size === 8 ? cpu.load8(at) : cpu.load16(at);
}

function storeNarrow(cpu: X86Cpu, at: number, size: number, value: number): void {
  if (size === 32) cpu.store32(at, value);
  else if (size === 8) cpu.store8(at, value);
  else cpu.store16(at, value);
}

/** A value of at most 32 bits. */
export function get(cpu: X86Cpu, operand: Operand): number {
  switch (operand.reach) {
    case Reach.register32:
    case Reach.register64:
      return cpu.words[operand.register]!;
    case Reach.immediate:
      return operand.value;
    case Reach.memory:
      return loadNarrow(cpu, cpu.locate(operand), operand.size);
    case Reach.register16:
      return cpu.words[operand.register]! & 0xffff;
    case Reach.register8:
      return cpu.words[operand.register]! & 0xff;
    case Reach.register8High:
      return (cpu.words[operand.register]! >> 8) & 0xff;
    default:
      throw new ProcessorSignal('unsupported');
  }
}

function setRegister(cpu: X86Cpu, { reach, register }: Operand, value: number): void {
  const { words } = cpu;
  switch (reach) {
    case Reach.register32:
      words[register] = value;
      // SDM volume 1, 3.4.1.1: results of 32 bits are extended with zeroes.
      words[register + 1] = 0;
      return;
    case Reach.register16:
      words[register] = (words[register]! & 0xffff0000) | (value & 0xffff);
      return;
    case Reach.register8:
      words[register] = (words[register]! & 0xffffff00) | (value & 0xff);
      return;
    case Reach.register8High:
      words[register] = (words[register]! & 0xffff00ff) | ((value & 0xff) << 8);
      return;
    default:
      throw new ProcessorSignal('unsupported');
  }
}

/** Writes at most 32 bits. */
export function set(cpu: X86Cpu, operand: Operand, value: number): void {
  if (operand.reach === Reach.memory) storeNarrow(cpu, cpu.locate(operand), operand.size, value);
  else setRegister(cpu, operand, value);
}

/** Writes an operand that `get` has read just before. */
export function setAgain(cpu: X86Cpu, operand: Operand, value: number): void {
  if (operand.reach === Reach.memory) storeNarrow(cpu, cpu.at, operand.size, value);
  else setRegister(cpu, operand, value);
}

/** The low half of 64 bits; the upper half is in `cpu.high`. */
export function get64(cpu: X86Cpu, operand: Operand): number {
  if (operand.reach === Reach.register64) {
    cpu.high = cpu.words[operand.register + 1]!;
    return cpu.words[operand.register]!;
  }
  if (operand.reach === Reach.memory) return cpu.load64(cpu.locate(operand));
  cpu.high = operand.valueHigh;
  return operand.value;
}

export function set64(cpu: X86Cpu, operand: Operand, low: number, high: number): void {
  if (operand.reach === Reach.memory) cpu.store64(cpu.locate(operand), low, high);
  else {
    cpu.words[operand.register] = low;
    cpu.words[operand.register + 1] = high;
  }
}

export function set64Again(cpu: X86Cpu, operand: Operand, low: number, high: number): void {
  if (operand.reach === Reach.memory) cpu.store64(cpu.at, low, high);
  else {
    cpu.words[operand.register] = low;
    cpu.words[operand.register + 1] = high;
  }
}

/** A value with its sign, by the size of the operand. */
export function getSigned(cpu: X86Cpu, operand: Operand): number {
  const value = get(cpu, operand);
  return operand.size === 8 ? (value << 24) >> 24 : operand.size === 16 ? (value << 16) >> 16 : value | 0;
}

/** A value without one. */
export function getUnsigned(cpu: X86Cpu, operand: Operand): number {
  const value = get(cpu, operand);
  return operand.size === 8 ? value & 0xff : operand.size === 16 ? value & 0xffff : value >>> 0;
}

/** 64 bits as a BigInt, for the operations whose halves are not worth their code. */
export function getBig(cpu: X86Cpu, operand: Operand): bigint {
  const low = get64(cpu, operand) >>> 0;
  return (BigInt(cpu.high >>> 0) << 32n) | BigInt(low);
}

export const lowOf = (value: bigint): number => Number(BigInt.asIntN(32, value));
export const highOf = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));
