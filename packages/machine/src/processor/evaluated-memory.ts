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

/** The process's memory itself: writes take effect immediately. */
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
