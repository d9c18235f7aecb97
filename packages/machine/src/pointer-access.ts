import type { AddressSpace } from './address-space.ts';
import { type Fault, isFault } from './fault.ts';

/** The pointer at an address: 8 bytes as a bigint, so that no bit of a hostile value is lost, or 4 bytes as a number. */
export function readPointer(memory: AddressSpace, address: number, pointerSize: 4 | 8): bigint | Fault {
  if (pointerSize === 8) return memory.readU64(address);
  const value = memory.readU32(address);
  return isFault(value) ? value : BigInt(value);
}

export const writePointer = (memory: AddressSpace, address: number, value: number, pointerSize: 4 | 8): Fault | undefined =>
  pointerSize === 8 ? memory.writeU64(address, value) : memory.writeU32(address, value);

/** The pointer as an address of this process, or `undefined` beyond user space, which ends at 2^47. */
export function asAddress(value: bigint | Fault): number | undefined {
  return typeof value === 'bigint' && value < 1n << 47n ? Number(value) : undefined;
}
