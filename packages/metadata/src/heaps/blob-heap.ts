import { ByteReader, hex } from '@ijw/binary';
import type { MetadataPlace } from '../metadata-place.ts';
import { HeapBudget } from './heap-budget.ts';

/** ECMA-335 II.24.2.4: a compressed length, then the bytes. */
export class BlobHeap {
  readonly bytes: Uint8Array;
  readonly place: MetadataPlace;
  readonly #heapName: string;
  readonly #budget: HeapBudget;

  constructor(bytes: Uint8Array, place: MetadataPlace, budget = new HeapBudget(bytes.length), heapName = '#Blob') {
    this.bytes = bytes;
    this.place = place;
    this.#heapName = heapName;
    this.#budget = budget;
  }

  get size(): number {
    return this.bytes.length;
  }

  /**
   * Where the content of a blob starts in `bytes`. Its length is what `length` gives.
   * @throws BadImageError BAD_BLOB_OFFSET, BAD_COMPRESSED_INTEGER, TRUNCATED
   */
  start(offset: number): number {
    const bytes = this.bytes;
    if (offset === 0 && bytes.length === 0) return 0;
    if (!(offset < bytes.length)) throw this.#error('BAD_BLOB_OFFSET', offset, `${offset} is beyond the ${bytes.length} bytes of the heap`);
    const first = bytes[offset]!;
    return offset + (first < 0x80 ? 1 : first < 0xc0 ? 2 : 4);
  }

  /** Bytes of content. @throws BadImageError BAD_BLOB_OFFSET, BAD_COMPRESSED_INTEGER, TRUNCATED */
  length(offset: number): number {
    const bytes = this.bytes;
    const start = this.start(offset);
    if (start === 0) return 0;
    const first = bytes[offset]!;
    if (first >= 0xe0) throw this.#error('BAD_COMPRESSED_INTEGER', offset, `${hex(first)} is not the first byte of a blob's length`);
    if (start > bytes.length) throw this.#error('TRUNCATED', offset, 'The length of the blob goes beyond the heap');
    let length = first;
    if (first >= 0xc0) length = ((first & 0x1f) << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!;
    else if (first >= 0x80) length = ((first & 0x3f) << 8) | bytes[offset + 1]!;
    if (length > bytes.length - start)
      throw this.#error('TRUNCATED', offset, `The blob has ${length} bytes, ${bytes.length - start} are left`);
    return length;
  }

  /** The length of content that is about to be decoded. @throws BadImageError as `length`, and TOO_MUCH_DATA */
  open(offset: number): number {
    const length = this.length(offset);
    this.#budget.blob(length, this.place, offset);
    return length;
  }

  /** A view (no copy) of the content. Offset 0 is the empty blob, also without a heap. */
  get(offset: number): Uint8Array {
    const length = this.open(offset);
    const start = this.start(offset);
    return this.bytes.subarray(start, start + length);
  }

  /** A reader of the content. @param reading what the blob is, for errors: `the signature of a method` */
  reader(offset: number, reading: string): ByteReader {
    const start = this.start(offset);
    const { base, rva } = this.place;
    return new ByteReader(this.get(offset), { base: base + start, reading, ...(rva !== undefined && { rva: rva + start }) });
  }

  #error(code: string, offset: number, message: string) {
    return this.place.error(code, Math.min(offset, this.bytes.length), `the ${this.#heapName} heap`, message);
  }
}
