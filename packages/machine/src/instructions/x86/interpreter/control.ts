// SDM volume 1, 7.3.8: jumps, calls and returns; interrupts.

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import type { Execute, MicroOp } from './micro-op.ts';
import { get, get64 } from './operand-access.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

/** Jumps to the target of an operand: a direct target, or the value of a register or memory. */
function jumpTo(cpu: X86Cpu, { first, stackSize }: MicroOp): void {
  if (stackSize === 8) {
    const low = get64(cpu, first);
    cpu.jump(low >>> 0, cpu.high);
  } else cpu.jump(get(cpu, first) >>> 0, 0);
}

const call: Execute = (cpu, op) => {
  if (op.stackSize === 8) {
    const low = get64(cpu, op.first);
    cpu.callFrom(op, low >>> 0, cpu.high);
  } else cpu.callFrom(op, get(cpu, op.first) >>> 0, 0);
};

const ret: Execute = (cpu, op) => {
  const low = cpu.peek(op.stackSize);
  const { high } = cpu;
  cpu.moveStack(op.stackSize + (op.operands > 0 ? op.first.value & 0xffff : 0));
  cpu.jump(low >>> 0, high);
};

const take = (cpu: X86Cpu, { first }: MicroOp): void => cpu.jump(first.value >>> 0, first.valueHigh);

/** Each is a function of its own, so that none goes through another: they are the most frequent instructions. */
const JUMPS: Readonly<Record<string, Execute>> = {
  jo: (cpu, op) => cpu.words[Word.overflow]! < 0 && take(cpu, op),
  jno: (cpu, op) => cpu.words[Word.overflow]! >= 0 && take(cpu, op),
  jb: (cpu, op) => cpu.words[Word.carry] !== 0 && take(cpu, op),
  jae: (cpu, op) => cpu.words[Word.carry] === 0 && take(cpu, op),
  je: (cpu, op) => cpu.words[Word.zero] === 0 && take(cpu, op),
  jne: (cpu, op) => cpu.words[Word.zero] !== 0 && take(cpu, op),
  jbe: (cpu, op) => (cpu.words[Word.carry] !== 0 || cpu.words[Word.zero] === 0) && take(cpu, op),
  ja: (cpu, op) => cpu.words[Word.carry] === 0 && cpu.words[Word.zero] !== 0 && take(cpu, op),
  js: (cpu, op) => cpu.words[Word.sign]! < 0 && take(cpu, op),
  jns: (cpu, op) => cpu.words[Word.sign]! >= 0 && take(cpu, op),
  jp: (cpu, op) => cpu.parity && take(cpu, op),
  jnp: (cpu, op) => !cpu.parity && take(cpu, op),
  jl: (cpu, op) => (cpu.words[Word.sign]! ^ cpu.words[Word.overflow]!) < 0 && take(cpu, op),
  jge: (cpu, op) => (cpu.words[Word.sign]! ^ cpu.words[Word.overflow]!) >= 0 && take(cpu, op),
  jle: (cpu, op) => (cpu.words[Word.zero] === 0 || (cpu.words[Word.sign]! ^ cpu.words[Word.overflow]!) < 0) && take(cpu, op),
  jg: (cpu, op) => cpu.words[Word.zero] !== 0 && (cpu.words[Word.sign]! ^ cpu.words[Word.overflow]!) >= 0 && take(cpu, op),
};

/** Decrements rCX of the address size and returns true if it is not zero. */
function countDown({ words }: X86Cpu, addressSize: number): boolean {
  const low = words[Word.rcx]!;
  if (addressSize === 64) {
    words[Word.rcx] = low - 1;
    if (low === 0) words[Word.rcx + 1] = words[Word.rcx + 1]! - 1;
    return (words[Word.rcx]! | words[Word.rcx + 1]!) !== 0;
  }
  if (addressSize === 16) {
    words[Word.rcx] = (low & 0xffff0000) | ((low - 1) & 0xffff);
    return (words[Word.rcx]! & 0xffff) !== 0;
  }
  words[Word.rcx] = low - 1;
  words[Word.rcx + 1] = 0;
  return words[Word.rcx] !== 0;
}

const loop =
  (holds: (cpu: X86Cpu) => boolean): Execute =>
  (cpu, op) => {
    if (countDown(cpu, op.addressSize) && holds(cpu)) take(cpu, op);
  };

/** JCXZ, JECXZ, JRCXZ. */
const jcxz: Execute = (cpu, op) => {
  const { words } = cpu;
  const mask = op.addressSize === 16 ? 0xffff : -1;
  const isZero = (words[Word.rcx]! & mask) === 0 && (op.addressSize !== 64 || words[Word.rcx + 1] === 0);
  if (isZero) take(cpu, op);
};

const FAST_FAIL = 0x29;
const int: Execute = (_cpu, op) => {
  const vector = op.first.value & 0xff;
  throw new ProcessorSignal(vector === FAST_FAIL ? 'fast-fail' : vector === 3 ? 'breakpoint' : 'interrupt', vector);
};
const raise =
  (exception: 'breakpoint' | 'invalid-opcode' | 'general-protection'): Execute =>
  () => {
    throw new ProcessorSignal(exception);
  };

export const CONTROL: Readonly<Record<string, Execute>> = {
  jmp: jumpTo,
  call,
  ret,
  ...JUMPS,
  loop: loop(() => true),
  loope: loop(({ words }) => words[Word.zero] === 0),
  loopne: loop(({ words }) => words[Word.zero] !== 0),
  jcxz,
  int,
  int3: raise('breakpoint'),
  ud0: raise('invalid-opcode'),
  ud1: raise('invalid-opcode'),
  ud2: raise('invalid-opcode'),
  // What a program in user mode may not do: SDM volume 3, 5.9.
  hlt: raise('general-protection'),
  cli: raise('general-protection'),
  sti: raise('general-protection'),
  in: raise('general-protection'),
  out: raise('general-protection'),
  insb: raise('general-protection'),
  insw: raise('general-protection'),
  outsb: raise('general-protection'),
  outsw: raise('general-protection'),
};
