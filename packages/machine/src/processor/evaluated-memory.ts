import { hex } from '@ijw/binary';
import type { AddressSpace } from '../address-space.ts';
import { type Fault, isFault } from '../fault.ts';

/** Ends an evaluation: an access that the process's memory does not allow. */
export class NativeFault extends Error {
  override readonly name = 'NativeFault';
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(`${fault.access} at ${hex(fault.address)}`);
    this.fault = fault;
  }
}

/** Little-endian. */
export function integerOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index]!);
  return value;
}

/** Memory as native code sees it while it is evaluated. Every access that the rights forbid throws a `NativeFault`. */
export interface EvaluatedMemory {
  code(address: number, length: number): Uint8Array;
  readBytes(address: number, length: number): Uint8Array;
  writeBytes(address: number, bytes: Uint8Array): void;
}

const granted = <T>(value: T | Fault): T => {
  if (isFault(value)) throw new NativeFault(value);
  return value;
};

/** The process's memory itself: what is written is there at once. */
export class LiveMemory implements EvaluatedMemory {
  readonly #memory: AddressSpace;

  constructor(memory: AddressSpace) {
    this.#memory = memory;
  }

  code(address: number, length: number): Uint8Array {
    return granted(this.#memory.fetch(address, length));
  }

  readBytes(address: number, length: number): Uint8Array {
    return granted(this.#memory.read(address, length));
  }

  writeBytes(address: number, bytes: Uint8Array): void {
    granted(this.#memory.write(address, bytes));
  }
}

const STACK_SIZE = 0x10000;

/** Writes stay aside until `commit`, and the stack is outside the process's pages, so that it cannot be mistaken for one. */
export class DeferredMemory implements EvaluatedMemory {
  readonly #memory: AddressSpace;
  readonly #stackBase: number;
  readonly #written = new Map<number, number>();

  constructor(memory: AddressSpace, is64Bit: boolean) {
    this.#memory = memory;
    this.#stackBase = is64Bit ? 2 ** 47 + 0x10000 : 0xfff0_0000;
  }

  get stackPointer(): number {
    return this.#stackBase + STACK_SIZE / 2;
  }

  code(address: number, length: number): Uint8Array {
    return granted(this.#memory.fetch(address, length));
  }

  readBytes(address: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, index) => this.#byte(address + index));
  }

  writeBytes(address: number, bytes: Uint8Array): void {
    if (!this.#isStack(address)) granted(this.#memory.probe(address, bytes.length, 'write'));
    for (const [index, byte] of bytes.entries()) this.#written.set(address + index, byte);
  }

  /** Gives the process what was written, the stack excepted. */
  commit(): void {
    for (const [address, value] of this.#written) if (!this.#isStack(address)) this.#memory.writeU8(address, value);
  }

  #byte(address: number): number {
    const written = this.#written.get(address);
    if (written !== undefined) return written;
    return this.#isStack(address) ? 0 : granted(this.#memory.readU8(address));
  }

  #isStack(address: number): boolean {
    return address >= this.#stackBase && address < this.#stackBase + STACK_SIZE;
  }
}
