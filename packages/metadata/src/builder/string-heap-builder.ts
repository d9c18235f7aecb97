import { ByteWriter } from '@ijw/binary';

const encoder = new TextEncoder();

/** The twin of `StringHeap`. Equal strings share an offset. */
export class StringHeapBuilder {
  readonly #writer = new ByteWriter().u8(0);
  readonly #offsets = new Map<string, number>([['', 0]]);

  get size(): number {
    return this.#writer.length;
  }

  /** The offset of a string, which is added when it is new. */
  add(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.addBytes(encoder.encode(text));
    this.#offsets.set(text, offset);
    return offset;
  }

  /** Adds bytes and a NUL as they are: for strings that are not UTF-8. */
  addBytes(bytes: Uint8Array): number {
    const offset = this.#writer.length;
    this.#writer.bytes(bytes).u8(0);
    return offset;
  }

  toBytes(): Uint8Array {
    return this.#writer.toBytes();
  }
}
