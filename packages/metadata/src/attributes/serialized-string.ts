import type { ByteWriter } from '@ijw/binary';
import type { BlobSource } from '../heaps/blob-cursor.ts';

/** A byte-order mark is text like any other here, so nothing is stripped; ill-formed sequences become U+FFFD, as in .NET. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Up to this many bytes a loop beats the call into the decoder. */
const SHORT = 48;

function shortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!;
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** `length` bytes of UTF-8. */
export function readUtf8(reader: BlobSource, length: number): string {
  const start = reader.take(length);
  const { bytes } = reader;
  const short = length <= SHORT ? shortAscii(bytes, start, start + length) : undefined;
  return short ?? decoder.decode(bytes.subarray(start, start + length));
}

/** ECMA-335 II.23.3 `SerString`: a compressed length and that many bytes of UTF-8, or the one byte 0xFF for `null`. */
export function readSerializedString(reader: BlobSource): string | null {
  if (reader.peek() === 0xff) {
    reader.skip(1);
    return null;
  }
  return readUtf8(reader, reader.compressedUnsigned());
}

/** ECMA-335 II.23.3 `SerString`. A lone surrogate cannot be written as UTF-8 and becomes U+FFFD. */
export function writeSerializedString(writer: ByteWriter, text: string | null): void {
  if (text === null) {
    writer.u8(0xff);
    return;
  }
  const bytes = encoder.encode(text);
  writer.compressedUnsigned(bytes.length).bytes(bytes);
}
