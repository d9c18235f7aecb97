import { BadImageError, ByteReader, ByteWriter } from '@ijw/binary';
import { type Inflate, inflate } from '../compression/inflate.ts';

/** dotnet/runtime `src/installer/managed/Microsoft.NET.HostModel/Bundle/FileType.cs`. */
export const BundleFileType = { Unknown: 0, Assembly: 1, NativeBinary: 2, DepsJson: 3, RuntimeConfigJson: 4, Symbols: 5 } as const;

export interface BundleEntry {
  /** With `/` between folders. */
  readonly path: string;
  /** `BundleFileType`. */
  readonly type: number;
  readonly offset: number;
  /** As it is when extracted, in bytes. */
  readonly size: number;
  /** As it is in the bundle; absent where it is not compressed. */
  readonly compressedSize?: number;
}

export interface SingleFileBundle {
  /** 1: .NET Core 3; 2: .NET 5; 6: .NET 6 and later. */
  readonly majorVersion: number;
  readonly minorVersion: number;
  readonly bundleId: string;
  /** From version 2 on. Bit 0: .NET Core 3 compatibility mode. */
  readonly flags?: number;
  readonly depsJson?: { readonly offset: number; readonly size: number };
  readonly runtimeConfigJson?: { readonly offset: number; readonly size: number };
  readonly entries: readonly BundleEntry[];
}

/** `src/native/corehost/apphost/bundle_marker.cpp`: the SHA-256 of ".net core bundle"; the offset of the manifest precedes it. */
const MARKER = [
  0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32, 0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33,
  0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
];
const READING = 'the bundle manifest';
const FIXED_ENTRY = 18;

function findMarker(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(MARKER[0]!, 8); at >= 0; at = bytes.indexOf(MARKER[0]!, at + 1)) {
    if (MARKER.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return undefined;
}

/** BinaryWriter.Write(string): its length in bytes, seven bits to a byte; UTF-8. */
function prefixedString(reader: ByteReader): string {
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.u8();
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return reader.utf8(length);
    if (shift > 21) throw reader.error('BAD_STRING_LENGTH', 'The length of a string is longer than four bytes');
  }
}

const place = (reader: ByteReader): number => {
  const value = reader.i64();
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw reader.error('BAD_BUNDLE_OFFSET', `${value} is not an offset or size in the file`, reader.position - 8);
  return Number(value);
};

function readEntry(reader: ByteReader, majorVersion: number): BundleEntry {
  const offset = place(reader);
  const size = place(reader);
  const compressedSize = majorVersion >= 6 ? place(reader) : 0;
  const type = reader.u8();
  return { path: prefixedString(reader), type, offset, size, ...(compressedSize !== 0 && { compressedSize }) };
}

function readManifest(reader: ByteReader): SingleFileBundle {
  const majorVersion = reader.u32();
  const minorVersion = reader.u32();
  if (majorVersion < 1 || majorVersion > 6)
    throw reader.error('UNKNOWN_BUNDLE_VERSION', `Bundle version ${majorVersion}.${minorVersion}`, 0);
  const count = reader.count(reader.u32(), FIXED_ENTRY);
  const bundleId = prefixedString(reader);
  const header = { majorVersion, minorVersion, bundleId };
  const json = (): { offset: number; size: number } => ({ offset: place(reader), size: place(reader) });
  const extra = majorVersion >= 2 ? { depsJson: json(), runtimeConfigJson: json(), flags: place(reader) } : {};
  return { ...header, ...extra, entries: Array.from({ length: count }, () => readEntry(reader, majorVersion)) };
}

/**
 * `src/native/corehost/bundle/`: the manifest of an application that was published as a single file, whichever format its host has (PE, ELF,
 * Mach-O); `undefined` for any other file. Throws `BadImageError` when the manifest is malformed.
 */
export function readSingleFileBundle(bytes: Uint8Array): SingleFileBundle | undefined {
  const marker = findMarker(bytes);
  if (marker === undefined) return undefined;
  const start = place(new ByteReader(bytes.subarray(marker - 8, marker), { base: marker - 8, reading: READING }));
  // A host that was not bundled has the marker too, with 0 before it.
  if (start === 0) return undefined;
  if (start >= bytes.length) {
    throw new BadImageError({
      code: 'TRUNCATED',
      offset: marker - 8,
      reading: READING,
      message: `The manifest is at ${start}, beyond the file`,
    });
  }
  return readManifest(new ByteReader(bytes.subarray(start), { base: start, reading: READING }));
}

/** The bytes of an entry, inflated where it is compressed. Rejects with `BadImageError`. */
export async function bundleEntryBytes(file: Uint8Array, entry: BundleEntry): Promise<Uint8Array> {
  const content = storedEntry(file, entry);
  return entry.compressedSize === undefined ? content.bytes : inflate(content, entry.size);
}

/** As `bundleEntryBytes`, with a decoder that is loaded already. @throws BadImageError */
export function inflatedBundleEntry(file: Uint8Array, entry: BundleEntry, decode: Inflate): Uint8Array {
  const content = storedEntry(file, entry);
  return entry.compressedSize === undefined ? content.bytes : decode(content, entry.size);
}

function storedEntry(file: Uint8Array, entry: BundleEntry): ByteReader {
  const reader = new ByteReader(file, { reading: `the bundle's entry ${entry.path}` });
  reader.position = Math.min(entry.offset, reader.length);
  return reader.slice(entry.compressedSize ?? entry.size);
}

export interface BundleInput {
  readonly majorVersion: 1 | 2 | 6;
  readonly bundleId: string;
  /** `deflated` where the entry is stored compressed (version 6). */
  readonly entries: readonly { readonly path: string; readonly type: number; readonly bytes: Uint8Array; readonly deflated?: Uint8Array }[];
}

/** The twin: appends entries and manifest to a host, and the marker where the host has none. */
export function writeSingleFileBundle(host: Uint8Array, input: BundleInput): Uint8Array {
  const writer = new ByteWriter().bytes(host);
  const found = findMarker(host);
  const marker = found ?? writer.align(8).length + 8;
  if (found === undefined) writer.u64(0).bytes(MARKER);
  const placed = input.entries.map((entry) => {
    const offset = writer.align(16).length;
    writer.bytes(entry.deflated ?? entry.bytes);
    return { ...entry, offset };
  });
  const start = writer.length;
  const text = (value: string): void => {
    const bytes = new TextEncoder().encode(value);
    let length = bytes.length;
    for (; length >= 0x80; length >>>= 7) writer.u8((length & 0x7f) | 0x80);
    writer.u8(length).bytes(bytes);
  };
  writer.u32(input.majorVersion).u32(0).u32(placed.length);
  text(input.bundleId);
  if (input.majorVersion >= 2) writer.fill(40);
  for (const { path, type, bytes, deflated, offset } of placed) {
    writer.u64(offset).u64(bytes.length);
    if (input.majorVersion >= 6) writer.u64(deflated?.length ?? 0);
    writer.u8(type);
    text(path);
  }
  writer.patchU32(marker - 8, start);
  return writer.toBytes();
}
