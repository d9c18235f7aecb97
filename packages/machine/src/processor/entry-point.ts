import { hex } from '@ijw/binary';
import { isRefusal } from '../fault.ts';
import { PageRights } from '../page-rights.ts';
import { codeAt, operandAddress, stubAt, transferAt } from './jump-chain.ts';
import { NativeFault } from './native-fault.ts';
import { type NativeEnd, type NativeRun, STEP_LIMIT } from './native-run.ts';
import type { Processor, ProcessorModel } from './processor.ts';
import { UnknownInstruction } from './unknown-instruction.ts';

/** Where an entry point returns to. */
const RETURN_ADDRESS = 0x10;
const STACK_SIZE = 0x10000;
/** Room above the arguments: the space that callers on x64 leave for register arguments. */
const STACK_TOP = 0x100;

/** One call of an entry point. */
class EntryPointRun {
  readonly #model: ProcessorModel;
  readonly #run: NativeRun;
  readonly #processor: Processor;

  constructor(model: ProcessorModel, run: NativeRun, stackPointer: number) {
    this.#model = model;
    this.#run = run;
    this.#processor = model.create(run.memory, stackPointer);
    this.#passArguments();
    this.#processor.linkReturn(RETURN_ADDRESS);
    this.#processor.ip = run.entry;
    this.#processor.beginJournal();
  }

  /** In registers, or from the last one on on the stack. */
  #passArguments(): void {
    const { registers } = this.#model.entryPoint;
    const values = this.#run.arguments;
    for (const [index, register] of registers.entries()) this.#processor.set(register, BigInt(values[index] ?? 0));
    if (registers.length > 0) return;
    for (const value of values.toReversed()) {
      this.#processor.stackPointer -= 4;
      this.#run.memory.writeU32(this.#processor.stackPointer, value >>> 0);
    }
  }

  toEnd(): NativeEnd {
    const processor = this.#processor;
    for (let count = 0; count < STEP_LIMIT && this.#run.steps.take(); count++) {
      const at = processor.ip;
      if (at === RETURN_ADDRESS)
        return { kind: 'returned', value: Number(BigInt.asUintN(32, processor.get(this.#model.entryPoint.result))) };
      const end = this.#step(at);
      if (end) {
        processor.rollBack();
        return end;
      }
    }
    processor.rollBack();
    return { kind: 'unknown', address: processor.ip };
  }

  /** One instruction, or one function outside. */
  #step(at: number): NativeEnd | undefined {
    const outside = this.#run.callOutside(at);
    if (outside) {
      if (outside.value === undefined) return { kind: 'unknown', address: at };
      this.#returnWith(outside.value);
      return undefined;
    }
    if (this.#jumpDelayed(at)) return undefined;
    // The process has no thread block.
    if (this.#model.usesThreadBlock(codeAt(this.#run.memory, at))) return { kind: 'unknown', address: at };
    try {
      this.#processor.step();
      return undefined;
    } catch (error) {
      if (error instanceof NativeFault) return { kind: 'fault', reason: `${error.message}, from ${hex(at)}` };
      if (error instanceof UnknownInstruction) return { kind: 'unknown', address: at };
      throw error;
    }
  }

  /** A host function takes its arguments, sets the result register and returns. What was written before it stays: it may have seen it. */
  #returnWith(value: number): void {
    const { result, popped } = this.#model.entryPoint;
    this.#processor.set(result, BigInt(value));
    this.#processor.leave(popped);
    this.#processor.beginJournal();
  }

  /** A jump or call through the slot of a delayed import goes where the slot would lead once its helper has bound it. */
  #jumpDelayed(at: number): boolean {
    const { memory, delayedTarget } = this.#run;
    const stub = stubAt(this.#model, memory, at);
    if (stub?.kind === 'indirect' && stub.padding === 0) return this.#goTo(delayedTarget(operandAddress(stub.slot, at)));
    const transfer = transferAt(this.#model, memory, at);
    if (transfer?.kind !== 'indirectCall') return false;
    const target = delayedTarget(operandAddress(transfer.slot, at));
    if (target !== undefined) this.#processor.linkReturn(at + transfer.length);
    return this.#goTo(target);
  }

  #goTo(target: number | undefined): boolean {
    if (target !== undefined) this.#processor.ip = target;
    return target !== undefined;
  }
}

/**
 * Runs code with the signature of DllMain as far as its instructions are run here. Code that goes beyond them, faults, or calls a function whose result is not
 * known leaves the memory as it was, or as the last function outside has seen it.
 */
export function runEntryPoint(model: ProcessorModel, run: NativeRun): NativeEnd {
  const { memory } = run;
  const stack = memory.reserve(STACK_SIZE);
  if (isRefusal(stack)) return { kind: 'fault', reason: stack.message };
  const refused = memory.commit(stack, STACK_SIZE, PageRights.readWrite);
  try {
    if (refused) return { kind: 'fault', reason: refused.message };
    return new EntryPointRun(model, run, stack + STACK_SIZE - STACK_TOP).toEnd();
  } finally {
    memory.release(stack);
  }
}
