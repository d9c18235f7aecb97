import { AddressSpace, PageRights } from '@ijw/machine';
import { type DecodedInstruction, flagsUndefined, X86Decoder, X86Interpreter } from '@ijw/machine/instructions';
import { doubleOfExtended, extendedOfDouble } from '../../../packages/machine/src/instructions/x86/interpreter/extended-precision.ts';
import {
  CASE_SIZE,
  CODE_BASE,
  DATA_BASE,
  DATA_SIZE,
  FLAGS,
  FX,
  FX_X87,
  FX_XMM,
  MEMORY,
  MEMORY_OFFSET,
  MEMORY_SIZE,
  REGISTERS,
} from './processor-case.ts';
import type { SampledInstruction } from './sample-instructions.ts';

const STEP = 16;
const INT3 = 0xcc;
const BUDGET = 64;
const SIGILL = 4;
const SIGBUS = 7;
const SIGFPE = 8;
const SIGSEGV = 11;
const SIGNALS: Readonly<Record<string, number>> = { 'divide-error': SIGFPE, 'invalid-opcode': SIGILL, 'general-protection': SIGSEGV };
/** Bits of EFLAGS in the order of the table's letters `oszacpd`. */
const EFLAGS = [0x800, 0x80, 0x40, 0x10, 0x1, 0x4, 0x400] as const;
const COMPARED_FLAGS = EFLAGS.reduce<number>((bits, bit) => bits | bit, 0);

/** Runs cases in the interpreter and says what differs from the processor's answer. */
export class CaseRunner {
  readonly #bits: 32 | 64;
  readonly #space: AddressSpace;
  readonly #interpreter: X86Interpreter;
  readonly #decoder: X86Decoder;

  constructor(bits: 32 | 64, samples: readonly SampledInstruction[]) {
    this.#bits = bits;
    this.#space = new AddressSpace({ windowBase: bits === 64 ? 2 ** 32 : 0 });
    const code = new Uint8Array(samples.length * STEP + STEP).fill(INT3);
    for (const [index, sample] of samples.entries()) code.set(sample.code, index * STEP);
    this.#map(CODE_BASE[bits], code, PageRights.readExecute);
    this.#map(DATA_BASE[bits], new Uint8Array(DATA_SIZE), PageRights.readWrite);
    this.#interpreter = new X86Interpreter({ space: this.#space, is64Bit: bits === 64 });
    this.#decoder = new X86Decoder(bits === 64);
  }

  #map(base: number, bytes: Uint8Array, rights: number): void {
    this.#space.reserve(bytes.length, base);
    this.#space.commit(base, bytes.length, PageRights.readWrite);
    this.#space.write(base, bytes);
    this.#space.protect(base, bytes.length, rights);
  }

  decode(sample: SampledInstruction): DecodedInstruction {
    this.#decoder.decode(sample.code, 0);
    return this.#decoder.instruction;
  }

  /** `before` is a case, `after` the processor's answer. Undefined where they agree, or where the instruction is not run here. */
  difference(index: number, sample: SampledInstruction, before: Uint8Array, after: Uint8Array): string | undefined {
    if (isUndefinedShift(sample, this.decode(sample), before)) return undefined;
    const own = this.run(index, sample, before);
    if (own === undefined) return undefined;
    const wrong = this.#compare(sample, before, own, after);
    return wrong.length === 0 ? undefined : wrong.join('; ');
  }

  /** What becomes of a case, in the layout of the case; undefined where the instruction is not run here. */
  run(index: number, sample: SampledInstruction, before: Uint8Array): Uint8Array | undefined {
    this.#load(before);
    const address = CODE_BASE[this.#bits] + index * STEP;
    this.#interpreter.ip = address;
    const exit = this.#interpreter.run(BUDGET);
    if (exit.kind === 'unsupported') return undefined;
    const after = before.slice();
    const view = new DataView(after.buffer);
    const isDone = exit.kind === 'exception' && exit.exception === 'breakpoint' && exit.ip === address + sample.code.length;
    if (!isDone) {
      after[1] = exit.kind === 'fault' ? SIGSEGV : exit.kind === 'exception' ? (SIGNALS[exit.exception] ?? 255) : 255;
      if (exit.kind === 'fault') view.setBigUint64(24, BigInt(exit.fault.address), true);
    }
    this.#store(after, view);
    return after;
  }

  #load(bytes: Uint8Array): void {
    const { cpu } = this.#interpreter;
    const view = new DataView(bytes.buffer, bytes.byteOffset, CASE_SIZE);
    for (let register = 0; register < 16; register++) {
      cpu.words[register * 2] = view.getInt32(REGISTERS + register * 8, true);
      cpu.words[register * 2 + 1] = view.getInt32(REGISTERS + register * 8 + 4, true);
    }
    cpu.eflags = view.getUint32(FLAGS, true);
    cpu.xmm8.set(bytes.subarray(FX_XMM, FX_XMM + 256));
    cpu.mxcsr = view.getUint32(FX + 24, true);
    const { x87 } = cpu;
    x87.initialise();
    x87.control = view.getUint16(FX, true);
    x87.top = (view.getUint16(FX + 2, true) >> 11) & 7;
    x87.valid = view.getUint8(FX + 4);
    for (let index = 0; index < 8; index++) x87.registers[(x87.top + index) & 7] = doubleAt(view, FX_X87 + index * 16);
    const data = cpu.space.flat.bytes.subarray(DATA_BASE[this.#bits] - cpu.space.windowBase).subarray(0, DATA_SIZE);
    data.fill(0);
    data.set(bytes.subarray(MEMORY, MEMORY + MEMORY_SIZE), MEMORY_OFFSET);
  }

  #store(after: Uint8Array, view: DataView): void {
    const { cpu } = this.#interpreter;
    for (let register = 0; register < (this.#bits === 64 ? 16 : 8); register++) {
      view.setInt32(REGISTERS + register * 8, cpu.words[register * 2]!, true);
      view.setInt32(REGISTERS + register * 8 + 4, cpu.words[register * 2 + 1]!, true);
    }
    view.setUint32(FLAGS, cpu.eflags, true);
    after.set(cpu.xmm8.subarray(0, this.#bits === 64 ? 256 : 128), FX_XMM);
    const { x87 } = cpu;
    view.setUint16(FX + 2, x87.status, true);
    view.setUint8(FX + 4, x87.valid);
    for (let index = 0; index < 8; index++) {
      const { significand, word } = extendedOfDouble(x87.registers[(x87.top + index) & 7]!);
      view.setBigUint64(FX_X87 + index * 16, significand, true);
      view.setUint16(FX_X87 + index * 16 + 8, word, true);
    }
    const data = DATA_BASE[this.#bits] - cpu.space.windowBase + MEMORY_OFFSET;
    after.set(cpu.space.flat.bytes.subarray(data, data + MEMORY_SIZE), MEMORY);
  }

  #compare(sample: SampledInstruction, before: Uint8Array, own: Uint8Array, after: Uint8Array): string[] {
    const wrong: string[] = [];
    const [mine, theirs] = [own, after].map((bytes) => new DataView(bytes.buffer, bytes.byteOffset, CASE_SIZE)) as [DataView, DataView];
    const differ = (what: string, left: unknown, right: unknown): void => {
      if (left !== right) wrong.push(`${what} ${left} is ${right}`);
    };
    // A bus error is a fault of the stack segment.
    if (after[1] === SIGBUS) after[1] = SIGSEGV;
    differ('signal', own[1], after[1]);
    if (own[1] !== 0 && own[1] === after[1])
      differ('fault', mine.getBigUint64(24, true).toString(16), theirs.getBigUint64(24, true).toString(16));
    for (let at = REGISTERS; at < FLAGS; at += 8)
      differ(`r${(at - REGISTERS) / 8}`, mine.getBigUint64(at, true).toString(16), theirs.getBigUint64(at, true).toString(16));
    const mask = COMPARED_FLAGS & ~undefinedFlags(sample, this.decode(sample), before);
    differ('flags', (mine.getUint32(FLAGS, true) & mask).toString(16), (theirs.getUint32(FLAGS, true) & mask).toString(16));
    // A signal of 32-bit code does not tell the vector registers.
    if (after[1] === 0 || this.#bits === 64) {
      for (let at = FX_XMM; at < FX_XMM + (this.#bits === 64 ? 256 : 128); at += 8)
        differ(`xmm${(at - FX_XMM) / 16}`, mine.getBigUint64(at, true).toString(16), theirs.getBigUint64(at, true).toString(16));
      compareX87(sample, new DataView(before.buffer, before.byteOffset, CASE_SIZE), mine, theirs, differ);
    }
    for (let at = MEMORY; at < MEMORY + MEMORY_SIZE; at += 8)
      differ(`memory+${at - MEMORY}`, mine.getBigUint64(at, true).toString(16), theirs.getBigUint64(at, true).toString(16));
    return wrong;
  }
}

/** Transcendental functions are compared to this part of their value; angles are reduced by processors with a pi of 66 bits. FYL2XP1 is defined near 0 alone. */
const TOLERANCE = 1e-12;
const TRANSCENDENTAL = /^f(sin|cos|sincos|ptan|patan|2xm1|yl2x|yl2xp1)$/;
const CONDITIONS = 0x4700;

function compareX87(
  { mnemonic }: SampledInstruction,
  before: DataView,
  mine: DataView,
  theirs: DataView,
  differ: (what: string, left: unknown, right: unknown) => void,
): void {
  if (!mnemonic.startsWith('f')) return;
  differ('top', (mine.getUint16(FX + 2, true) >> 11) & 7, (theirs.getUint16(FX + 2, true) >> 11) & 7);
  differ('tags', mine.getUint8(FX + 4), theirs.getUint8(FX + 4));
  if (/^f(u?com|ficom|tst|xam|prem|ficomp)/.test(mnemonic))
    differ('conditions', mine.getUint16(FX + 2, true) & CONDITIONS, theirs.getUint16(FX + 2, true) & CONDITIONS);
  const angle = Math.abs(doubleAt(before, FX_X87));
  if (mnemonic === 'fyl2xp1' && !(angle < 0.29)) return;
  const tags = theirs.getUint8(FX + 4);
  const top = (theirs.getUint16(FX + 2, true) >> 11) & 7;
  for (let index = 0; index < 8; index++) {
    if (!((tags >> ((top + index) & 7)) & 1)) continue;
    const left = doubleAt(mine, FX_X87 + index * 16);
    const right = doubleAt(theirs, FX_X87 + index * 16);
    if (TRANSCENDENTAL.test(mnemonic) && Math.abs(left - right) <= TOLERANCE * Math.abs(right) + angle * 2 ** -60) continue;
    differ(`st${index}`, Object.is(left, right) || left === right ? String(right) : String(left), String(right));
  }
}

const doubleAt = (view: DataView, at: number): number => doubleOfExtended(view.getBigUint64(at, true), view.getUint16(at + 8, true));

const letterBits = (letters: number): number =>
  EFLAGS.reduce<number>((bits, bit, index) => (letters & (1 << index) ? bits | bit : bits), 0);

/** What the manual leaves undefined: by the table, and by the count of a shift (SDM volume 2, SAL, RCL, SHLD). */
function undefinedFlags({ mnemonic }: SampledInstruction, instruction: DecodedInstruction, before: Uint8Array): number {
  const fromTable = letterBits(flagsUndefined(instruction));
  const name = mnemonic.replace(/^lock /, '');
  if (!/^(sh[lr]d?|sar|ro[lr]|rc[lr])$/.test(name)) return fromTable;
  const size = instruction.opcode & 1 || name.endsWith('d') ? instruction.operandSize : 8;
  const count = shiftCount(instruction, before);
  const isDouble = name.endsWith('d');
  if (count === 0) return 0;
  let bits = /^(sh|sa)/.test(name) ? 0x10 : 0;
  if (count > 1) bits |= 0x800;
  if (count >= size && /^sh/.test(name)) bits |= isDouble ? COMPARED_FLAGS : 0x1;
  return bits;
}

/** SHLD and SHRD of 16 bits by more than that. */
const isUndefinedShift = ({ mnemonic }: SampledInstruction, instruction: DecodedInstruction, before: Uint8Array): boolean =>
  /sh[lr]d$/.test(mnemonic) && instruction.operandSize === 16 && shiftCount(instruction, before) > 16;

function shiftCount(instruction: DecodedInstruction, before: Uint8Array): number {
  const byCl = (instruction.opcode & 0xfe) === 0xd2 || instruction.opcode === 0xa5 || instruction.opcode === 0xad;
  const byOne = (instruction.opcode & 0xfe) === 0xd0;
  const raw = byCl ? (before[REGISTERS + 8] ?? 0) : byOne ? 1 : instruction.immediate;
  return (
    raw &
    (instruction.operandSize === 64 && (instruction.opcode & 1 || instruction.opcode === 0xa4 || instruction.opcode === 0xac) ? 63 : 31)
  );
}
