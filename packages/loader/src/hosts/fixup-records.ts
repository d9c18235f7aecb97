import { type AddressSpace, type Fault, isFault } from '@ijw/machine';
import type { CliHeader } from '@ijw/pe';

/** ECMA-335 II.25.3.3.3: one record of the VTableFixups table, as it stands in memory. */
export interface FixupRecord {
  readonly index: number;
  readonly rva: number;
  readonly count: number;
  readonly type: number;
}

export const RECORD_SIZE = 8;
/** The most slots of a table; no real image has nearly as many. */
export const SLOT_LIMIT = 2_000_000;

/** COR_VTABLE_* beside the two pointer sizes. */
export const FixupType = { fromUnmanaged: 0x4, fromUnmanagedRetainAppDomain: 0x8, callMostDerived: 0x10 } as const;

/** The records of a mapped image. Size / 8 of them: the remainder is ignored. */
export function readFixupRecords(memory: AddressSpace, base: number, cli: CliHeader): FixupRecord[] | Fault {
  const { rva, size } = cli.vTableFixups;
  const length = Math.floor(size / RECORD_SIZE) * RECORD_SIZE;
  if (length === 0) return [];
  // `GetRvaData(0)` is a null pointer.
  if (rva === 0) return { kind: 'fault', address: 0, access: 'read', lacked: 'region' };
  const bytes = memory.read(base + rva, length);
  if (isFault(bytes)) return bytes;
  const view = new DataView(bytes.buffer);
  return Array.from({ length: length / RECORD_SIZE }, (_, index) => ({
    index,
    rva: view.getUint32(index * RECORD_SIZE, true),
    count: view.getUint16(index * RECORD_SIZE + 4, true),
    type: view.getUint16(index * RECORD_SIZE + 6, true),
  }));
}

export const totalSlots = (records: readonly FixupRecord[]): number => records.reduce((sum, record) => sum + record.count, 0);
