import { type ByteReader, UsageError } from '@ijw/binary';
import type { Inflate as StreamDecoder } from 'fflate';

/** Compressed bytes are given to the decoder in pieces of this size, so that what they become is seen before it is all there. */
const PIECE = 0x4000;

/** DEFLATE makes at most 1 032 bytes of one. */
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
  let length = 0;
  const decoder = new Decoder((piece) => {
    if (length + piece.length <= size) bytes.set(piece, length);
    length += piece.length;
  });
  const compressed = reader.view(reader.remaining);
  try {
    for (let start = 0; start < compressed.length && length <= size; start += PIECE) {
      decoder.push(compressed.subarray(start, start + PIECE), start + PIECE >= compressed.length);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw reader.error('BAD_COMPRESSED_DATA', `The data cannot be inflated: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (length !== size) throw reader.error('BAD_COMPRESSED_DATA', `The data inflates to ${length} bytes or more, not to ${size}`);
  return bytes;
}
