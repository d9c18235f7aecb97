import type { ByteWriter } from '@ijw/binary';
import { uint16At, uint32At } from './little-endian.ts';

/** ECMA-335 II.25.4.6: the values of a clause's flags. */
export const ExceptionClauseFlags = { Exception: 0, Filter: 1, Finally: 2, Fault: 4 } as const;

const kindsByFlags = { 0: 'catch', 1: 'filter', 2: 'finally', 4: 'fault' } as const;

/** `unknown`: the flags are not one of the standard's four values. */
export type ExceptionClauseKind = (typeof kindsByFlags)[keyof typeof kindsByFlags] | 'unknown';

/** One protected block with its handler (ECMA-335 II.25.4.6). Offsets and lengths are in bytes of code. */
export interface ExceptionClause {
  readonly kind: ExceptionClauseKind;
  /** As stored. */
  readonly flags: number;
  readonly tryOffset: number;
  readonly tryLength: number;
  readonly handlerOffset: number;
  readonly handlerLength: number;
  /** `catch`: the token of the class; `filter`: the offset of the filter's code; otherwise nothing, as stored. */
  readonly classTokenOrFilterOffset: number;
}

/** Bytes of a clause in its two formats. */
export const SMALL_CLAUSE_SIZE = 12;
export const FAT_CLAUSE_SIZE = 24;

export const exceptionClauseKind = (flags: number): ExceptionClauseKind =>
  (kindsByFlags as Readonly<Record<number, ExceptionClauseKind>>)[flags] ?? 'unknown';

/** Reads a clause of the small format; the caller has checked that its 12 bytes are there. */
export function readSmallClause(bytes: Uint8Array, at: number): ExceptionClause {
  const flags = uint16At(bytes, at);
  return {
    kind: exceptionClauseKind(flags),
    flags,
    tryOffset: uint16At(bytes, at + 2),
    tryLength: bytes[at + 4]!,
    handlerOffset: uint16At(bytes, at + 5),
    handlerLength: bytes[at + 7]!,
    classTokenOrFilterOffset: uint32At(bytes, at + 8),
  };
}

/** Reads a clause of the fat format; the caller has checked that its 24 bytes are there. */
export function readFatClause(bytes: Uint8Array, at: number): ExceptionClause {
  const flags = uint32At(bytes, at);
  return {
    kind: exceptionClauseKind(flags),
    flags,
    tryOffset: uint32At(bytes, at + 4),
    tryLength: uint32At(bytes, at + 8),
    handlerOffset: uint32At(bytes, at + 12),
    handlerLength: uint32At(bytes, at + 16),
    classTokenOrFilterOffset: uint32At(bytes, at + 20),
  };
}

/** Whether the small format can hold the clause. */
export const fitsSmallClause = (clause: ExceptionClause): boolean =>
  clause.flags <= 0xffff &&
  clause.tryOffset <= 0xffff &&
  clause.tryLength <= 0xff &&
  clause.handlerOffset <= 0xffff &&
  clause.handlerLength <= 0xff;

export function writeSmallClause(writer: ByteWriter, clause: ExceptionClause): void {
  writer.u16(clause.flags).u16(clause.tryOffset).u8(clause.tryLength);
  writer.u16(clause.handlerOffset).u8(clause.handlerLength).u32(clause.classTokenOrFilterOffset);
}

export function writeFatClause(writer: ByteWriter, clause: ExceptionClause): void {
  writer.u32(clause.flags).u32(clause.tryOffset).u32(clause.tryLength);
  writer.u32(clause.handlerOffset).u32(clause.handlerLength).u32(clause.classTokenOrFilterOffset);
}
