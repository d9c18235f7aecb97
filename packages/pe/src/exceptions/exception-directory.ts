import { BadImageError, type ByteReader, lazyFor } from '@ijw/binary';
import type { Rva } from '../address.ts';
import type { PEImage } from '../pe-image.ts';

/** PE/COFF "The .pdata Section": a function and where its unwind information is. */
export interface RuntimeFunction {
  readonly begin: Rva;
  /** x64 only: the first address after it. */
  readonly end?: Rva;
  /** x64: the RVA of the unwind information (bit 0 set: of another entry of the table). arm and arm64: that, or the packed information itself. */
  readonly unwindData: number;
}

/** The form of a machine's entries. */
export type ExceptionFormat = 'x64' | 'arm64' | 'arm';

export interface ExceptionDirectory {
  readonly format: ExceptionFormat;
  /** As they stand in the file: by address, unless the file is damaged. */
  readonly functions: readonly RuntimeFunction[];
}

const READING = 'the exception directory';

const formats: Readonly<Record<string, ExceptionFormat>> = { amd64: 'x64', arm64: 'arm64', arm64ec: 'x64', arm64x: 'arm64', arm: 'arm' };

const readFunction = (reader: ByteReader, format: ExceptionFormat): RuntimeFunction =>
  format === 'x64'
    ? { begin: reader.u32(), end: reader.u32(), unwindData: reader.u32() }
    : { begin: reader.u32(), unwindData: reader.u32() };

/**
 * The functions that can be unwound; `undefined` when the image has no table. Throws `BadImageError` when the table is not in the image, and for a
 * machine whose entries have a form of their own (MIPS, Alpha, IA-64 …).
 */
export const readExceptionDirectory = lazyFor((image: PEImage): ExceptionDirectory | undefined => {
  const directory = image.directory('exception');
  if (directory === undefined || directory.rva === 0) return undefined;
  const format = formats[image.machine];
  if (format === undefined) {
    const offset = image.rvaToOffset(directory.rva) ?? 0;
    const message = `The form of exception data for ${image.machine} is not known`;
    throw new BadImageError({ code: 'UNKNOWN_EXCEPTION_FORMAT', offset, rva: directory.rva, reading: READING, message });
  }
  const size = format === 'x64' ? 12 : 8;
  const reader = image.readerAt(directory.rva, directory.size, READING);
  const functions = Array.from({ length: Math.floor(reader.length / size) }, () => readFunction(reader, format));
  return { format, functions };
});

/** The function that an address is in; of arm and arm64 functions the last one that begins before it. */
export function functionAt({ functions }: ExceptionDirectory, rva: Rva): RuntimeFunction | undefined {
  let low = 0;
  let high = functions.length - 1;
  let found: RuntimeFunction | undefined;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const candidate = functions[middle]!;
    if (candidate.begin <= rva) {
      found = candidate;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found?.end !== undefined && rva >= found.end ? undefined : found;
}

/** Bounds how far entries lead from one to the next. */
export const CHAIN_LIMIT = 32;

/** The common part of x64 and arm64: the handler of an exception in the function. */
export interface ExceptionHandler {
  readonly rva: Rva;
  /** Where the data of the language begins that the handler is given. Its size is known to the handler only. */
  readonly dataRva: Rva;
}

export const unwindReader = (image: PEImage, rva: Rva): ByteReader => image.readerAt(rva, undefined, 'unwind information');
