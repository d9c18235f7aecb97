import { hex } from '@ijw/binary';
import type { Access } from './page-rights.ts';

/** An access that the address space does not allow. It is a value, not an exception: the caller decides its meaning. */
export interface Fault {
  readonly kind: 'fault';
  /** The first guest address that could not be accessed. */
  readonly address: number;
  readonly access: Access;
  /** What was missing: the address is in no region, the page was never committed, or the page's rights do not include the access. */
  readonly lacked: 'region' | 'commitment' | Access;
}

export type RefusalCode =
  | 'WRITE_AND_EXECUTE'
  | 'BAD_RANGE'
  | 'ADDRESS_TAKEN'
  | 'NOT_RESERVED'
  | 'NOT_COMMITTED'
  | 'NO_SPACE'
  | 'COMMIT_LIMIT';

/** A change of the address space that it does not make. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly code: RefusalCode;
  readonly address: number;
  readonly message: string;
}

export function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && (value as Partial<Fault>).kind === 'fault';
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && (value as Partial<Refusal>).kind === 'refusal';
}

const LACKED: Readonly<Record<Fault['lacked'], string>> = {
  region: 'nothing is mapped there',
  commitment: 'the page is reserved and not committed',
  read: 'the page may not be read',
  write: 'the page may not be written',
  execute: 'the page may not be executed',
};

/** `write at 0x1000: the page may not be written`. */
export const faultText = (fault: Fault): string => `${fault.access} at ${hex(fault.address)}: ${LACKED[fault.lacked]}`;
