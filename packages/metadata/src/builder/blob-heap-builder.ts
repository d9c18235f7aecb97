import { ByteWriter, hexBytes } from '@ijw/binary';

/** The twin of `BlobHeap`. Equal blobs share an offset. */
export class BlobHeapBuilder {
  readonly #writer = new ByteWriter().u8(0);
  readonly #offsets = new Map<string, number>([['', 0]]);

  get size(): number {
    return this.#writer.length;
  }

  /** The offset of a blob, which is added when it is new. */
  add(bytes: Uint8Array): number {
    const key = hexBytes(bytes);
    const known = this.#offsets.get(key);
    if (known !== undefined) return known;
    const offset = this.#writer.length;
    this.#writer.compressedUnsigned(bytes.length).bytes(bytes);
    this.#offsets.set(key, offset);
    return offset;
  }

  /** Adds bytes unchanged; their length prefix may be wrong. */
  addRaw(bytes: Uint8Array): number {
    const offset = this.#writer.length;
    this.#writer.bytes(bytes);
    return offset;
  }

  toBytes(): Uint8Array {
    return this.#writer.toBytes();
  }
}
