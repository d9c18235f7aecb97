import { type ByteReader, UsageError } from '@ijw/binary';
import type { Inflate as StreamDecoder } from 'fflate';

/** Compressed bytes go to the decoder in pieces of this size, so that the size of the output is checked piece by piece. */
const PIECE = 0x4000;

/** DEFLATE expands a byte to at most 1 032. */
const MAXIMUM_RATIO = 1032;

/** The most bytes that data may inflate to. The largest portable PDBs and entries of bundles are a small part of it. */
export const MOST_INFLATED = 0x1000_0000;

/**
 * Inflates raw DEFLATE data (RFC 1951) of a known size: all that a reader has left. Throws `BadImageError` when the data is malformed, or is not of the
 * size that was promised, which compressed data of its length can have and which is at most `MOST_INFLATED`.
 */
export type Inflate = (reader: ByteReader, size: number) => Uint8Array;

/** Loads the decoder, which most files do not need. */
export async function loadInflate(): Promise<Inflate> {
  const { Inflate: Decoder } = await import('fflate');
  return (reader, size) => inflateWith(Decoder, reader, size);
}

/** As `Inflate`; the decoder is loaded first. */
export const inflate = async (reader: ByteReader, size: number): Promise<Uint8Array> => (await loadInflate())(reader, size);

function inflateWith(Decoder: typeof StreamDecoder, reader: ByteReader, size: number): Uint8Array {
  if (size > reader.remaining * MAXIMUM_RATIO + 64)
    throw reader.error('BAD_COMPRESSED_DATA', `${reader.remaining} bytes cannot become ${size}`);
  if (size > MOST_INFLATED) throw reader.error('TOO_MUCH_DATA', `${size} bytes are more than data may inflate to (${MOST_INFLATED})`);
  const bytes = new Uint8Array(size);
  const length = decode(Decoder, reader, size, (piece, at) => {
    if (at + piece.length <= size) bytes.set(piece, at);
  });
  if (length !== size) throw reader.error('BAD_COMPRESSED_DATA', `The data inflates to ${length} bytes or more, not to ${size}`);
  return bytes;
}

/** As `Inflate`, of data whose size nothing says: at most `limit` bytes. */
export async function loadInflateUpTo(): Promise<(reader: ByteReader, limit: number) => Uint8Array> {
  const { Inflate: Decoder } = await import('fflate');
  return (reader, limit) => {
    const pieces: Uint8Array[] = [];
    const length = decode(Decoder, reader, limit, (piece) => void pieces.push(piece));
    if (length > limit) throw reader.error('TOO_MUCH_DATA', `The data inflates to more than ${limit} bytes`);
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  };
}

/** Gives what the data becomes, piece by piece, and returns its length; ends early beyond `limit`. */
function decode(Decoder: typeof StreamDecoder, reader: ByteReader, limit: number, take: (piece: Uint8Array, at: number) => void): number {
  let length = 0;
  const decoder = new Decoder((piece) => {
    take(piece, length);
    length += piece.length;
  });
  const compressed = reader.view(reader.remaining);
  try {
    for (let start = 0; start < compressed.length && length <= limit; start += PIECE) {
      decoder.push(compressed.subarray(start, start + PIECE), start + PIECE >= compressed.length);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw reader.error('BAD_COMPRESSED_DATA', `The data cannot be inflated: ${error instanceof Error ? error.message : String(error)}`);
  }
  return length;
}
