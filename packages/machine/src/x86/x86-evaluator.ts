import { hex } from '@ijw/binary';
import { isFault, isRefusal } from '../fault.ts';
import { Segment } from '../instructions/x86/decoded-instruction.ts';
import { X86Decoder } from '../instructions/x86/decoder.ts';
import { memoryAddress, x86Flow } from '../instructions/x86/flow.ts';
import { X86Interpreter } from '../instructions/x86/interpreter/x86-interpreter.ts';
import { Word } from '../instructions/x86/interpreter/x86-state.ts';
import { PageRights } from '../page-rights.ts';
import { NativeFault } from '../processor/evaluated-memory.ts';
import { type NativeEnd, type NativeRun, STEP_LIMIT } from '../processor/native-run.ts';

/** Where an entry point returns to. */
const RETURN_ADDRESS = 0x10;
const STACK_SIZE = 0x10000;
/** Bytes of the three arguments, which DllMain on x86 takes off the stack. */
const ARGUMENTS_SIZE = 12;
const HIGH = 2 ** 32;
/** Room above the arguments: the space that callers on x64 leave for register arguments. */
const STACK_TOP = 0x100;
/** Enough for jumps and accesses with a segment. */
const LONGEST_JUMP = 12;

/** One call of an entry point. */
class EntryPointRun {
  readonly #run: NativeRun;
  readonly #is64Bit: boolean;
  readonly #interpreter: X86Interpreter;
  readonly #decoder: X86Decoder;

  constructor(run: NativeRun, is64Bit: boolean, stackPointer: number) {
    this.#run = run;
    this.#is64Bit = is64Bit;
    this.#interpreter = new X86Interpreter({ space: run.memory, is64Bit });
    this.#decoder = new X86Decoder(is64Bit);
    this.#prepare(stackPointer);
  }

  #prepare(stackPointer: number): void {
    const { cpu } = this.#interpreter;
    const [instance, reason, reserved] = this.#run.arguments;
    this.#set(Word.rsp, stackPointer);
    if (this.#is64Bit) {
      this.#set(Word.rcx, instance);
      this.#set(Word.rdx, reason);
      this.#set(Word.r8, reserved);
    } else for (const argument of [reserved, reason, instance]) cpu.push(argument | 0, 0, 4);
    cpu.push(RETURN_ADDRESS, 0, this.#is64Bit ? 8 : 4);
    this.#interpreter.ip = this.#run.entry;
    cpu.beginJournal();
  }

  #set(word: number, value: number): void {
    const { words } = this.#interpreter.cpu;
    words[word] = value | 0;
    words[word + 1] = Math.floor(value / HIGH);
  }

  toEnd(): NativeEnd {
    const { cpu } = this.#interpreter;
    for (let count = 0; count < STEP_LIMIT && this.#run.steps.take(); count++) {
      const at = this.#interpreter.ip;
      if (at === RETURN_ADDRESS) return { kind: 'returned', value: cpu.words[Word.rax]! >>> 0 };
      const end = this.#step(at);
      if (end) {
        cpu.rollBack();
        return end;
      }
    }
    cpu.rollBack();
    return { kind: 'unknown', address: this.#interpreter.ip };
  }

  /** One instruction, or one function outside. */
  #step(at: number): NativeEnd | undefined {
    const outside = this.#run.callOutside(at);
    if (outside) {
      if (outside.value === undefined) return { kind: 'unknown', address: at };
      this.#returnWith(outside.value);
      return undefined;
    }
    const isDecoded = this.#decode(at);
    if (isDecoded && this.#jumpDelayed(at)) return undefined;
    // The process has no thread block that FS and GS could lead to.
    if (isDecoded && this.#decoder.instruction.segment >= Segment.fs) return { kind: 'unknown', address: at };
    const exit = this.#interpreter.run(1);
    if (exit.kind === 'budget') return undefined;
    if (exit.kind === 'fault') return { kind: 'fault', reason: `${new NativeFault(exit.fault).message}, from ${hex(at)}` };
    return { kind: 'unknown', address: at };
  }

  /** A host function takes its arguments, sets the result register and returns. What was written before it stays: it may have seen it. */
  #returnWith(value: number): void {
    const { cpu } = this.#interpreter;
    const size = this.#is64Bit ? 8 : 4;
    this.#set(Word.rax, value);
    const low = cpu.peek(size) >>> 0;
    this.#interpreter.ip = low + (cpu.high >>> 0) * HIGH;
    cpu.moveStack(this.#is64Bit ? size : size + ARGUMENTS_SIZE);
    cpu.beginJournal();
  }

  #decode(at: number): boolean {
    const code = this.#run.memory.fetch(at, LONGEST_JUMP);
    return !isFault(code) && this.#decoder.decode(code, 0) === 'decoded';
  }

  /** A jump or call through the slot of a delayed import goes where the slot would lead once its helper has bound it. */
  #jumpDelayed(at: number): boolean {
    const { instruction } = this.#decoder;
    const flow = x86Flow(instruction);
    if (flow !== 'indirectCall' && flow !== 'indirectBranch') return false;
    const slot = memoryAddress(instruction, BigInt(at));
    const target = slot === undefined ? undefined : this.#run.delayedTarget(Number(slot));
    if (target === undefined) return false;
    const back = at + instruction.length;
    if (flow === 'indirectCall') this.#interpreter.cpu.push(back | 0, Math.floor(back / HIGH), this.#is64Bit ? 8 : 4);
    this.#interpreter.ip = target;
    return true;
  }
}

/**
 * Runs an entry point of x86 or x64 as far as its instructions are run here. Code that goes beyond them, faults, or calls a function whose result is not known
 * leaves the memory as it was, or as the last function outside has seen it.
 */
export function evaluateX86(run: NativeRun, is64Bit: boolean): NativeEnd {
  const { memory } = run;
  const stack = memory.reserve(STACK_SIZE);
  if (isRefusal(stack)) return { kind: 'fault', reason: stack.message };
  const refused = memory.commit(stack, STACK_SIZE, PageRights.readWrite);
  try {
    if (refused) return { kind: 'fault', reason: refused.message };
    return new EntryPointRun(run, is64Bit, stack + STACK_SIZE - STACK_TOP).toEnd();
  } finally {
    memory.release(stack);
  }
}
