import { BadImageError, ByteReader, type Diagnostics, hex } from '@ijw/binary';
import type { FileOffset } from '../address.ts';
import { detectContainer } from '../container.ts';
import { type CoffHeader, coffHeaderLayout } from './coff-header.ts';
import { type DataDirectory, directoryNames } from './data-directory.ts';
import { DOS_MAGIC, type DosHeader, dosHeaderLayout } from './dos-header.ts';
import { type OptionalHeader, readOptionalHeader } from './optional-header.ts';
import { readSectionHeaders, type SectionHeader } from './section-header.ts';

/** PE/COFF "Signature (Image Only)": "PE\0\0". */
export const PE_SIGNATURE = 0x00004550;

export interface ImageHeaders {
  readonly dosHeader: DosHeader;
  readonly signatureOffset: FileOffset;
  /** `PE_SIGNATURE` in all images that Windows loads. */
  readonly signature: number;
  readonly coffHeader: CoffHeader;
  readonly optionalHeader: OptionalHeader;
  readonly dataDirectories: readonly DataDirectory[];
  readonly sections: readonly SectionHeader[];
}

const readerOf = (bytes: Uint8Array, offset: FileOffset, reading: string): ByteReader =>
  new ByteReader(bytes.subarray(offset), { base: offset, reading });

function notPE(bytes: Uint8Array): BadImageError {
  const { kind, description } = detectContainer(bytes);
  const message = kind === 'empty' ? 'The file is empty' : `Not a PE image: ${description}`;
  return new BadImageError({ code: kind === 'empty' ? 'EMPTY_FILE' : 'NOT_PE', offset: 0, reading: 'the DOS header', message });
}

function readDosHeader(bytes: Uint8Array): DosHeader {
  if (bytes.length < 2 || bytes[0] !== (DOS_MAGIC & 0xff) || bytes[1] !== DOS_MAGIC >> 8) throw notPE(bytes);
  return dosHeaderLayout.read(readerOf(bytes, 0, 'the DOS header'));
}

/** Mono looks at the letters "PE" alone, and packers for it change the two bytes behind them. */
function readSignature(bytes: Uint8Array, offset: FileOffset, diagnostics: Diagnostics): number {
  const reader = readerOf(bytes, Math.min(offset, bytes.length), 'the PE signature');
  const kind = detectContainer(bytes).kind;
  if (kind === 'ne' || kind === 'le' || kind === 'lx') throw notPE(bytes);
  if (reader.remaining < 4) {
    throw reader.error('TRUNCATED', `The DOS header puts the PE header at ${offset}; the file ends at ${bytes.length}`);
  }
  const signature = reader.u32();
  if ((signature & 0xffff) !== (PE_SIGNATURE & 0xffff)) throw notPE(bytes);
  if (signature !== PE_SIGNATURE)
    diagnostics.record(
      reader.error('BAD_PE_SIGNATURE', `The signature is ${hex(signature, 8)}, not ${hex(PE_SIGNATURE, 8)} ("PE\\0\\0")`, 0),
    );
  return signature;
}

/** Windows goes by NumberOfRvaAndSizes alone: a SizeOfOptionalHeader that does not reach so far only moves the section table. */
function readDataDirectories(reader: ByteReader, declared: number, end: number, diagnostics: Diagnostics): DataDirectory[] {
  const warn = (code: string, message: string): void =>
    diagnostics.report({ code, severity: 'warning', offset: reader.offset, reading: reader.reading, message });
  if (declared > directoryNames.length) warn('TOO_MANY_DIRECTORIES', `${declared} data directories are declared, 16 are known`);
  const count = Math.min(declared, directoryNames.length);
  if (reader.position + count * 8 > end) warn('SHORT_OPTIONAL_HEADER', 'The data directories reach beyond SizeOfOptionalHeader');
  const directories: DataDirectory[] = [];
  diagnostics.attempt(() => {
    for (let index = 0; index < count; index++) directories.push({ rva: reader.u32(), size: reader.u32() });
  });
  return directories;
}

/** Reads everything up to the end of the section table, the way Windows finds it. Directories and sections that are not all there are recorded. */
export function readImageHeaders(bytes: Uint8Array, diagnostics: Diagnostics): ImageHeaders {
  const dosHeader = readDosHeader(bytes);
  const signatureOffset = dosHeader.newHeaderOffset;
  const signature = readSignature(bytes, signatureOffset, diagnostics);
  const coffOffset = signatureOffset + 4;
  const coffHeader = coffHeaderLayout.read(readerOf(bytes, coffOffset, 'the COFF header'));
  const optionalOffset = coffOffset + coffHeaderLayout.size;
  const optionalReader = readerOf(bytes, optionalOffset, 'the optional header');
  const optionalHeader = readOptionalHeader(optionalReader);
  const end = coffHeader.sizeOfOptionalHeader;
  const dataDirectories = readDataDirectories(optionalReader, optionalHeader.numberOfRvaAndSizes, end, diagnostics);
  const sectionReader = readerOf(bytes, Math.min(optionalOffset + end, bytes.length), 'the section table');
  const sections = readSectionHeaders(sectionReader, bytes, coffHeader, diagnostics);
  return { dosHeader, signatureOffset, signature, coffHeader, optionalHeader, dataDirectories, sections };
}
