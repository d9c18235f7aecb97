import type { EvaluatedMemory } from './evaluated-memory.ts';

/** A processor that runs the code of a process, one instruction at a time. */
export interface Processor {
  /** Address of the next instruction. */
  ip: number;
  stackPointer: number;
  /** The bits of a register by the name that the calling conventions use: `rcx`, `xmm0`, `st0`, `x8`, `v0`. */
  get(register: string): bigint;
  set(register: string, bits: bigint): void;
  /** One instruction. @throws NativeFault, UnknownInstruction */
  step(): void;
  /** What a call leaves for the callee to return to. */
  linkReturn(address: number): void;
  /** Returns to whoever called, and takes `popped` bytes of arguments off the stack. */
  leave(popped: number): void;
}

/** How to make a processor, and the registers that the loader's own code uses. */
export interface ProcessorModel {
  create(memory: EvaluatedMemory, stackPointer: number): Processor;
  /** Bytes of the return address between the stack pointer of a callee and its arguments. */
  readonly returnAddressSize: 0 | 4 | 8;
  /** The register that a reverse stub passes its record in. */
  readonly recordRegister: string;
  /** Which bootstrap thunk of ijwhost has come to its stub: the address that its layout counts from. What it put on the stack for this is taken off. */
  bootstrapThunk(processor: Processor): number;
}
