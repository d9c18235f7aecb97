import type { AddressSpace, Fault } from '@ijw/machine';
import { isFault } from '@ijw/machine';

/** The input of one relocation. */
export interface RelocationSite {
  readonly memory: AddressSpace;
  readonly address: number;
  /** Actual base minus preferred base. */
  readonly delta: bigint;
  /** HIGHADJ: the low half, which is in the next entry. */
  readonly adjustment: number;
}

export interface RelocationKind {
  readonly name: string;
  readonly apply: (site: RelocationSite) => Fault | undefined;
}

const low32 = (delta: bigint): number => Number(BigInt.asUintN(32, delta));

/** Adds the upper half of the delta to a 16-bit field that holds the upper half of an address. */
function applyHigh({ memory, address, delta }: RelocationSite): Fault | undefined {
  const value = memory.readU16(address);
  return isFault(value) ? value : memory.writeU16(address, (value * 0x10000 + low32(delta)) / 0x10000);
}

function applyLow({ memory, address, delta }: RelocationSite): Fault | undefined {
  const value = memory.readU16(address);
  return isFault(value) ? value : memory.writeU16(address, value + low32(delta));
}

function applyHighLow({ memory, address, delta }: RelocationSite): Fault | undefined {
  const value = memory.readU32(address);
  return isFault(value) ? value : memory.writeU32(address, value + low32(delta));
}

/** The field is the upper half; the full address is rounded to the nearest, because the lower half is added as a signed number. */
function applyHighAdjust({ memory, address, delta, adjustment }: RelocationSite): Fault | undefined {
  const value = memory.readU16(address);
  if (isFault(value)) return value;
  const signed = (adjustment << 16) >> 16;
  return memory.writeU16(address, Math.floor(((value * 0x10000 + signed + low32(delta) + 0x8000) % 2 ** 32) / 0x10000));
}

function applyDir64({ memory, address, delta }: RelocationSite): Fault | undefined {
  const value = memory.readU64(address);
  return isFault(value) ? value : memory.writeU64(address, BigInt.asUintN(64, value + delta));
}

/**
 * PE/COFF "Base Relocation Types" that exist on x86, x64 and arm64. The others belong to machines that have no mixed-mode host; ntdll ends the
 * load at them, and so do we.
 */
export const RELOCATION_KINDS: ReadonlyMap<number, RelocationKind> = new Map([
  [0, { name: 'ABSOLUTE', apply: () => undefined }],
  [1, { name: 'HIGH', apply: applyHigh }],
  [2, { name: 'LOW', apply: applyLow }],
  [3, { name: 'HIGHLOW', apply: applyHighLow }],
  [4, { name: 'HIGHADJ', apply: applyHighAdjust }],
  [10, { name: 'DIR64', apply: applyDir64 }],
] as const);
