import { BadImageError, type ByteReader, hex } from '@ijw/binary';
import type { BlobHeap } from './blob-heap.ts';

/** The operations that a reader of values needs: a `ByteReader`, or a `BlobCursor` where there are thousands of blobs to read. */
export type BlobSource = Pick<
  ByteReader,
  | 'bytes'
  | 'position'
  | 'atEnd'
  | 'error'
  | 'take'
  | 'count'
  | 'peek'
  | 'skip'
  | 'u8'
  | 'i8'
  | 'u16'
  | 'i16'
  | 'u32'
  | 'i32'
  | 'u64'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'compressedUnsigned'
>;

/**
 * A cursor that goes from blob to blob of one heap and allocates nothing on the way. Bounds, errors and positions (from the start of the blob) are those
 * of `ByteReader`; `bytes` is the whole heap, and what `take` returns counts in it.
 */
export class BlobCursor implements BlobSource {
  readonly bytes: Uint8Array;
  readonly #heap: BlobHeap;
  readonly #view: DataView;
  readonly #reading: string;
  #start = 0;
  #next = 0;
  #end = 0;

  constructor(heap: BlobHeap, reading: string) {
    this.#heap = heap;
    this.bytes = heap.bytes;
    this.#view = new DataView(heap.bytes.buffer, heap.bytes.byteOffset, heap.bytes.byteLength);
    this.#reading = reading;
  }

  /** Goes to the start of a blob. Throws `BadImageError` when the heap has no such blob. */
  open(offset: number): this {
    const length = this.#heap.open(offset);
    this.#start = this.#heap.start(offset);
    this.#next = this.#start;
    this.#end = this.#start + length;
    return this;
  }

  get position(): number {
    return this.#next - this.#start;
  }

  set position(value: number) {
    if (!(value >= 0 && value <= this.#end - this.#start)) throw this.error('TRUNCATED', `Position ${value} is outside the blob`);
    this.#next = this.#start + value;
  }

  get atEnd(): boolean {
    return this.#next >= this.#end;
  }

  error(code: string, message: string, position = this.position): BadImageError {
    const { base, rva } = this.#heap.place;
    const at = this.#start + position;
    return new BadImageError({ code, offset: base + at, ...(rva !== undefined && { rva: rva + at }), reading: this.#reading, message });
  }

  take(length: number): number {
    const start = this.#next;
    if (!(length >= 0 && length <= this.#end - start)) throw this.error('TRUNCATED', `needs ${length} bytes, ${this.#end - start} left`);
    this.#next = start + length;
    return start;
  }

  count(count: number, elementSize: number): number {
    const left = this.#end - this.#next;
    if (count * elementSize > left) {
      throw this.error('COUNT_TOO_LARGE', `needs ${count} elements of ${elementSize} bytes, ${left} bytes left`);
    }
    return count;
  }

  peek(): number | undefined {
    return this.#next < this.#end ? this.bytes[this.#next] : undefined;
  }

  skip(length: number): void {
    this.take(length);
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  i8(): number {
    return this.#view.getInt8(this.take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.take(2), true);
  }

  i16(): number {
    return this.#view.getInt16(this.take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.take(8), true);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.take(8), true);
  }

  f32(): number {
    return this.#view.getFloat32(this.take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.take(8), true);
  }

  /** ECMA-335 II.23.2. */
  compressedUnsigned(): number {
    const start = this.#next;
    const first = this.u8();
    if (first < 0x80) return first;
    this.#next = start;
    if (first >= 0xe0) throw this.error('BAD_COMPRESSED_INTEGER', `${hex(first)} is not the first byte of a compressed integer`);
    const length = first < 0xc0 ? 2 : 4;
    const at = this.take(length);
    return length === 2 ? this.#view.getUint16(at) & 0x3fff : this.#view.getUint32(at) & 0x1fffffff;
  }
}
