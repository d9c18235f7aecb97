import type { ByteReader } from '@ijw/binary';
import type { Rva } from '../address.ts';

/** The differences between the records of the two processors. */
export interface UnwindRecordFormat {
  /** Bytes of the unit that lengths and offsets count in. */
  readonly instructionSize: 2 | 4;
  /** Where the counts of the first word begin: 32-bit ARM has a bit for fragments below them. */
  readonly countsBit: 22 | 23;
}

/** A record before its codes are read (PE format's "ARM exception handling" and "ARM64 exception handling", ".xdata records"). */
export interface UnwindRecord {
  /** In bytes. */
  readonly functionLength: number;
  readonly version: number;
  /** 32-bit ARM: without a prologue. */
  readonly fragment: boolean;
  /** Of the one epilogue: the start of its codes; `undefined` if each has a scope. */
  readonly epilogueIndex: number | undefined;
  /** A word for each epilogue. */
  readonly scopes: readonly number[];
  readonly codes: ByteReader;
  readonly handler: { readonly rva: Rva; readonly dataRva: Rva } | undefined;
}

/** Bit 22 of the first word, where the counts do not begin there. */
const FRAGMENT = 0x400000;

/** @param rva of the record @throws BadImageError UNKNOWN_UNWIND_VERSION, TRUNCATED */
export function readUnwindRecord(reader: ByteReader, rva: Rva, { instructionSize, countsBit }: UnwindRecordFormat): UnwindRecord {
  const first = reader.u32();
  const counts = first >>> countsBit;
  // A second word has the counts where the first one's are too small.
  const second = counts === 0 ? reader.u32() : undefined;
  const version = (first >>> 18) & 3;
  if (version !== 0) throw reader.error('UNKNOWN_UNWIND_VERSION', `Unwind information of version ${version}`, 0);
  const epilogueCount = second === undefined ? counts & 31 : second & 0xffff;
  const codeWords = second === undefined ? counts >>> 5 : (second >>> 16) & 0xff;
  const singleEpilogue = (first & 0x200000) !== 0;
  const scopes: number[] = [];
  if (!singleEpilogue) for (let index = reader.count(epilogueCount, 4); index > 0; index--) scopes.push(reader.u32());
  const codes = reader.slice(codeWords * 4);
  return {
    functionLength: (first & 0x3ffff) * instructionSize,
    version,
    fragment: countsBit === 23 && (first & FRAGMENT) !== 0,
    epilogueIndex: singleEpilogue ? epilogueCount : undefined,
    scopes,
    codes,
    handler: first & 0x100000 ? { rva: reader.u32(), dataRva: rva + reader.position } : undefined,
  };
}
