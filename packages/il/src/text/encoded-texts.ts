const encoder = new TextEncoder();
const FIRST_SIZE = 0x10000;

/** Texts by a number, as UTF-8 in one buffer: each is encoded once, and copied as bytes wherever it stands. */
export class EncodedTexts {
  #bytes = new Uint8Array(FIRST_SIZE);
  #length = 0;
  /** Where a text starts; its length stands in the four bytes before. */
  readonly #starts = new Map<number, number>();

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Where the text of a key starts in `bytes`; `undefined` where none was added. */
  startOf(key: number): number | undefined {
    return this.#starts.get(key);
  }

  endOf(start: number): number {
    const bytes = this.#bytes;
    return start + (bytes[start - 4]! | (bytes[start - 3]! << 8) | (bytes[start - 2]! << 16) | (bytes[start - 1]! << 24));
  }

  /** Keeps a text, and returns where it starts. */
  add(key: number, text: string): number {
    const start = this.#length + 4;
    this.#reserve(start + text.length * 3);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(start));
    for (let index = 0; index < 4; index++) this.#bytes[start - 4 + index] = (written >>> (index * 8)) & 0xff;
    this.#length = start + written;
    this.#starts.set(key, start);
    return start;
  }

  #reserve(end: number): void {
    if (end <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(end, Math.ceil(this.#bytes.length * 1.5)));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
