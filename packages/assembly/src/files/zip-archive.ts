import { BadImageError, ByteReader, UnsupportedError } from '@ijw/binary';
import { type Inflate, loadInflate } from '@ijw/pe/containers';
import type { FileSource } from './file-source.ts';

/** PKWARE .ZIP File Format Specification (APPNOTE), 4.3: signatures and fixed sizes. */
const LOCAL_HEADER = { signature: 0x04034b50, size: 30 };
const CENTRAL_HEADER = { signature: 0x02014b50, size: 46 };
const END_RECORD = { signature: 0x06054b50, size: 22 };
const END64_LOCATOR = { signature: 0x07064b50, size: 20 };
const END64_RECORD = { signature: 0x06064b50, size: 56 };
const MAX_COMMENT = 0xffff;

/** 4.4.4, general purpose bit flags. */
const ENCRYPTED = 0x0001;
const UTF8_NAMES = 0x0800;
/** 4.4.5, compression methods. */
const STORED = 0;
const DEFLATED = 8;
/** 4.5.3: the extra field with sizes and offsets of 64 bits. */
const ZIP64_EXTRA = 0x0001;
const IN_EXTRA = 0xffffffff;

const READING = 'the central directory of the ZIP archive';

interface ZipEntry {
  readonly path: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * The files of a ZIP archive, a NuGet package among them. The central directory is read now, each file at its first use; its CRC-32 is checked. Rejects with
 * `BadImageError` where the bytes are not an archive, or a damaged one. Nothing is allocated by a size that the archive claims.
 */
export async function zipFiles(name: string, archive: Uint8Array): Promise<FileSource> {
  const entries = new Map<string, ZipEntry>();
  for (const entry of readCentralDirectory(archive)) if (!entry.path.endsWith('/')) entries.set(entry.path, entry);
  const inflate = await loadInflate();
  return {
    name,
    paths: [...entries.keys()],
    read(path) {
      const entry = entries.get(path);
      return entry && readEntry(archive, entry, inflate);
    },
  };
}

const readerAt = (archive: Uint8Array, offset: number, reading: string): ByteReader => {
  const start = Math.min(offset, archive.length);
  return new ByteReader(archive.subarray(start), { base: start, reading });
};

function* readCentralDirectory(archive: Uint8Array): Generator<ZipEntry, void> {
  const end = findEnd(archive);
  const { count, offset } = readEnd64(archive, end) ?? readEnd(archive, end);
  const reader = readerAt(archive, offset, READING);
  reader.count(count, CENTRAL_HEADER.size);
  for (let index = 0; index < count; index++) yield readCentralHeader(reader);
}

/** The record is last in the file, before a comment: the one whose comment ends with the file, else the last one. */
function findEnd(archive: Uint8Array): number {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const last = archive.length - END_RECORD.size;
  let found = -1;
  for (let at = last; at >= 0 && at >= last - MAX_COMMENT; at--) {
    if (view.getUint32(at, true) !== END_RECORD.signature) continue;
    if (at + END_RECORD.size + view.getUint16(at + 20, true) === archive.length) return at;
    if (found < 0) found = at;
  }
  if (found >= 0) return found;
  const message = 'The file has no end of central directory record: it is not a ZIP archive, or it was cut';
  throw new BadImageError({ code: 'NOT_ZIP', offset: archive.length, reading: READING, message });
}

interface DirectoryPlace {
  readonly count: number;
  readonly offset: number;
}

/** 4.3.16. */
function readEnd(archive: Uint8Array, at: number): DirectoryPlace {
  const reader = readerAt(archive, at + 10, READING);
  const count = reader.u16();
  reader.skip(4);
  return { count, offset: reader.u32() };
}

/** 4.3.14 and 4.3.15; `undefined` where the archive has no ZIP64 locator. */
function readEnd64(archive: Uint8Array, end: number): DirectoryPlace | undefined {
  const at = end - END64_LOCATOR.size;
  if (at < 0) return undefined;
  const locator = readerAt(archive, at, READING);
  if (locator.u32() !== END64_LOCATOR.signature) return undefined;
  locator.skip(4);
  const reader = readerAt(archive, size64(locator), READING);
  if (reader.u32() !== END64_RECORD.signature) throw reader.error('BAD_ZIP', 'The ZIP64 locator does not lead to its record', 0);
  reader.skip(28);
  const count = size64(reader);
  reader.skip(8);
  return { count, offset: size64(reader) };
}

function size64(reader: ByteReader): number {
  const value = reader.u64();
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw reader.error('BAD_ZIP', `${value} is not a size or an offset`, reader.position - 8);
  return Number(value);
}

/** 4.3.12. */
function readCentralHeader(reader: ByteReader): ZipEntry {
  const start = reader.position;
  if (reader.u32() !== CENTRAL_HEADER.signature) throw reader.error('BAD_ZIP', 'An entry does not start with its signature', start);
  reader.skip(4);
  const flags = reader.u16();
  const method = reader.u16();
  reader.skip(4);
  const crc = reader.u32();
  const compressedSize = reader.u32();
  const size = reader.u32();
  const [nameLength, extraLength, commentLength] = [reader.u16(), reader.u16(), reader.u16()];
  reader.skip(8);
  const offset = reader.u32();
  const path = entryPath(reader.view(nameLength), flags);
  const extra = reader.slice(extraLength);
  reader.skip(commentLength);
  return { path, flags, method, crc, ...wideSizes(extra, { size, compressedSize, offset }) };
}

type Sizes = Pick<ZipEntry, 'size' | 'compressedSize' | 'offset'>;

/** 4.5.3: the extra field has those of the three that do not fit 32 bits, in this order. */
function wideSizes(extra: ByteReader, sizes: Sizes): Sizes {
  while (extra.remaining >= 4) {
    const id = extra.u16();
    const field = extra.slice(Math.min(extra.u16(), extra.remaining));
    if (id !== ZIP64_EXTRA) continue;
    const wide = (value: number): number => (value === IN_EXTRA ? size64(field) : value);
    return { size: wide(sizes.size), compressedSize: wide(sizes.compressedSize), offset: wide(sizes.offset) };
  }
  return sizes;
}

/** Names without the flag are of an unknown code page: as UTF-8 where they are that, which ASCII is. Windows tools wrote `\`. */
function entryPath(bytes: Uint8Array, flags: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: (flags & UTF8_NAMES) === 0 }).decode(bytes).replaceAll('\\', '/');
  } catch {
    return new TextDecoder('latin1').decode(bytes).replaceAll('\\', '/');
  }
}

function readEntry(archive: Uint8Array, entry: ZipEntry, inflate: Inflate): Uint8Array {
  const header = readerAt(archive, entry.offset, `the entry ${entry.path} of the ZIP archive`);
  if (header.u32() !== LOCAL_HEADER.signature) throw header.error('BAD_ZIP', 'The entry does not start with its signature', 0);
  if (entry.flags & ENCRYPTED) throw new UnsupportedError(`${entry.path} is encrypted`);
  header.position = 26;
  const skipped = header.u16() + header.u16();
  header.skip(skipped);
  const bytes = contentOf(header.slice(entry.compressedSize), entry, inflate);
  if (crc32(bytes) !== entry.crc) throw header.error('BAD_CRC', `${entry.path} does not have the CRC-32 that the archive names`, 0);
  return bytes;
}

function contentOf(content: ByteReader, { path, method, size }: ZipEntry, inflate: Inflate): Uint8Array {
  if (method === STORED) return content.bytes;
  if (method === DEFLATED) return inflate(content, size);
  throw new UnsupportedError(`${path} is compressed by method ${method}; stored and deflated files can be read`);
}

/** The polynomial of ISO 3309, reversed. */
const POLYNOMIAL = 0xedb88320;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** The CRC-32 of ZIP (APPNOTE 4.4.7), as an unsigned number. */
function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (let index = 0; index < bytes.length; index++) value = (value >>> 8) ^ CRC_TABLE[(value ^ bytes[index]!) & 0xff]!;
  return ~value >>> 0;
}
