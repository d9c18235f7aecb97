import type { AddressSpace } from '../address-space.ts';
import type { Architecture } from '../architecture.ts';
import type { StubReader } from '../instructions/jump-stub.ts';

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
  /** From now on pages are kept as they were before they are written, for `rollBack`, which puts them back. */
  beginJournal(): void;
  rollBack(): void;
}

/** How an entry point with the signature of DllMain is called. */
export interface EntryPointConvention {
  /** The registers of HINSTANCE, reason and reserved; on x86 they lie on the stack. */
  readonly registers: readonly string[];
  readonly result: string;
  /** Bytes of arguments that the callee takes off the stack. */
  readonly popped: number;
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
  readonly entryPoint: EntryPointConvention;
  readonly stubs: StubReader;
  /** The bytes of a gate, 16 of them: code that leaves the guest for the function number `index` outside it. */
  gate(index: number): Uint8Array;
  create(memory: AddressSpace, stackPointer: number): Processor;
  /** Whether the instruction at the start of the code accesses the block of the thread: by FS or GS, or by x18. */
  usesThreadBlock(code: Uint8Array): boolean;
}
