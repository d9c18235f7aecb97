import { type ExceptionClause, FAT_CLAUSE_SIZE, readFatClause, readSmallClause, SMALL_CLAUSE_SIZE } from './exception-clause.ts';
import { uint16At } from './little-endian.ts';

/** ECMA-335 II.25.4.5: the bits of a section's first byte; the kind is in the lower six. */
export const MethodSectionFlags = { EHTable: 0x01, OptILTable: 0x02, KindMask: 0x3f, FatFormat: 0x40, MoreSects: 0x80 } as const;

/** Extra data after the code of a body (ECMA-335 II.25.4.5). */
export interface MethodDataSection {
  /** `optIL`: reserved by the standard; compilers do not write it. */
  readonly kind: 'exceptionHandling' | 'optIL' | 'unknown';
  /** The first byte, as stored. */
  readonly flags: number;
  readonly format: 'small' | 'fat';
  /** Offset of the section from the first byte of the body. */
  readonly offset: number;
  /** `DataSize`, as stored: with the header of 4 bytes, except where a compiler left that out. */
  readonly dataSize: number;
  /** Bytes the section really takes, as far as they are there. */
  readonly size: number;
  /** In the order of the file, which is that in which they are tried. Only of `exceptionHandling`. */
  readonly clauses: readonly ExceptionClause[];
  /** The uninterpreted content of a section of another kind. */
  readonly data: Uint8Array | undefined;
  /** Whether fewer bytes were there than `dataSize` says. */
  readonly truncated: boolean;
}

const HEADER_SIZE = 4;
const noClauses: readonly ExceptionClause[] = [];

const kindOf = (flags: number): MethodDataSection['kind'] => {
  const kind = flags & MethodSectionFlags.KindMask;
  if (kind & MethodSectionFlags.EHTable) return 'exceptionHandling';
  return kind & MethodSectionFlags.OptILTable ? 'optIL' : 'unknown';
};

/** Reads the section at `at`, of which at least the 4 bytes of the header are there. `bodyStart` is where the body starts in `bytes`. */
export function readMethodDataSection(bytes: Uint8Array, at: number, bodyStart: number): MethodDataSection {
  const flags = bytes[at]!;
  const fat = (flags & MethodSectionFlags.FatFormat) !== 0;
  const kind = kindOf(flags);
  const dataSize = fat ? bytes[at + 1]! | (uint16At(bytes, at + 2) << 8) : bytes[at + 1]!;
  const clauseSize = fat ? FAT_CLAUSE_SIZE : SMALL_CLAUSE_SIZE;
  // Some compilers give the size of the clauses alone: the division finds the number of clauses in both cases, as the runtime's does.
  const wanted = kind === 'exceptionHandling' ? Math.floor(dataSize / clauseSize) * clauseSize : Math.max(0, dataSize - HEADER_SIZE);
  const there = Math.min(wanted, bytes.length - at - HEADER_SIZE);
  const clauses: ExceptionClause[] = [];
  if (kind === 'exceptionHandling') {
    const read = fat ? readFatClause : readSmallClause;
    for (let index = 0; (index + 1) * clauseSize <= there; index++) clauses.push(read(bytes, at + HEADER_SIZE + index * clauseSize));
  }
  return {
    kind,
    flags,
    format: fat ? 'fat' : 'small',
    offset: at - bodyStart,
    dataSize,
    size: HEADER_SIZE + there,
    clauses: clauses.length > 0 ? clauses : noClauses,
    data: kind === 'exceptionHandling' ? undefined : bytes.subarray(at + HEADER_SIZE, at + HEADER_SIZE + there),
    truncated: there < wanted,
  };
}
