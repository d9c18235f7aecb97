// SDM volume 1, 7.3.9: string instructions and their repetition. Each repetition counts as an instruction and leaves the registers as an interrupt would find them.

import { resultFlags, resultFlags64 } from './arithmetic.ts';
import type { Execute, MicroOp } from './micro-op.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

const HIGH = 2 ** 32;

/** Where rSI or rDI points in the window, with the base of a segment. */
function pointer(cpu: X86Cpu, register: number, op: MicroOp, segmentBase: number): number {
  const { words } = cpu;
  let at = words[register]! >>> 0;
  if (op.addressSize === 16) at &= 0xffff;
  cpu.addressHigh = op.addressSize === 64 ? words[register + 1]! : 0;
  if (segmentBase !== 0) {
    at += words[segmentBase]! >>> 0;
    cpu.addressHigh = (cpu.addressHigh + words[segmentBase + 1]! + (at >= HIGH ? 1 : 0)) | 0;
    at >>>= 0;
  }
  return cpu.inWindow(at, 'read');
}

function advance({ words }: X86Cpu, register: number, by: number, addressSize: number): void {
  const sum = (words[register]! >>> 0) + by;
  if (addressSize === 16) words[register] = (words[register]! & 0xffff0000) | (sum & 0xffff);
  else {
    words[register] = sum | 0;
    words[register + 1] = addressSize === 64 ? (words[register + 1]! + Math.floor(sum / HIGH)) | 0 : 0;
  }
}

/** Bytes from one element to the next. */
const stride = ({ words }: X86Cpu, size: number): number => (words[Word.direction] ? -size : size);

/** Repetitions that rCX asks for. Above 2^32 any number does: the budget ends first. */
function count({ words }: X86Cpu, addressSize: number): number {
  if (addressSize === 16) return words[Word.rcx]! & 0xffff;
  return (words[Word.rcx]! >>> 0) + (addressSize === 64 ? (words[Word.rcx + 1]! >>> 0) * HIGH : 0);
}

/** One element: false ends a repetition. */
type Element = (cpu: X86Cpu, op: MicroOp, bytes: number) => boolean;

/** Many elements at once, where they are all in pages that may be accessed: how many were done. */
type Bulk = (cpu: X86Cpu, op: MicroOp, bytes: number, limit: number) => number;

const repeated =
  (isBytes: boolean, element: Element, bulk?: Bulk): Execute =>
  (cpu, op) => {
    const bytes = isBytes ? 1 : op.operandSize / 8;
    if (op.repeat === 0) {
      element(cpu, op, bytes);
      return;
    }
    // The first repetition was counted with the instruction.
    let left = count(cpu, op.addressSize);
    if (left === 0) {
      if (op.addressSize === 32) cpu.words[Word.rcx + 1] = 0;
      return;
    }
    for (let isFirst = true; left > 0; isFirst = false) {
      if (!isFirst && cpu.budget === 0) {
        cpu.goTo(op.address);
        return;
      }
      const many = bulk ? bulk(cpu, op, bytes, Math.min(left, cpu.budget + (isFirst ? 1 : 0))) : 0;
      const goesOn = many > 0 || element(cpu, op, bytes);
      const done = Math.max(1, many);
      cpu.budget -= isFirst ? done - 1 : done;
      left -= done;
      advance(cpu, Word.rcx, -done, op.addressSize);
      if (!goesOn) return;
    }
  };

const sourceBase = (op: MicroOp, isFirst: boolean): number => (isFirst ? op.first : op.second).segmentBase;

function loadElement(cpu: X86Cpu, at: number, bytes: number): number {
  cpu.high = 0;
  return bytes === 1 ? cpu.load8(at) : bytes === 2 ? cpu.load16(at) : bytes === 4 ? cpu.load32(at) : cpu.load64(at);
}

function storeElement(cpu: X86Cpu, at: number, bytes: number, low: number, high: number): void {
  if (bytes === 1) cpu.store8(at, low);
  else if (bytes === 2) cpu.store16(at, low);
  else if (bytes === 4) cpu.store32(at, low);
  else cpu.store64(at, low, high);
}

const movs: Element = (cpu, op, bytes) => {
  const low = loadElement(cpu, pointer(cpu, Word.rsi, op, sourceBase(op, false)), bytes);
  const { high } = cpu;
  storeElement(cpu, pointer(cpu, Word.rdi, op, 0), bytes, low, high);
  advance(cpu, Word.rsi, stride(cpu, bytes), op.addressSize);
  advance(cpu, Word.rdi, stride(cpu, bytes), op.addressSize);
  return true;
};

const stos: Element = (cpu, op, bytes) => {
  storeElement(cpu, pointer(cpu, Word.rdi, op, 0), bytes, cpu.words[Word.rax]!, cpu.words[Word.rax + 1]!);
  advance(cpu, Word.rdi, stride(cpu, bytes), op.addressSize);
  return true;
};

const lods: Element = (cpu, op, bytes) => {
  const { words } = cpu;
  const low = loadElement(cpu, pointer(cpu, Word.rsi, op, sourceBase(op, true)), bytes);
  const keep = bytes === 1 ? 0xffffff00 : bytes === 2 ? 0xffff0000 : 0;
  words[Word.rax] = (words[Word.rax]! & keep) | low;
  if (bytes >= 4) words[Word.rax + 1] = bytes === 8 ? cpu.high : 0;
  advance(cpu, Word.rsi, stride(cpu, bytes), op.addressSize);
  return true;
};

/** The flags of x - y. */
function compare(cpu: X86Cpu, bytes: number, x: number, xHigh: number, y: number, yHigh: number): void {
  const { words } = cpu;
  if (bytes === 8) {
    const borrow = x >>> 0 < y >>> 0 ? 1 : 0;
    const low = (x - y) | 0;
    const high = (xHigh - yHigh - borrow) | 0;
    words[Word.carry] = (xHigh >>> 0) - (yHigh >>> 0) - borrow < 0 ? 1 : 0;
    words[Word.overflow] = (xHigh ^ yHigh) & (xHigh ^ high);
    words[Word.adjust] = x ^ y ^ low;
    resultFlags64(cpu, low, high);
    return;
  }
  const shift = 32 - bytes * 8;
  const [left, right] = [x << shift, y << shift];
  const result = (left - right) | 0;
  words[Word.carry] = left >>> 0 < right >>> 0 ? 1 : 0;
  words[Word.overflow] = (left ^ right) & (left ^ result);
  words[Word.adjust] = (left ^ right ^ result) >>> shift;
  resultFlags(cpu, result, shift);
}

/** REPE goes on while equal, REPNE while not. */
const goesOn = (cpu: X86Cpu, { repeat }: MicroOp): boolean => (cpu.words[Word.zero] === 0) === (repeat === 0xf3);

/**
 * The manuals leave open which operand is read first, which shows where both fault: the recorded processor reads the second one first, but for REPE CMPSB.
 */
const cmps: Element = (cpu, op, bytes) => {
  const isSourceFirst = op.repeat === 0xf3 && bytes === 1;
  if (!isSourceFirst) loadElement(cpu, pointer(cpu, Word.rdi, op, 0), bytes);
  const x = loadElement(cpu, pointer(cpu, Word.rsi, op, sourceBase(op, true)), bytes);
  const xHigh = cpu.high;
  const y = loadElement(cpu, pointer(cpu, Word.rdi, op, 0), bytes);
  compare(cpu, bytes, x, xHigh, y, cpu.high);
  advance(cpu, Word.rsi, stride(cpu, bytes), op.addressSize);
  advance(cpu, Word.rdi, stride(cpu, bytes), op.addressSize);
  return goesOn(cpu, op);
};

const scas: Element = (cpu, op, bytes) => {
  const { words } = cpu;
  const y = loadElement(cpu, pointer(cpu, Word.rdi, op, 0), bytes);
  compare(cpu, bytes, words[Word.rax]!, words[Word.rax + 1]!, y, cpu.high);
  advance(cpu, Word.rdi, stride(cpu, bytes), op.addressSize);
  return goesOn(cpu, op);
};

const PAGE = 0x1000;

/** Elements from `at` on within its page, upwards. */
const withinPage = (at: number, bytes: number): number => Math.floor((PAGE - (at & (PAGE - 1))) / bytes);

const bulkStos: Bulk = (cpu, op, bytes, limit) => {
  const { words } = cpu;
  if (words[Word.direction] || op.addressSize === 16 || bytes === 8) return 0;
  const at = pointer(cpu, Word.rdi, op, 0);
  const done = Math.min(limit, withinPage(at, bytes));
  if (done < 8) return 0;
  cpu.writable(at, done * bytes);
  const value = words[Word.rax]!;
  if (bytes === 1) cpu.bytes.fill(value, at, at + done);
  else for (let index = 0; index < done; index++) storeElement(cpu, at + index * bytes, bytes, value, 0);
  advance(cpu, Word.rdi, done * bytes, op.addressSize);
  return done;
};

const bulkMovs: Bulk = (cpu, op, bytes, limit) => {
  if (cpu.words[Word.direction] || op.addressSize === 16) return 0;
  const from = pointer(cpu, Word.rsi, op, sourceBase(op, false));
  const to = pointer(cpu, Word.rdi, op, 0);
  const done = Math.min(limit, withinPage(from, bytes), withinPage(to, bytes));
  // Where the destination lies in the source behind its start, elements are copied that were just written.
  if (done < 8 || (to > from && to < from + done * bytes)) return 0;
  cpu.readable(from, done * bytes);
  cpu.writable(to, done * bytes);
  cpu.bytes.copyWithin(to, from, from + done * bytes);
  advance(cpu, Word.rsi, done * bytes, op.addressSize);
  advance(cpu, Word.rdi, done * bytes, op.addressSize);
  return done;
};

/** MASKMOVDQU and MASKMOVQ: bytes whose mask has the sign bit. */
const maskmovdqu: Execute = (cpu, op) => {
  const at = pointer(cpu, Word.rdi, op, op.third.segmentBase);
  const value = op.first.register * 16;
  const mask = op.second.register * 16;
  const chosen = Array.from({ length: 16 }, (_, index) => index).filter((index) => cpu.xmm8[mask + index]! & 0x80);
  for (const index of chosen) cpu.writable(at + index, 1);
  for (const index of chosen) cpu.store8(at + index, cpu.xmm8[value + index]!);
};

const direction =
  (value: 0 | 1): Execute =>
  ({ words }) => {
    words[Word.direction] = value;
  };

export const STRINGS: Readonly<Record<string, Execute>> = {
  movsb: repeated(true, movs, bulkMovs),
  movsw: repeated(false, movs, bulkMovs),
  stosb: repeated(true, stos, bulkStos),
  stosw: repeated(false, stos, bulkStos),
  lodsb: repeated(true, lods),
  lodsw: repeated(false, lods),
  cmpsb: repeated(true, cmps),
  cmpsw: repeated(false, cmps),
  scasb: repeated(true, scas),
  scasw: repeated(false, scas),
  cld: direction(0),
  std: direction(1),
  maskmovdqu,
};
