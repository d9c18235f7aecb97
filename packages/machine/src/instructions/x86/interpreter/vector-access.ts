// Where vectors come from and go to. A vector is named by its number: xmm0 to xmm15, and MEMORY_VECTOR for one that was read from memory.

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import { type Operand, Reach } from './micro-op.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { MEMORY_VECTOR } from './x86-state.ts';

/** SDM volume 1, 10.4.1.1: vectors of 16 bytes in memory begin at a multiple of 16, but for the moves that say so. */
function checkAlignment(at: number): void {
  if (at & 15) throw new ProcessorSignal('general-protection');
}

/** The vector of an operand. One of memory is read by its size; what is above is zero. */
export function vector(cpu: X86Cpu, operand: Operand, isAligned = true): number {
  if (operand.reach === Reach.vector) return operand.register;
  if (operand.reach !== Reach.memory) throw new ProcessorSignal('unsupported');
  const at = cpu.locate(operand);
  const { xmm32 } = cpu;
  const to = MEMORY_VECTOR * 4;
  if (operand.size === 128) {
    if (isAligned) checkAlignment(at);
    cpu.readable(at, 16);
    for (let index = 0; index < 4; index++) xmm32[to + index] = cpu.view.getInt32(at + index * 4, true);
    return MEMORY_VECTOR;
  }
  xmm32[to] = operand.size === 64 ? cpu.load64(at) : operand.size === 32 ? cpu.load32(at) : cpu.load16(at);
  xmm32[to + 1] = operand.size === 64 ? cpu.high : 0;
  xmm32[to + 2] = xmm32[to + 3] = 0;
  return MEMORY_VECTOR;
}

/** Stores the low bytes of a vector into memory, by the operand's size; from the word `offset` on. */
export function storeVector(cpu: X86Cpu, operand: Operand, source: number, isAligned: boolean, offset = 0): void {
  const at = cpu.locate(operand);
  const { xmm32 } = cpu;
  const from = source * 4 + offset;
  if (operand.size === 64) cpu.store64(at, xmm32[from]!, xmm32[from + 1]!);
  else if (operand.size === 32) cpu.store32(at, xmm32[from]!);
  else {
    if (isAligned) checkAlignment(at);
    cpu.writable(at, 16);
    for (let index = 0; index < 4; index++) cpu.view.setInt32(at + index * 4, xmm32[from + index]!, true);
  }
}

export function copyVector({ xmm32 }: X86Cpu, to: number, from: number): void {
  for (let index = 0; index < 4; index++) xmm32[to * 4 + index] = xmm32[from * 4 + index]!;
}
