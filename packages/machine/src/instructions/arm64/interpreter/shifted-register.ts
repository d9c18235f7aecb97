// Arm ARM C6.2, ShiftReg and ExtendReg: operands that are shifted or extended before they are used. Low halves are returned, high ones are left in `cpu.high`.

import { bits } from '../fields/bit-field.ts';
import type { Arm64Cpu } from './arm64-cpu.ts';

/** A shift by 0 to 63 of halves. */
export type Shift64 = (cpu: Arm64Cpu, low: number, high: number, amount: number) => number;
export type Shift32 = (value: number, amount: number) => number;

export const shiftLeft64: Shift64 = (cpu, low, high, amount) => {
  if (amount >= 32) {
    cpu.high = low << (amount - 32);
    return 0;
  }
  cpu.high = amount === 0 ? high : (high << amount) | (low >>> (32 - amount));
  return low << amount;
};

export const shiftRight64: Shift64 = (cpu, low, high, amount) => {
  if (amount >= 32) {
    cpu.high = 0;
    return high >>> (amount - 32);
  }
  cpu.high = high >>> amount;
  return amount === 0 ? low : (low >>> amount) | (high << (32 - amount));
};

export const shiftSigned64: Shift64 = (cpu, low, high, amount) => {
  if (amount >= 32) {
    cpu.high = high >> 31;
    return high >> (amount - 32);
  }
  cpu.high = high >> amount;
  return amount === 0 ? low : (low >>> amount) | (high << (32 - amount));
};

export const rotate64: Shift64 = (cpu, low, high, amount) => {
  const [first, second] = amount >= 32 ? [high, low] : [low, high];
  const rest = amount & 31;
  if (rest === 0) {
    cpu.high = second;
    return first;
  }
  cpu.high = (second >>> rest) | (first << (32 - rest));
  return (first >>> rest) | (second << (32 - rest));
};

export const rotate32: Shift32 = (value, amount) => (amount === 0 ? value : (value >>> amount) | (value << (32 - amount)));

/** LSL, LSR, ASR and ROR, by the two bits of a word. */
export const SHIFTS_64: readonly Shift64[] = [shiftLeft64, shiftRight64, shiftSigned64, rotate64];
export const SHIFTS_32: readonly Shift32[] = [
  (value, amount) => value << amount,
  (value, amount) => value >>> amount,
  (value, amount) => value >> amount,
  rotate32,
];

/** Extends the low bits of a register (UXTB to SXTX, `option`) and shifts left by 0 to 4. */
export function extend64(cpu: Arm64Cpu, register: number, option: number, amount: number): number {
  const low = cpu.words[register]!;
  switch (option) {
    case 0:
      return shiftLeft64(cpu, low & 0xff, 0, amount);
    case 1:
      return shiftLeft64(cpu, low & 0xffff, 0, amount);
    case 2:
      return shiftLeft64(cpu, low, 0, amount);
    case 4:
      return shiftLeft64(cpu, (low << 24) >> 24, (low << 24) >> 31, amount);
    case 5:
      return shiftLeft64(cpu, (low << 16) >> 16, (low << 16) >> 31, amount);
    case 6:
      return shiftLeft64(cpu, low, low >> 31, amount);
    default:
      return shiftLeft64(cpu, low, cpu.words[register + 1]!, amount);
  }
}

/** The bits of `option` in extended-register and register-offset forms. */
export const optionOf = (word: number): number => bits(word, 13, 3);
