import { ByteWriter, UsageError } from '@ijw/binary';
import {
  type ExceptionClause,
  FAT_CLAUSE_SIZE,
  fitsSmallClause,
  SMALL_CLAUSE_SIZE,
  writeFatClause,
  writeSmallClause,
} from './exception-clause.ts';
import { MethodBodyFlags, TINY_MAX_STACK } from './method-body.ts';
import { MethodSectionFlags } from './method-data-section.ts';

/** A section of a kind other than exception handling, as it is written. */
export interface RawSection {
  /** The bits of the kind. */
  readonly kind: number;
  readonly data: Uint8Array;
}

/** The input of `encodeMethodBody`. Only `code` is required. */
export interface EncodableBody {
  readonly code: Uint8Array;
  /** Default 8, that of a tiny body. */
  readonly maxStack?: number;
  readonly initLocals?: boolean;
  readonly localVarSigToken?: number;
  readonly exceptionClauses?: readonly ExceptionClause[];
  /** Written after the exception clauses. */
  readonly rawSections?: readonly RawSection[];
  /** Default: tiny where it can hold the body. */
  readonly format?: 'tiny' | 'fat';
  /** Format of the exception clauses. Default: small where it can hold them. */
  readonly clauseFormat?: 'small' | 'fat';
  /** Fields of a fat header with other values than the content: for hostile files. */
  readonly header?: { readonly size?: number; readonly flags?: number; readonly codeSize?: number };
}

const HEADER_SIZE = 4;
const FAT_HEADER_SIZE = 12;
const TINY_CODE_LIMIT = 64;
const SMALL_SECTION_LIMIT = 0xff;
const FAT_SECTION_LIMIT = 0xffffff;

const fitsTiny = (body: EncodableBody): boolean =>
  body.code.length < TINY_CODE_LIMIT &&
  (body.maxStack ?? TINY_MAX_STACK) === TINY_MAX_STACK &&
  !body.initLocals &&
  !body.localVarSigToken &&
  !body.exceptionClauses?.length &&
  !body.rawSections?.length &&
  !body.header;

function writeSectionHeader(writer: ByteWriter, flags: number, format: 'small' | 'fat', dataSize: number): void {
  if (dataSize > (format === 'fat' ? FAT_SECTION_LIMIT : SMALL_SECTION_LIMIT))
    throw new UsageError(`A ${format} section cannot hold ${dataSize} bytes`);
  if (format === 'fat') writer.u32((flags | MethodSectionFlags.FatFormat | (dataSize << 8)) >>> 0);
  else writer.u8(flags).u8(dataSize).u16(0);
}

function writeRawSection(writer: ByteWriter, section: RawSection, more: boolean): void {
  const size = HEADER_SIZE + section.data.length;
  const flags = section.kind | (more ? MethodSectionFlags.MoreSects : 0);
  writer.align(4);
  writeSectionHeader(writer, flags, size > SMALL_SECTION_LIMIT ? 'fat' : 'small', size);
  writer.bytes(section.data);
}

function writeClauses(writer: ByteWriter, clauses: readonly ExceptionClause[], wanted: 'small' | 'fat' | undefined, more: boolean): void {
  const fits = clauses.every(fitsSmallClause) && HEADER_SIZE + clauses.length * SMALL_CLAUSE_SIZE <= SMALL_SECTION_LIMIT;
  const format = wanted ?? (fits ? 'small' : 'fat');
  const size = HEADER_SIZE + clauses.length * (format === 'fat' ? FAT_CLAUSE_SIZE : SMALL_CLAUSE_SIZE);
  writer.align(4);
  writeSectionHeader(writer, MethodSectionFlags.EHTable | (more ? MethodSectionFlags.MoreSects : 0), format, size);
  for (const clause of clauses) (format === 'fat' ? writeFatClause : writeSmallClause)(writer, clause);
}

/** The bytes of a body: the twin of `readMethodBody`. A fat one must be put at a multiple of 4. */
export function encodeMethodBody(body: EncodableBody): Uint8Array {
  const writer = new ByteWriter();
  const format = body.format ?? (fitsTiny(body) ? 'tiny' : 'fat');
  if (format === 'tiny') {
    if (!fitsTiny(body)) throw new UsageError('A tiny body holds at most 63 bytes of code, no locals, no clauses, and has a stack of 8');
    return writer
      .u8(MethodBodyFlags.TinyFormat | (body.code.length << 2))
      .bytes(body.code)
      .toBytes();
  }
  const clauses = body.exceptionClauses ?? [];
  const raw = body.rawSections ?? [];
  const more = clauses.length > 0 || raw.length > 0 ? MethodBodyFlags.MoreSects : 0;
  const flags = body.header?.flags ?? MethodBodyFlags.FatFormat | more | (body.initLocals ? MethodBodyFlags.InitLocals : 0);
  writer.u16(flags | ((body.header?.size ?? FAT_HEADER_SIZE / 4) << 12)).u16(body.maxStack ?? TINY_MAX_STACK);
  writer
    .u32(body.header?.codeSize ?? body.code.length)
    .u32(body.localVarSigToken ?? 0)
    .bytes(body.code);
  if (clauses.length > 0) writeClauses(writer, clauses, body.clauseFormat, raw.length > 0);
  for (const [index, section] of raw.entries()) writeRawSection(writer, section, index < raw.length - 1);
  return writer.toBytes();
}
