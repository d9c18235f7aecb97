import { ByteReader, ByteWriter, type Diagnostics, hex } from '@ijw/binary';
import { MetadataPlace } from './metadata-place.ts';

/** ECMA-335 II.24.2.2. */
export interface StreamHeader {
  readonly name: string;
  /** From the start of the metadata root, in bytes. */
  readonly offset: number;
  readonly size: number;
}

/** ECMA-335 II.24.2.1. */
export interface MetadataRoot {
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** The text up to its first NUL: `v4.0.30319`. */
  readonly version: string;
  /** Bytes the version takes in the file, padding counted. */
  readonly versionLength: number;
  readonly flags: number;
  /** In file order, with duplicates. */
  readonly streams: readonly StreamHeader[];
}

/** `BSJB`. */
export const METADATA_SIGNATURE = 0x424a5342;

/** II.24.2.2 allows 32 characters, the NUL counted (clr `MAXSTREAMNAME`). */
const MAX_STREAM_NAME = 32;

const reading = 'the metadata root';

function readStreamName(reader: ByteReader): string {
  const start = reader.position;
  const name = reader.cstring(MAX_STREAM_NAME);
  const padded = Math.min((reader.position - start + 3) & ~3, reader.length - start);
  reader.position = start + padded;
  return name;
}

function readStreams(reader: ByteReader, count: number, diagnostics: Diagnostics | undefined): StreamHeader[] {
  const streams: StreamHeader[] = [];
  for (let index = 0; index < count; index++) {
    const at = reader.position;
    const offset = reader.u32();
    const size = reader.u32();
    const name = readStreamName(reader);
    if (offset > reader.length || size > reader.length - offset) {
      const message = `The stream ${name} (${hex(offset)}, ${size} bytes) goes beyond the ${reader.length} bytes of the metadata`;
      const error = reader.error('STREAM_OUT_OF_BOUNDS', message, at);
      if (diagnostics === undefined) throw error;
      diagnostics.record(error);
    }
    streams.push({ name, offset, size });
  }
  return streams;
}

/**
 * Reads the root and the stream headers.
 * @param bytes from the `BSJB` signature to the end of the metadata
 * @param diagnostics when given, a stream beyond the end is reported here and kept (its bytes are cut where the metadata ends)
 * @throws BadImageError BAD_METADATA_SIGNATURE, TRUNCATED, STREAM_OUT_OF_BOUNDS, UNTERMINATED_STRING
 */
export function readMetadataRoot(bytes: Uint8Array, place = new MetadataPlace(0), diagnostics?: Diagnostics): MetadataRoot {
  const reader = new ByteReader(bytes, { base: place.base, reading, ...(place.rva !== undefined && { rva: place.rva }) });
  const signature = reader.u32();
  if (signature !== METADATA_SIGNATURE) throw reader.error('BAD_METADATA_SIGNATURE', `${hex(signature, 8)} is not the signature BSJB`, 0);
  const majorVersion = reader.u16();
  const minorVersion = reader.u16();
  reader.skip(4);
  const versionLength = reader.u32();
  const padded = reader.view(versionLength);
  const terminator = padded.indexOf(0);
  const version = new TextDecoder().decode(terminator < 0 ? padded : padded.subarray(0, terminator));
  const flags = reader.u8();
  reader.skip(1);
  const count = reader.u16();
  return { majorVersion, minorVersion, version, versionLength, flags, streams: readStreams(reader, count, diagnostics) };
}

/** The input of a metadata root. */
export interface MetadataRootInput {
  readonly version: string;
  readonly streams: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** The twin of `readMetadataRoot`: the root, the stream headers and the streams behind them, each on a 4-byte boundary. */
export function writeMetadataRoot({ version, streams }: MetadataRootInput): Uint8Array {
  const writer = new ByteWriter().u32(METADATA_SIGNATURE).u16(1).u16(1).u32(0);
  const text = new ByteWriter().cstring(version).align(4).toBytes();
  writer.u32(text.length).bytes(text).u16(0).u16(streams.length);
  const headers = streams.map(({ name, bytes }) => {
    const at = writer.length;
    writer.u32(0).u32(bytes.length).cstring(name).align(4);
    return at;
  });
  streams.forEach(({ bytes }, index) => {
    writer.align(4).patchU32(headers[index]!, writer.length).bytes(bytes);
  });
  return writer.align(4).toBytes();
}
