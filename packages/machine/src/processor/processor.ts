import type { AddressSpace } from '../address-space.ts';
import type { Architecture } from '../architecture.ts';
import type { NativeEnd, NativeRun } from './native-run.ts';
import type { NativeStep } from './native-step.ts';

/** A processor that runs the code of a process, one instruction at a time. */
export interface Processor {
  /** Address of the next instruction. */
  ip: number;
  stackPointer: number;
  /** The bits of a register by the name that the calling conventions use: `rcx`, `xmm0`, `st0`, `x8`, `v0`. */
  get(register: string): bigint;
  set(register: string, bits: bigint): void;
  /** One instruction, and how many steps it counts for. @throws NativeFault, UnknownInstruction */
  step(): number;
  /** What a call leaves for the callee to return to. */
  linkReturn(address: number): void;
  /** Returns to the caller, and takes `popped` bytes of arguments off the stack. */
  leave(popped: number): void;
}

/** What a process of one architecture looks like, and how its code is read and run. Only `platform/` chooses between models. */
export interface ProcessorModel {
  readonly architecture: Architecture;
  readonly pointerSize: 4 | 8;
  /** The base that linkers give a DLL. */
  readonly usualBase: number;
  /** Top of user space: reservations end here. */
  readonly addressLimit: number;
  /** Bytes of the return address between the stack pointer of a callee and its arguments. */
  readonly returnAddressSize: 0 | 4 | 8;
  /** The bytes of a gate, 16 of them: code that leaves the guest for the function number `index` outside it. */
  gate(index: number): Uint8Array;
  /** The jump, call or return at an address, or `undefined` for anything else that decides where code goes. */
  decode(memory: AddressSpace, address: number): NativeStep | undefined;
  create(memory: AddressSpace, stackPointer: number): Processor;
  /** Runs code with the signature of DllMain as far as its instructions are known. */
  run(run: NativeRun): NativeEnd;
}
