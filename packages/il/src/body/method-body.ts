import { BadImageError, type Diagnostic, hex } from '@ijw/binary';
import type { ExceptionClause } from './exception-clause.ts';
import { uint16At, uint32At } from './little-endian.ts';
import { type MethodDataSection, MethodSectionFlags, readMethodDataSection } from './method-data-section.ts';

/** ECMA-335 II.25.4.4: the bits of a body's first two bytes. The format is in the lower two. */
export const MethodBodyFlags = { FormatMask: 0x03, TinyFormat: 0x02, FatFormat: 0x03, MoreSects: 0x08, InitLocals: 0x10 } as const;

/** ECMA-335 II.25.4.2: a tiny body has no field for it. */
export const TINY_MAX_STACK = 8;

const FAT_HEADER_SIZE = 12;
const STAND_ALONE_SIG_TABLE = 0x11;
const reading = 'a method body';

export interface MethodBodyOptions {
  /** Absolute file offset of the first byte of `bytes`, for errors. */
  readonly base?: number;
  /** RVA of the first byte of `bytes`, for errors and for the alignment of sections. */
  readonly rva?: number;
  /** The method's token, for diagnostics. */
  readonly token?: number | undefined;
}

/**
 * The IL body of a method (ECMA-335 II.25.4): header, code and what follows it, read in place. Errors after which reading continues are
 * in `diagnostics`, and the body has the readable parts.
 */
export interface MethodBody {
  readonly format: 'tiny' | 'fat';
  /** RVA of the header, when known. */
  readonly rva: number | undefined;
  /** Absolute file offset of the header. */
  readonly fileOffset: number;
  /** The bytes that `codeStart` counts from: those of the section, not only of the body. */
  readonly bytes: Uint8Array;
  /** Where the code starts and ends in `bytes`; the end is that of the bytes where the code claims more. */
  readonly codeStart: number;
  readonly codeEnd: number;
  readonly headerSize: number;
  /** The flags of a fat header (12 bits), the format bits of a tiny one. */
  readonly flags: number;
  readonly maxStack: number;
  /** `CodeSize`, as stored. */
  readonly codeSize: number;
  /** Whether locals start out as zero. */
  readonly initLocals: boolean;
  /** Token of the StandAloneSig of the locals, 0 if the body has none. */
  readonly localVarSigToken: number;
  readonly sections: readonly MethodDataSection[];
  /** The clauses of the first section, in order: those that are in force. */
  readonly exceptionClauses: readonly ExceptionClause[];
  /** Bytes from the header to the end of the last section. */
  readonly size: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** The code of a body, as a view. */
export const codeOf = (body: MethodBody): Uint8Array => body.bytes.subarray(body.codeStart, body.codeEnd);

interface Trailer {
  readonly sections: readonly MethodDataSection[];
  readonly exceptionClauses: readonly ExceptionClause[];
  readonly end: number;
}

const nothing: readonly never[] = [];

/** Reads from one window of bytes and records errors. */
class BodyReader {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly base: number;
  readonly rva: number | undefined;
  readonly token: number | undefined;
  diagnostics: Diagnostic[] | undefined;

  constructor(bytes: Uint8Array, start: number, options: MethodBodyOptions) {
    this.bytes = bytes;
    this.start = start;
    this.base = options.base ?? 0;
    this.rva = options.rva;
    this.token = options.token;
  }

  place(at: number): { offset: number; rva?: number; reading: string } {
    return { offset: this.base + at, ...(this.rva !== undefined && { rva: this.rva + at }), reading };
  }

  report(severity: 'error' | 'warning', code: string, at: number, message: string): void {
    this.diagnostics ??= [];
    this.diagnostics.push({ code, severity, ...this.place(at), ...(this.token !== undefined && { token: this.token }), message });
  }

  /** Whether `length` bytes are there. */
  has(at: number, length: number): boolean {
    return at + length <= this.bytes.length;
  }

  /** Sections start at multiples of 4 of their address, which is that of the RVA. */
  aligned(at: number): number {
    const address = (this.rva ?? 0) + at;
    return at + ((4 - (address & 3)) & 3);
  }
}

/** A tiny body that is whole has nothing to report, and needs no reader. */
function readTiny(bytes: Uint8Array, start: number, options: MethodBodyOptions, first: number): MethodBody {
  const codeSize = first >>> 2;
  const codeStart = start + 1;
  const reader = codeStart + codeSize > bytes.length ? new BodyReader(bytes, start, options) : undefined;
  const codeEnd = reader === undefined ? codeStart + codeSize : clippedEnd(reader, codeStart, codeSize);
  return {
    format: 'tiny',
    rva: options.rva === undefined ? undefined : options.rva + start,
    fileOffset: (options.base ?? 0) + start,
    bytes,
    codeStart,
    codeEnd,
    headerSize: 1,
    flags: first & MethodBodyFlags.FormatMask,
    maxStack: TINY_MAX_STACK,
    codeSize,
    initLocals: false,
    localVarSigToken: 0,
    sections: nothing,
    exceptionClauses: nothing,
    size: codeEnd - start,
    diagnostics: reader?.diagnostics ?? nothing,
  };
}

function clippedEnd(reader: BodyReader, codeStart: number, codeSize: number): number {
  if (codeStart + codeSize <= reader.bytes.length) return codeStart + codeSize;
  const left = Math.max(0, reader.bytes.length - codeStart);
  reader.report('error', 'CODE_TRUNCATED', codeStart, `The code is ${codeSize} bytes long, and ${left} are left`);
  return codeStart + left;
}

function fatHeaderSize(reader: BodyReader, flagsAndSize: number): number {
  const size = (flagsAndSize >>> 12) * 4;
  if (size === FAT_HEADER_SIZE) return size;
  reader.report('error', 'BAD_HEADER_SIZE', reader.start, `The header says it is ${size} bytes long; a fat header is ${FAT_HEADER_SIZE}`);
  // The runtime finds the code by the size that the header gives, where that is not below its own fields.
  return Math.max(size, FAT_HEADER_SIZE);
}

function readFat(reader: BodyReader): MethodBody {
  const { bytes, start } = reader;
  if (!reader.has(start, FAT_HEADER_SIZE)) {
    throw new BadImageError({
      code: 'TRUNCATED',
      ...reader.place(start),
      message: `A fat method header is cut off after ${bytes.length - start} bytes`,
    });
  }
  if (((reader.rva ?? 0) + start) & 3)
    reader.report('warning', 'UNALIGNED_HEADER', start, 'A fat method header must start at a multiple of 4');
  const flagsAndSize = uint16At(bytes, start);
  const headerSize = fatHeaderSize(reader, flagsAndSize);
  const codeSize = uint32At(bytes, start + 4);
  const localVarSigToken = uint32At(bytes, start + 8);
  if (localVarSigToken !== 0 && localVarSigToken >>> 24 !== STAND_ALONE_SIG_TABLE) {
    reader.report('error', 'BAD_LOCALS_TOKEN', start + 8, `${hex(localVarSigToken, 8)} is not a StandAloneSig`);
  }
  const codeStart = start + headerSize;
  const codeEnd = clippedEnd(reader, codeStart, codeSize);
  const truncated = codeEnd - codeStart < codeSize;
  const trailer = flagsAndSize & MethodBodyFlags.MoreSects && !truncated ? readSections(reader, codeEnd) : undefined;
  return {
    format: 'fat',
    rva: reader.rva === undefined ? undefined : reader.rva + start,
    fileOffset: reader.base + start,
    bytes,
    codeStart,
    codeEnd,
    headerSize,
    flags: flagsAndSize & 0xfff,
    maxStack: uint16At(bytes, start + 2),
    codeSize,
    initLocals: (flagsAndSize & MethodBodyFlags.InitLocals) !== 0,
    localVarSigToken,
    sections: trailer?.sections ?? nothing,
    exceptionClauses: trailer?.exceptionClauses ?? nothing,
    size: (trailer?.end ?? codeEnd) - start,
    diagnostics: reader.diagnostics ?? nothing,
  };
}

/**
 * The standard allows a chain of sections (II.25.4.5). The runtime takes its clauses from the first one alone, and only when that is of their
 * kind (`src/coreclr/inc/corhlpr.h`, `COR_ILMETHOD_DECODER`), so that later ones are read but have no effect. Every section is at least its
 * header, so that the bytes bound their number.
 */
function readSections(reader: BodyReader, codeEnd: number): Trailer {
  const sections: MethodDataSection[] = [];
  let end = codeEnd;
  for (let more = true; more; ) {
    const at = reader.aligned(end);
    const severity = sections.length === 0 ? 'error' : 'warning';
    if (!reader.has(at, 4)) {
      reader.report(severity, 'SECTION_TRUNCATED', end, 'A data section is promised that is not there');
      break;
    }
    const section = readMethodDataSection(reader.bytes, at, reader.start);
    if (sections.length === 1) reader.report('warning', 'IGNORED_SECTION', at, 'The runtime reads no data section after the first');
    sections.push(section);
    end = at + section.size;
    checkSection(reader, section, at, severity);
    more = (section.flags & MethodSectionFlags.MoreSects) !== 0 && !section.truncated;
  }
  return { sections, exceptionClauses: sections[0]?.clauses ?? nothing, end };
}

function checkSection(reader: BodyReader, section: MethodDataSection, at: number, severity: 'error' | 'warning'): void {
  if (section.truncated) {
    reader.report(severity, 'SECTION_TRUNCATED', at, `The data section is ${section.dataSize} bytes long, and ${section.size} are left`);
  }
  if (section.kind !== 'exceptionHandling') {
    const kind = hex(section.flags & MethodSectionFlags.KindMask);
    reader.report(severity, 'UNKNOWN_SECTION', at, `A data section of kind ${kind} follows the code`);
  }
  const unknown = section.clauses.findIndex((clause) => clause.kind === 'unknown');
  if (unknown >= 0) {
    reader.report(
      'warning',
      'UNKNOWN_CLAUSE',
      at,
      `Exception clause ${unknown} has the unknown flags ${hex(section.clauses[unknown]!.flags)}`,
    );
  }
}

/**
 * Reads the body that starts at `start` of `bytes` (the bytes of a section, say), without copying.
 * Throws `BadImageError` only if the header cannot be read: `TRUNCATED`, `BAD_METHOD_FORMAT`.
 */
export function readMethodBody(bytes: Uint8Array, start: number, options: MethodBodyOptions = {}): MethodBody {
  const first = bytes[start];
  const format = (first ?? 0) & MethodBodyFlags.FormatMask;
  if (first !== undefined && format === MethodBodyFlags.TinyFormat) return readTiny(bytes, start, options, first);
  const reader = new BodyReader(bytes, start, options);
  if (first === undefined)
    throw new BadImageError({ code: 'TRUNCATED', ...reader.place(start), message: 'A method body starts where no bytes are' });
  if (format === MethodBodyFlags.FatFormat) return readFat(reader);
  throw new BadImageError({
    code: 'BAD_METHOD_FORMAT',
    ...reader.place(start),
    message: `${hex(first, 2)} is not the first byte of a tiny or fat method body`,
  });
}
