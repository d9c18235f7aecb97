import { BadImageError } from './bad-image-error.ts';
import { hex } from './hexadecimal.ts';

const utf8Decoder = new TextDecoder('utf-8');
const utf16Decoder = new TextDecoder('utf-16le');

export interface ByteReaderOptions {
  /** Absolute file offset of the first byte, for errors. */
  readonly base?: number;
  /** RVA of the first byte, for errors. */
  readonly rva?: number;
  /** What is being read, as it completes "while reading …". */
  readonly reading?: string;
}

/**
 * A little-endian cursor over bytes. Every read is bounds-checked in one place (`take`) and a failed read leaves the position as it was.
 * Models keep bytes and offsets; a reader is made for one pass and thrown away.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly rva: number | undefined;
  readonly reading: string;
  /** The same bytes. */
  readonly dataView: DataView;
  #position = 0;

  constructor(bytes: Uint8Array, options: ByteReaderOptions = {}) {
    this.bytes = bytes;
    this.base = options.base ?? 0;
    this.rva = options.rva;
    this.reading = options.reading ?? 'bytes';
    this.dataView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Offset from the first byte of this reader. */
  get position(): number {
    return this.#position;
  }

  set position(value: number) {
    if (!(value >= 0 && value <= this.bytes.length))
      throw this.error('TRUNCATED', `Position ${value} is outside ${this.bytes.length} bytes`);
    this.#position = value;
  }

  /** Absolute file offset of the next byte. */
  get offset(): number {
    return this.base + this.#position;
  }

  get remaining(): number {
    return this.bytes.length - this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.bytes.length;
  }

  /** A `BadImageError` that points at the next byte (or at `position`). */
  error(code: string, message: string, position = this.#position): BadImageError {
    return new BadImageError({
      code,
      offset: this.base + position,
      ...(this.rva !== undefined && { rva: this.rva + position }),
      reading: this.reading,
      message,
    });
  }

  /** Checks that `length` bytes are there, moves past them, and returns where they start. */
  take(length: number): number {
    const start = this.#position;
    if (!(length >= 0 && length <= this.bytes.length - start)) {
      throw this.error('TRUNCATED', `needs ${length} bytes, ${this.bytes.length - start} left`);
    }
    this.#position = start + length;
    return start;
  }

  /** Checks a count from the file against the bytes that are left before anything is allocated by it. */
  count(count: number, elementSize: number): number {
    if (count * elementSize > this.remaining) {
      throw this.error('COUNT_TOO_LARGE', `needs ${count} elements of ${elementSize} bytes, ${this.remaining} bytes left`);
    }
    return count;
  }

  u8(): number {
    return this.dataView.getUint8(this.take(1));
  }

  i8(): number {
    return this.dataView.getInt8(this.take(1));
  }

  u16(): number {
    return this.dataView.getUint16(this.take(2), true);
  }

  i16(): number {
    return this.dataView.getInt16(this.take(2), true);
  }

  u32(): number {
    return this.dataView.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.dataView.getInt32(this.take(4), true);
  }

  u64(): bigint {
    return this.dataView.getBigUint64(this.take(8), true);
  }

  i64(): bigint {
    return this.dataView.getBigInt64(this.take(8), true);
  }

  f32(): number {
    return this.dataView.getFloat32(this.take(4), true);
  }

  f64(): number {
    return this.dataView.getFloat64(this.take(8), true);
  }

  /** The next byte without moving, or `undefined` at the end. */
  peek(): number | undefined {
    return this.bytes[this.#position];
  }

  /** A view (no copy) of the next `length` bytes. */
  view(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  skip(length: number): void {
    this.take(length);
  }

  /** Moves to the next multiple of `alignment` (counted from the first byte of this reader). */
  align(alignment: number): void {
    this.take((alignment - (this.#position % alignment)) % alignment);
  }

  /** A reader of its own over the next `length` bytes, which are passed over here. */
  slice(length: number, reading = this.reading): ByteReader {
    const start = this.take(length);
    return new ByteReader(this.bytes.subarray(start, start + length), {
      base: this.base + start,
      ...(this.rva !== undefined && { rva: this.rva + start }),
      reading,
    });
  }

  utf8(length: number): string {
    return utf8Decoder.decode(this.view(length));
  }

  utf16(length: number): string {
    return utf16Decoder.decode(this.view(length));
  }

  /** UTF-8 up to a NUL, which is consumed. An unterminated string is an error. */
  cstring(limit = this.remaining): string {
    const start = this.#position;
    const end = this.bytes.indexOf(0, start);
    if (end < 0 || end - start > limit) throw this.error('UNTERMINATED_STRING', 'The string has no terminating NUL');
    this.#position = end + 1;
    return utf8Decoder.decode(this.bytes.subarray(start, end));
  }

  /** ECMA-335 II.23.2: an unsigned integer in 1, 2 or 4 bytes, most significant byte first. */
  compressedUnsigned(): number {
    const start = this.#position;
    const first = this.u8();
    if (first < 0x80) return first;
    const length = first < 0xc0 ? 2 : 4;
    if (first >= 0xe0) throw this.error('BAD_COMPRESSED_INTEGER', `${hex(first)} is not the first byte of a compressed integer`, start);
    this.#position = start;
    const at = this.take(length);
    return length === 2 ? this.dataView.getUint16(at) & 0x3fff : this.dataView.getUint32(at) & 0x1fffffff;
  }

  /** ECMA-335 II.23.2: a signed integer, its sign rotated into bit 0. */
  compressedSigned(): number {
    const start = this.#position;
    const raw = this.compressedUnsigned();
    const width = [7, 14, 14, 29][this.#position - start - 1]!;
    return raw & 1 ? (raw >> 1) - 2 ** (width - 1) : raw >> 1;
  }
}
