import { type Metadata, tableNameOf } from '@ijw/metadata';

const encoder = new TextEncoder();
const FIRST_SIZE = 0x10000;

/** Texts of tokens as UTF-8 in one buffer: each is encoded once, and copied as bytes wherever it stands. */
export class TokenTexts {
  readonly #metadata: Metadata;
  #bytes = new Uint8Array(FIRST_SIZE);
  #length = 0;
  /** Where texts start, by table and row; 0 for none. A text's length stands in the four bytes before it. */
  readonly #starts: (Uint32Array | undefined)[] = [];

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Where the text of a token starts in `bytes`; 0 where none was added. */
  startOf(token: number): number {
    const starts = this.#starts[token >>> 24];
    return starts === undefined ? 0 : (starts[token & 0xffffff] ?? 0);
  }

  endOf(start: number): number {
    const bytes = this.#bytes;
    return start + (bytes[start - 4]! | (bytes[start - 3]! << 8) | (bytes[start - 2]! << 16) | (bytes[start - 1]! << 24));
  }

  /** Keeps the text of a token that has a row, and returns where it starts. */
  add(token: number, text: string): number {
    const start = this.#length + 4;
    this.#reserve(start + text.length * 3);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(start));
    for (let index = 0; index < 4; index++) this.#bytes[start - 4 + index] = (written >>> (index * 8)) & 0xff;
    this.#length = start + written;
    this.#startsOf(token >>> 24)[token & 0xffffff] = start;
    return start;
  }

  #startsOf(table: number): Uint32Array {
    let starts = this.#starts[table];
    if (starts === undefined) {
      const name = tableNameOf(table);
      starts = new Uint32Array(name === undefined ? 0 : this.#metadata.tables[name].rowCount + 1);
      this.#starts[table] = starts;
    }
    return starts;
  }

  #reserve(end: number): void {
    if (end <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(end, Math.ceil(this.#bytes.length * 1.5)));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
