import type { AddressSpace } from '../address-space.ts';
import { ProcessorSignal } from '../instructions/interpreter/processor-exit.ts';
import { Segment } from '../instructions/x86/decoded-instruction.ts';
import { X86Decoder } from '../instructions/x86/decoder.ts';
import { X86Interpreter } from '../instructions/x86/interpreter/x86-interpreter.ts';
import { Word } from '../instructions/x86/interpreter/x86-state.ts';
import { NativeFault } from '../processor/native-fault.ts';
import type { Processor } from '../processor/processor.ts';
import { stepInterpreter } from '../processor/step-interpreter.ts';

const GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const HIGH = 2 ** 32;

const view = new DataView(new ArrayBuffer(8));

function doubleFromBits(bits: bigint): number {
  view.setBigUint64(0, BigInt.asUintN(64, bits));
  return view.getFloat64(0);
}

function bitsFromDouble(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** `eax` and `rax` are number 0, `r8` is 8. */
function generalNumber(register: string): number {
  const index = GENERAL.indexOf(register.slice(1));
  return index >= 0 ? index : Number(register.slice(1));
}

const vectorNumber = (register: string): number => Number(register.slice(3));

/** The interpreter of x86 and x64, one instruction at a time. */
export class X86Processor implements Processor {
  readonly #interpreter: X86Interpreter;

  constructor(space: AddressSpace, is64Bit: boolean, stackPointer: number) {
    this.#interpreter = new X86Interpreter({ space, is64Bit });
    this.stackPointer = stackPointer;
  }

  get ip(): number {
    return this.#interpreter.ip;
  }

  set ip(address: number) {
    this.#interpreter.ip = address;
  }

  get stackPointer(): number {
    return Number(this.#word(Word.rsp));
  }

  set stackPointer(address: number) {
    this.#setWord(Word.rsp, BigInt(address));
  }

  /** `st0` has the bits of a double. */
  get(register: string): bigint {
    const { xmm64, x87 } = this.#interpreter.cpu;
    if (register === 'st0') return bitsFromDouble((x87.valid >> x87.top) & 1 ? x87.registers[x87.top]! : 0);
    if (!register.startsWith('xmm')) return this.#word(generalNumber(register) * 2);
    const number = vectorNumber(register);
    return (BigInt.asUintN(64, xmm64[number * 2 + 1]!) << 64n) | BigInt.asUintN(64, xmm64[number * 2]!);
  }

  /** `st0` is pushed. */
  set(register: string, bits: bigint): void {
    const { xmm64, x87 } = this.#interpreter.cpu;
    if (register === 'st0') {
      x87.top = (x87.top - 1) & 7;
      x87.valid |= 1 << x87.top;
      x87.registers[x87.top] = doubleFromBits(bits);
    } else if (register.startsWith('xmm')) {
      const number = vectorNumber(register);
      xmm64[number * 2] = bits;
      xmm64[number * 2 + 1] = bits >> 64n;
    } else this.#setWord(generalNumber(register) * 2, bits);
  }

  step(): number {
    return stepInterpreter(this.#interpreter);
  }

  beginJournal(): void {
    this.#interpreter.cpu.beginJournal();
  }

  rollBack(): void {
    this.#interpreter.cpu.rollBack();
  }

  linkReturn(address: number): void {
    const { cpu } = this.#interpreter;
    this.#onStack(() => cpu.push(address | 0, Math.floor(address / HIGH), cpu.is64Bit ? 8 : 4));
  }

  leave(popped: number): void {
    const { cpu } = this.#interpreter;
    const size = cpu.is64Bit ? 8 : 4;
    const low = this.#onStack(() => cpu.peek(size)) >>> 0;
    this.ip = low + (cpu.high >>> 0) * HIGH;
    cpu.moveStack(size + popped);
  }

  /** @throws NativeFault where the stack may not be accessed */
  #onStack<T>(access: () => T): T {
    try {
      return access();
    } catch (signal) {
      if (!(signal instanceof ProcessorSignal)) throw signal;
      const outside = { kind: 'fault', address: this.stackPointer, access: 'write', lacked: 'region' } as const;
      throw new NativeFault(typeof signal.cause === 'string' ? outside : signal.cause);
    }
  }

  #word(word: number): bigint {
    const { words, is64Bit } = this.#interpreter.cpu;
    const low = BigInt(words[word]! >>> 0);
    return is64Bit ? (BigInt(words[word + 1]! >>> 0) << 32n) | low : low;
  }

  #setWord(word: number, bits: bigint): void {
    const { words, is64Bit } = this.#interpreter.cpu;
    words[word] = Number(BigInt.asIntN(32, bits));
    words[word + 1] = is64Bit ? Number(BigInt.asIntN(32, bits >> 32n)) : 0;
  }
}

/** Whether the first instruction accesses memory by FS or GS, in 32-bit or 64-bit code. */
export function usesThreadSegment(is64Bit: boolean): (code: Uint8Array) => boolean {
  const decoder = new X86Decoder(is64Bit);
  return (code) => code.length > 0 && decoder.decode(code, 0) === 'decoded' && decoder.instruction.segment >= Segment.fs;
}
