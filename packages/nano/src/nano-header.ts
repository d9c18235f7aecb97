import { ByteReader } from '@ijw/binary';
import { nanoLayouts } from './nano-tables.ts';

/** The header of a `.pe` file (nanoframework.github.io, `pe-file/AssemblyHeader.md`). */
export interface NanoHeader {
  /** The number in the marker: `NFMRK1` or `NFMRK2`. */
  readonly format: 1 | 2;
  readonly headerCrc: number;
  readonly assemblyCrc: number;
  readonly flags: number;
  readonly nativeMethodsChecksum: number;
  /** major.minor.build.revision */
  readonly version: string;
  /** In the string table. */
  readonly name: number;
  readonly stringTableVersion: number;
  /** Of each table in the order of the layout: its first byte, and the one after the last. */
  readonly tables: readonly { readonly start: number; readonly end: number }[];
  /** Bytes of the header. */
  readonly size: number;
}

const MARKER = 'NFMRK';

/** Whether bytes start with a marker of a nanoFramework assembly. */
export const isNanoAssembly = (bytes: Uint8Array): boolean => formatOf(bytes) !== undefined;

function formatOf(bytes: Uint8Array): 1 | 2 | undefined {
  for (let at = 0; at < MARKER.length; at++) if (bytes[at] !== MARKER.charCodeAt(at)) return undefined;
  const number = (bytes[MARKER.length] ?? 0) - 0x30;
  return (number === 1 || number === 2) && bytes[6] === 0 && bytes[7] === 0 ? number : undefined;
}

export const readVersion = (reader: ByteReader): string => [reader.u16(), reader.u16(), reader.u16(), reader.u16()].join('.');

/** @throws BadImageError */
export function readNanoHeader(bytes: Uint8Array): NanoHeader {
  const reader = new ByteReader(bytes, { reading: 'the header of a nanoFramework assembly' });
  const format = formatOf(bytes);
  if (format === undefined) throw reader.error('NOT_NANO', 'does not start with NFMRK1 or NFMRK2');
  reader.position = 8;
  const [headerCrc, assemblyCrc, flags, nativeMethodsChecksum] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  // PatchEntryOffset, which the second format no longer has.
  if (format === 1) reader.u32();
  const version = readVersion(reader);
  const [name, stringTableVersion] = [reader.u16(), reader.u16()];
  const { length } = nanoLayouts[format];
  const starts = Array.from({ length: length + 1 }, () => reader.u32());
  // NumPatchedMethods.
  if (format === 1) reader.u32();
  const paddings = Array.from({ length: Math.ceil(length / 4) * 4 }, () => reader.u8());
  const tables = starts.slice(0, length).map((start, index) => {
    const end = (starts[index + 1] ?? 0) - (paddings[index] ?? 0);
    if (start > end || end > bytes.length)
      throw reader.error('BAD_TABLE', `table ${index} is from ${start} to ${end}, the file has ${bytes.length} bytes`);
    return { start, end };
  });
  return { format, headerCrc, assemblyCrc, flags, nativeMethodsChecksum, version, name, stringTableVersion, tables, size: reader.position };
}

const POLYNOMIAL = 0x04c11db7;

/** CRC-32 of ANSI X3.66 with the highest bit first, as the runtime computes it. */
function crc32(bytes: Uint8Array, start: number): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  }
  return crc >>> 0;
}

/** The checksums that the header should have: the one of the assembly is that of all behind the header. */
export function nanoChecksums(
  bytes: Uint8Array,
  { size, tables }: NanoHeader,
): { readonly headerCrc: number; readonly assemblyCrc: number } {
  const header = bytes.slice(0, size);
  header.fill(0, 8, 12);
  return { headerCrc: crc32(header, 0), assemblyCrc: crc32(bytes.subarray(size, tables.at(-1)?.end ?? size), 0) };
}
