import { BadImageError, ByteReader, hex } from '@ijw/binary';
import type { BlobHeap } from '../heaps/blob-heap.ts';

/** The source of a signature: a blob's bytes, or a reader at its start. */
export type SignatureSource = Uint8Array | ByteReader;

const NO_BYTES = new Uint8Array(0);

/** A place in the bytes of a signature; it goes from blob to blob, so that thousands of them cost no object. */
export class SignatureCursor {
  #bytes: Uint8Array = NO_BYTES;
  #position = 0;
  #end = 0;
  #base = 0;
  #rva: number | undefined;
  #reading = 'a signature';

  /** Goes to the start of a blob in a heap. @throws BadImageError when the heap has no such blob */
  open(heap: BlobHeap, offset: number, reading: string): void {
    const length = heap.open(offset);
    this.#position = heap.start(offset);
    this.#end = this.#position + length;
    this.#bytes = heap.bytes;
    this.#base = heap.place.base;
    this.#rva = heap.place.rva;
    this.#reading = reading;
  }

  /** Goes to the start of bytes, or to where a reader stands (which stays there). */
  openBytes(source: SignatureSource, reading: string): void {
    const isReader = source instanceof ByteReader;
    this.#bytes = isReader ? source.bytes : source;
    this.#position = isReader ? source.position : 0;
    this.#end = this.#bytes.length;
    this.#base = isReader ? source.base : 0;
    this.#rva = isReader ? source.rva : undefined;
    this.#reading = isReader ? source.reading : reading;
  }

  get remaining(): number {
    return this.#end - this.#position;
  }

  /** The next byte without moving; `undefined` at the end. */
  peek(): number | undefined {
    return this.#position < this.#end ? this.#bytes[this.#position] : undefined;
  }

  byte(): number {
    if (this.#position >= this.#end) throw this.error('TRUNCATED', 'The signature ends too early');
    return this.#bytes[this.#position++]!;
  }

  /** II.23.2; the same rules as `ByteReader.compressedUnsigned`, on bytes of any heap. */
  compressed(): number {
    const bytes = this.#bytes;
    const position = this.#position;
    const end = this.#end;
    if (position >= end) throw this.error('TRUNCATED', 'The signature ends too early');
    const first = bytes[position]!;
    if (first < 0x80) {
      this.#position = position + 1;
      return first;
    }
    const length = first < 0xc0 ? 2 : 4;
    if (first >= 0xe0) throw this.error('BAD_COMPRESSED_INTEGER', `${hex(first)} is not the first byte of a compressed integer`);
    if (position + length > end) throw this.error('TRUNCATED', 'The signature ends within an integer');
    this.#position = position + length;
    if (length === 2) return ((first & 0x3f) << 8) | bytes[position + 1]!;
    return ((first & 0x1f) << 24) | (bytes[position + 1]! << 16) | (bytes[position + 2]! << 8) | bytes[position + 3]!;
  }

  compressedSigned(): number {
    const start = this.#position;
    const raw = this.compressed();
    const width = [7, 14, 14, 29][this.#position - start - 1]!;
    return raw & 1 ? (raw >> 1) - 2 ** (width - 1) : raw >> 1;
  }

  error(code: string, message: string): BadImageError {
    const position = this.#position;
    const rva = this.#rva === undefined ? undefined : { rva: this.#rva + position };
    return new BadImageError({ code, offset: this.#base + position, ...rva, reading: this.#reading, message });
  }
}
