import { hex } from '@ijw/binary';
import type { Fault } from '../fault.ts';

/** Ends native code: an access that the process's memory does not allow. */
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
