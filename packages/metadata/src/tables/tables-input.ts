import type { Diagnostics } from '@ijw/binary';
import type { MetadataPlace } from '../metadata-place.ts';
import type { LayoutInput } from './table-layout.ts';

/** ECMA-335 II.24.2.6: what precedes the rows of `#~` or `#-`. */
export interface TablesHeader {
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** `HeapSizes` bits. */
  readonly heapSizes: number;
  /** The byte after: ECMA-335 says 1; the runtime keeps the width of the largest row number there. */
  readonly reserved: number;
  /** A bit per table that is there, and per table that is sorted. */
  readonly valid: bigint;
  readonly sorted: bigint;
  /** By table number, 64 of them. */
  readonly rowCounts: readonly number[];
  /** The four bytes that `HeapSizes.ExtraData` announces. */
  readonly extraData: number | undefined;
  /** Of header, row counts and extra data, in bytes. */
  readonly size: number;
}

/** The input of the tables. */
export interface TablesStreamInput {
  readonly bytes: Uint8Array;
  readonly place: MetadataPlace;
  readonly header: TablesHeader;
  readonly layoutInput: LayoutInput;
  /** When given, a table that the stream is too short for keeps the rows that are there, and that is reported here. */
  readonly diagnostics: Diagnostics | undefined;
}
