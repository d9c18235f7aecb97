// SDM volume 1, 7.3.2 to 7.3.5: addition, subtraction, comparison, logic. Operations of 8, 16 and 32 bits are done at the top of a word (`op.shift`),
// so that carry, overflow and sign are those of 32 bits.

import type { Execute, MicroOp } from './micro-op.ts';
import { get, get64, set64Again, setAgain } from './operand-access.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

const HIGH = 2 ** 32;

/** ZF, SF and PF of a result at the top of a word. */
export function resultFlags({ words }: X86Cpu, result: number, shift: number): void {
  words[Word.zero] = result;
  words[Word.sign] = result;
  words[Word.parity] = result >>> shift;
}

export function resultFlags64({ words }: X86Cpu, low: number, high: number): void {
  words[Word.zero] = low | high;
  words[Word.sign] = high;
  words[Word.parity] = low;
}

function addFlags(cpu: X86Cpu, x: number, y: number, result: number, shift: number, carry: number): void {
  const { words } = cpu;
  words[Word.carry] = carry;
  words[Word.overflow] = (x ^ result) & (y ^ result);
  words[Word.adjust] = (x ^ y ^ result) >>> shift;
  resultFlags(cpu, result, shift);
}

function subtractFlags(cpu: X86Cpu, x: number, y: number, result: number, shift: number, borrow: number): void {
  const { words } = cpu;
  words[Word.carry] = borrow;
  words[Word.overflow] = (x ^ y) & (x ^ result);
  words[Word.adjust] = (x ^ y ^ result) >>> shift;
  resultFlags(cpu, result, shift);
}

function logicFlags(cpu: X86Cpu, result: number, shift: number): void {
  const { words } = cpu;
  words[Word.carry] = 0;
  words[Word.overflow] = 0;
  words[Word.adjust] = 0;
  resultFlags(cpu, result, shift);
}

function logicFlags64(cpu: X86Cpu, low: number, high: number): void {
  const { words } = cpu;
  words[Word.carry] = 0;
  words[Word.overflow] = 0;
  words[Word.adjust] = 0;
  resultFlags64(cpu, low, high);
}

/** ADD and ADC. */
function addNarrow(cpu: X86Cpu, op: MicroOp, carryIn: number): void {
  const x = get(cpu, op.first) << op.shift;
  const y = get(cpu, op.second) << op.shift;
  const carry = carryIn << op.shift;
  const result = (x + y + carry) | 0;
  setAgain(cpu, op.first, result >>> op.shift);
  addFlags(cpu, x, y, result, op.shift, (x >>> 0) + (y >>> 0) + (carry >>> 0) >= HIGH ? 1 : 0);
}

function addWide(cpu: X86Cpu, op: MicroOp, carryIn: number): void {
  const x = get64(cpu, op.first);
  const xHigh = cpu.high;
  const y = get64(cpu, op.second);
  const yHigh = cpu.high;
  const sum = (x >>> 0) + (y >>> 0) + carryIn;
  const sumHigh = (xHigh >>> 0) + (yHigh >>> 0) + (sum >= HIGH ? 1 : 0);
  const low = sum | 0;
  const high = sumHigh | 0;
  set64Again(cpu, op.first, low, high);
  const { words } = cpu;
  words[Word.carry] = sumHigh >= HIGH ? 1 : 0;
  words[Word.overflow] = (xHigh ^ high) & (yHigh ^ high);
  words[Word.adjust] = x ^ y ^ low;
  resultFlags64(cpu, low, high);
}

/** SUB, SBB and CMP: `isKept` writes the result. */
function subtractNarrow(cpu: X86Cpu, op: MicroOp, borrowIn: number, isKept: boolean): void {
  const x = get(cpu, op.first) << op.shift;
  const y = get(cpu, op.second) << op.shift;
  const borrow = borrowIn << op.shift;
  const result = (x - y - borrow) | 0;
  if (isKept) setAgain(cpu, op.first, result >>> op.shift);
  subtractFlags(cpu, x, y, result, op.shift, x >>> 0 < (y >>> 0) + (borrow >>> 0) ? 1 : 0);
}

function subtractWide(cpu: X86Cpu, op: MicroOp, borrowIn: number, isKept: boolean): void {
  const x = get64(cpu, op.first);
  const xHigh = cpu.high;
  const y = get64(cpu, op.second);
  const yHigh = cpu.high;
  const difference = (x >>> 0) - (y >>> 0) - borrowIn;
  const differenceHigh = (xHigh >>> 0) - (yHigh >>> 0) - (difference < 0 ? 1 : 0);
  const low = difference | 0;
  const high = differenceHigh | 0;
  if (isKept) set64Again(cpu, op.first, low, high);
  const { words } = cpu;
  words[Word.carry] = differenceHigh < 0 ? 1 : 0;
  words[Word.overflow] = (xHigh ^ yHigh) & (xHigh ^ high);
  words[Word.adjust] = x ^ y ^ low;
  resultFlags64(cpu, low, high);
}

const add: Execute = (cpu, op) => (op.size === 64 ? addWide(cpu, op, 0) : addNarrow(cpu, op, 0));
const adc: Execute = (cpu, op) => {
  const carry = cpu.words[Word.carry]!;
  if (op.size === 64) addWide(cpu, op, carry);
  else addNarrow(cpu, op, carry);
};
const sub: Execute = (cpu, op) => (op.size === 64 ? subtractWide(cpu, op, 0, true) : subtractNarrow(cpu, op, 0, true));
const sbb: Execute = (cpu, op) => {
  const borrow = cpu.words[Word.carry]!;
  if (op.size === 64) subtractWide(cpu, op, borrow, true);
  else subtractNarrow(cpu, op, borrow, true);
};
const cmp: Execute = (cpu, op) => (op.size === 64 ? subtractWide(cpu, op, 0, false) : subtractNarrow(cpu, op, 0, false));

const and: Execute = (cpu, op) => {
  if (op.size === 64) {
    const x = get64(cpu, op.first);
    const xHigh = cpu.high;
    const low = x & get64(cpu, op.second);
    const high = xHigh & cpu.high;
    set64Again(cpu, op.first, low, high);
    logicFlags64(cpu, low, high);
    return;
  }
  const result = get(cpu, op.first) & get(cpu, op.second);
  setAgain(cpu, op.first, result);
  logicFlags(cpu, result << op.shift, op.shift);
};

const or: Execute = (cpu, op) => {
  if (op.size === 64) {
    const x = get64(cpu, op.first);
    const xHigh = cpu.high;
    const low = x | get64(cpu, op.second);
    const high = xHigh | cpu.high;
    set64Again(cpu, op.first, low, high);
    logicFlags64(cpu, low, high);
    return;
  }
  const result = get(cpu, op.first) | get(cpu, op.second);
  setAgain(cpu, op.first, result);
  logicFlags(cpu, result << op.shift, op.shift);
};

const xor: Execute = (cpu, op) => {
  if (op.size === 64) {
    const x = get64(cpu, op.first);
    const xHigh = cpu.high;
    const low = x ^ get64(cpu, op.second);
    const high = xHigh ^ cpu.high;
    set64Again(cpu, op.first, low, high);
    logicFlags64(cpu, low, high);
    return;
  }
  const result = get(cpu, op.first) ^ get(cpu, op.second);
  setAgain(cpu, op.first, result);
  logicFlags(cpu, result << op.shift, op.shift);
};

const test: Execute = (cpu, op) => {
  if (op.size === 64) {
    const x = get64(cpu, op.first);
    const xHigh = cpu.high;
    const low = x & get64(cpu, op.second);
    logicFlags64(cpu, low, xHigh & cpu.high);
    return;
  }
  logicFlags(cpu, (get(cpu, op.first) & get(cpu, op.second)) << op.shift, op.shift);
};

/** INC and DEC leave CF. */
function step(cpu: X86Cpu, op: MicroOp, by: 1 | -1): void {
  const { words } = cpu;
  if (op.size === 64) {
    const x = get64(cpu, op.first);
    const xHigh = cpu.high;
    const low = (x + by) | 0;
    const high = (xHigh + (by === 1 ? (low === 0 ? 1 : 0) : x === 0 ? -1 : 0)) | 0;
    set64Again(cpu, op.first, low, high);
    words[Word.overflow] = by === 1 ? ~xHigh & high : xHigh & ~high;
    words[Word.adjust] = x ^ low ^ 1;
    resultFlags64(cpu, low, high);
    return;
  }
  const x = get(cpu, op.first) << op.shift;
  const result = (x + (by << op.shift)) | 0;
  setAgain(cpu, op.first, result >>> op.shift);
  words[Word.overflow] = by === 1 ? ~x & result : x & ~result;
  words[Word.adjust] = (x >>> op.shift) ^ (result >>> op.shift) ^ 1;
  resultFlags(cpu, result, op.shift);
}

const neg: Execute = (cpu, op) => {
  if (op.size === 64) {
    const x = get64(cpu, op.first);
    const xHigh = cpu.high;
    const low = -x | 0;
    const high = (-xHigh - (x === 0 ? 0 : 1)) | 0;
    set64Again(cpu, op.first, low, high);
    cpu.words[Word.carry] = (x | xHigh) === 0 ? 0 : 1;
    cpu.words[Word.overflow] = xHigh & high;
    cpu.words[Word.adjust] = x ^ low;
    resultFlags64(cpu, low, high);
    return;
  }
  const x = get(cpu, op.first) << op.shift;
  const result = -x | 0;
  setAgain(cpu, op.first, result >>> op.shift);
  subtractFlags(cpu, 0, x, result, op.shift, x === 0 ? 0 : 1);
};

const not: Execute = (cpu, op) => {
  if (op.size === 64) {
    const low = ~get64(cpu, op.first);
    set64Again(cpu, op.first, low, ~cpu.high);
  } else setAgain(cpu, op.first, ~get(cpu, op.first));
};

const xadd: Execute = (cpu, op) => {
  // The register gets the old value; where both are one register, the sum stays.
  const isSame = op.first.reach === op.second.reach && op.first.register === op.second.register;
  if (op.size === 64) {
    const x = get64(cpu, op.first);
    const xHigh = cpu.high;
    addWide(cpu, op, 0);
    if (!isSame) set64Again(cpu, op.second, x, xHigh);
    return;
  }
  const x = get(cpu, op.first);
  addNarrow(cpu, op, 0);
  if (!isSame) setAgain(cpu, op.second, x);
};

export const ARITHMETIC: Readonly<Record<string, Execute>> = {
  add,
  adc,
  sub,
  sbb,
  cmp,
  and,
  or,
  xor,
  test,
  inc: (cpu, op) => step(cpu, op, 1),
  dec: (cpu, op) => step(cpu, op, -1),
  neg,
  not,
  xadd,
};
