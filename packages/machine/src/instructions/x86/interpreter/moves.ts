// SDM volume 1, 7.3.1: data transfer and conversion of sizes; LEA; the stack.

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import { resultFlags, resultFlags64 } from './arithmetic.ts';
import { CONDITIONS } from './conditions.ts';
import { type Execute, Reach } from './micro-op.ts';
import { get, get64, getSigned, getUnsigned, set, set64, set64Again, setAgain } from './operand-access.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

const mov: Execute = (cpu, op) => {
  if (op.first.size === 64) {
    const low = get64(cpu, op.second);
    set64(cpu, op.first, low, cpu.high);
  } else set(cpu, op.first, get(cpu, op.second));
};

/** MOVZX and MOVSX, MOVSXD: `op.size` is the destination's. */
const movzx: Execute = (cpu, op) => {
  const value = getUnsigned(cpu, op.second);
  if (op.size === 64) set64(cpu, op.first, value, 0);
  else set(cpu, op.first, value);
};

const movsx: Execute = (cpu, op) => {
  const value = getSigned(cpu, op.second);
  if (op.size === 64) set64(cpu, op.first, value, value >> 31);
  else set(cpu, op.first, value);
};

const lea: Execute = (cpu, op) => {
  const low = cpu.address(op.second);
  if (op.size === 64) set64(cpu, op.first, low, cpu.addressHigh);
  else set(cpu, op.first, low);
};

const xchg: Execute = (cpu, op) => {
  // The memory operand, if any, is the first.
  if (op.size === 64) {
    const x = get64(cpu, op.first);
    const xHigh = cpu.high;
    const y = get64(cpu, op.second);
    set64Again(cpu, op.first, y, cpu.high);
    set64Again(cpu, op.second, x, xHigh);
    return;
  }
  const x = get(cpu, op.first);
  const y = get(cpu, op.second);
  setAgain(cpu, op.first, y);
  setAgain(cpu, op.second, x);
};

const push: Execute = (cpu, op) => {
  const { first, stackSize } = op;
  if (stackSize === 8) {
    const low = get64(cpu, first);
    cpu.push(low, cpu.high, 8);
  } else cpu.push(get(cpu, first), 0, stackSize);
};

/** POP to memory computes the address with the stack pointer already moved. */
const pop: Execute = (cpu, op) => {
  const { first, stackSize } = op;
  const low = cpu.peek(stackSize);
  const { high } = cpu;
  if (first.reach === Reach.memory) {
    const { words } = cpu;
    const before = words[Word.rsp]!;
    const beforeHigh = words[Word.rsp + 1]!;
    cpu.moveStack(stackSize);
    try {
      if (stackSize === 8) set64(cpu, first, low, high);
      else set(cpu, first, low);
    } catch (signal) {
      words[Word.rsp] = before;
      words[Word.rsp + 1] = beforeHigh;
      throw signal;
    }
    return;
  }
  cpu.moveStack(stackSize);
  if (stackSize === 8) set64(cpu, first, low, high);
  else set(cpu, first, low);
};

const ORDER = [Word.rax, Word.rcx, Word.rdx, Word.rbx, Word.rsp, Word.rbp, Word.rsi, Word.rdi] as const;

const pusha: Execute = (cpu, { operandSize }) => {
  const size = operandSize === 16 ? 2 : 4;
  cpu.writable(cpu.stack(-8 * size), 8 * size);
  const values = ORDER.map((word) => cpu.words[word]!);
  for (const value of values) cpu.push(value, 0, size);
};

const popa: Execute = (cpu, { operandSize }) => {
  const size = operandSize === 16 ? 2 : 4;
  cpu.readable(cpu.stack(0), 8 * size);
  for (const word of [...ORDER].reverse()) {
    const value = cpu.peek(size);
    cpu.moveStack(size);
    if (word !== Word.rsp) cpu.words[word] = size === 4 ? value : (cpu.words[word]! & 0xffff0000) | value;
  }
};

const leave: Execute = (cpu, { stackSize, operandSize }) => {
  const { words } = cpu;
  const [low, high] = [words[Word.rsp]!, words[Word.rsp + 1]!];
  words[Word.rsp] = words[Word.rbp]!;
  words[Word.rsp + 1] = words[Word.rbp + 1]!;
  try {
    const value = cpu.peek(stackSize);
    words[Word.rbp] = operandSize === 16 ? (words[Word.rbp]! & 0xffff0000) | value : value;
    if (stackSize === 8) words[Word.rbp + 1] = cpu.high;
  } catch (signal) {
    words[Word.rsp] = low;
    words[Word.rsp + 1] = high;
    throw signal;
  }
  cpu.moveStack(stackSize);
};

/** Level 0 alone: compilers use no other. */
const enter: Execute = (cpu, { stackSize, first, second }) => {
  if ((second.value & 0x1f) !== 0) throw new ProcessorSignal('unsupported');
  const { words } = cpu;
  cpu.push(words[Word.rbp]!, words[Word.rbp + 1]!, stackSize);
  words[Word.rbp] = words[Word.rsp]!;
  words[Word.rbp + 1] = words[Word.rsp + 1]!;
  cpu.moveStack(-(first.value & 0xffff));
};

const POPPED_FLAGS = 0xfff;
const pushf: Execute = (cpu, { stackSize }) => cpu.push(cpu.eflags, 0, stackSize);
const popf: Execute = (cpu, { stackSize }) => {
  const value = cpu.peek(stackSize);
  cpu.moveStack(stackSize);
  cpu.eflags = value & POPPED_FLAGS;
};

const lahf: Execute = ({ words, eflags }) => {
  words[Word.rax] = (words[Word.rax]! & 0xffff00ff) | ((eflags & 0xff) << 8);
};
const sahf: Execute = (cpu) => {
  cpu.eflags = (cpu.eflags & ~0xff) | ((cpu.words[Word.rax]! >> 8) & 0xd5);
};

/** CBW, CWDE, CDQE. */
const cbw: Execute = ({ words }, { operandSize }) => {
  const value = words[Word.rax]!;
  if (operandSize === 16) words[Word.rax] = (value & 0xffff0000) | (((value << 24) >> 24) & 0xffff);
  else if (operandSize === 32) {
    words[Word.rax] = (value << 16) >> 16;
    words[Word.rax + 1] = 0;
  } else words[Word.rax + 1] = value >> 31;
};

/** CWD, CDQ, CQO. */
const cwd: Execute = ({ words }, { operandSize }) => {
  if (operandSize === 16) words[Word.rdx] = (words[Word.rdx]! & 0xffff0000) | (((words[Word.rax]! << 16) >> 31) & 0xffff);
  else {
    const fill = words[operandSize === 64 ? Word.rax + 1 : Word.rax]! >> 31;
    words[Word.rdx] = fill;
    words[Word.rdx + 1] = operandSize === 64 ? fill : 0;
  }
};

const bswap: Execute = (cpu, { first, size }) => {
  const swap = (value: number): number => (value >>> 24) | ((value >>> 8) & 0xff00) | ((value << 8) & 0xff0000) | (value << 24);
  if (size === 64) {
    const low = get64(cpu, first);
    set64(cpu, first, swap(cpu.high), swap(low));
  } else if (size === 32) set(cpu, first, swap(get(cpu, first)));
  else set(cpu, first, 0);
};

/** CMPXCHG writes the destination in either case. */
const cmpxchg: Execute = (cpu, op) => {
  const { words } = cpu;
  if (op.size === 64) {
    const x = get64(cpu, op.first);
    const xHigh = cpu.high;
    const isEqual = x === words[Word.rax] && xHigh === words[Word.rax + 1];
    if (isEqual) {
      const y = get64(cpu, op.second);
      set64Again(cpu, op.first, y, cpu.high);
    } else if (op.first.reach === Reach.memory) cpu.store64(cpu.at, x, xHigh);
    compareWide(cpu, words[Word.rax]!, words[Word.rax + 1]!, x, xHigh);
    if (!isEqual) {
      words[Word.rax] = x;
      words[Word.rax + 1] = xHigh;
    }
    return;
  }
  const x = get(cpu, op.first) << op.shift;
  const accumulator = words[Word.rax]! << op.shift;
  const isEqual = x === accumulator;
  if (isEqual || op.first.reach === Reach.memory) setAgain(cpu, op.first, isEqual ? get(cpu, op.second) : x >>> op.shift);
  compareNarrow(cpu, accumulator, x, op.shift);
  if (!isEqual) set(cpu, { ...op.second, reach: op.size === 8 ? Reach.register8 : op.second.reach, register: Word.rax }, x >>> op.shift);
};

function compareNarrow(cpu: X86Cpu, x: number, y: number, shift: number): void {
  const { words } = cpu;
  const result = (x - y) | 0;
  words[Word.carry] = x >>> 0 < y >>> 0 ? 1 : 0;
  words[Word.overflow] = (x ^ y) & (x ^ result);
  words[Word.adjust] = (x ^ y ^ result) >>> shift;
  resultFlags(cpu, result, shift);
}

function compareWide(cpu: X86Cpu, x: number, xHigh: number, y: number, yHigh: number): void {
  const { words } = cpu;
  const low = (x - y) | 0;
  const borrow = x >>> 0 < y >>> 0 ? 1 : 0;
  const high = (xHigh - yHigh - borrow) | 0;
  words[Word.carry] = (xHigh >>> 0) - (yHigh >>> 0) - borrow < 0 ? 1 : 0;
  words[Word.overflow] = (xHigh ^ yHigh) & (xHigh ^ high);
  words[Word.adjust] = x ^ y ^ low;
  resultFlags64(cpu, low, high);
}

/** CMPXCHG8B and CMPXCHG16B: only ZF changes, which must not touch SF and PF. */
function setZero(cpu: X86Cpu, isZero: boolean): void {
  const flags = cpu.eflags;
  cpu.eflags = isZero ? flags | 0x40 : flags & ~0x40;
}

const cmpxchg8b: Execute = (cpu, op) => {
  const { words } = cpu;
  const at = cpu.locate(op.first);
  cpu.writable(at, 8);
  const low = cpu.load32(at);
  const high = cpu.load32(at + 4);
  const isEqual = low === words[Word.rax] && high === words[Word.rdx];
  if (isEqual) cpu.store64(at, words[Word.rbx]!, words[Word.rcx]!);
  else {
    words[Word.rax] = low;
    words[Word.rax + 1] = 0;
    words[Word.rdx] = high;
    words[Word.rdx + 1] = 0;
  }
  setZero(cpu, isEqual);
};

const cmpxchg16b: Execute = (cpu, op) => {
  const { words } = cpu;
  const at = cpu.locate(op.first);
  if (at & 15) throw new ProcessorSignal('general-protection');
  cpu.writable(at, 16);
  const found = [0, 4, 8, 12].map((offset) => cpu.load32(at + offset));
  const places = [Word.rax, Word.rax + 1, Word.rdx, Word.rdx + 1];
  const isEqual = places.every((place, index) => words[place] === found[index]);
  if (isEqual) {
    cpu.store64(at, words[Word.rbx]!, words[Word.rbx + 1]!);
    cpu.store64(at + 8, words[Word.rcx]!, words[Word.rcx + 1]!);
  } else for (const [index, place] of places.entries()) words[place] = found[index]!;
  setZero(cpu, isEqual);
};

/** SETCC, and CMOVCC, which reads its operand in either case. */
const conditional = Object.entries(CONDITIONS).flatMap(([name, holds]): [string, Execute][] => [
  [`set${name}`, (cpu, op) => set(cpu, op.first, holds(cpu) ? 1 : 0)],
  [
    `cmov${name}`,
    (cpu, op) => {
      if (op.size === 64) {
        const low = get64(cpu, op.second);
        if (holds(cpu)) set64(cpu, op.first, low, cpu.high);
      } else {
        const value = get(cpu, op.second);
        if (holds(cpu)) set(cpu, op.first, value);
        else if (op.size === 32) set(cpu, op.first, get(cpu, op.first));
      }
    },
  ],
]);

const xlat: Execute = (cpu, { addressSize }) => {
  const { words } = cpu;
  const sum = (words[Word.rbx]! >>> 0) + (words[Word.rax]! & 0xff);
  if (addressSize === 16) throw new ProcessorSignal('unsupported');
  cpu.addressHigh = addressSize === 64 ? (words[Word.rbx + 1]! + (sum >= 2 ** 32 ? 1 : 0)) | 0 : 0;
  words[Word.rax] = (words[Word.rax]! & 0xffffff00) | cpu.load8(cpu.inWindow(sum >>> 0, 'read'));
};

const movbe: Execute = (cpu, op) => {
  if (op.size === 64) {
    const swap = (value: number): number => (value >>> 24) | ((value >>> 8) & 0xff00) | ((value << 8) & 0xff0000) | (value << 24);
    const low = get64(cpu, op.second);
    set64(cpu, op.first, swap(cpu.high), swap(low));
    return;
  }
  const value = getUnsigned(cpu, op.second);
  const bytes =
    op.second.size === 16
      ? ((value >> 8) | (value << 8)) & 0xffff
      : ((value >>> 24) | ((value >>> 8) & 0xff00) | ((value << 8) & 0xff0000) | (value << 24)) >>> 0;
  set(cpu, op.first, bytes);
};

export const MOVES: Readonly<Record<string, Execute>> = {
  mov,
  movzx,
  movsx,
  movsxd: movsx,
  movbe,
  lea,
  xchg,
  push,
  pop,
  pusha,
  popa,
  leave,
  enter,
  pushf,
  popf,
  lahf,
  sahf,
  cbw,
  cwd,
  bswap,
  cmpxchg,
  cmpxchg8b,
  cmpxchg16b,
  xlat,
  ...Object.fromEntries(conditional),
};
