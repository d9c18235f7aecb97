/** Takes bytes that are valid until it returns. */
export type ByteSink = (bytes: Uint8Array) => void;

const CHUNK = 0x10000;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;
const MINUS = 0x2d;

/** ASCII text as bytes: goes to the sink a chunk at a time, or is kept without a sink. */
export class AsciiWriter {
  readonly #sink: ByteSink | undefined;
  #bytes = new Uint8Array(CHUNK + 0x1000);
  #length = 0;

  constructor(sink?: ByteSink) {
    this.#sink = sink;
  }

  /** What was written since the last `clear` or `flush`, as a view. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  flush(): void {
    if (this.#length > 0) this.#sink?.(this.written);
    this.#length = 0;
  }

  text(text: string): this {
    this.#need(text.length);
    for (let index = 0; index < text.length; index++) this.#bytes[this.#length++] = text.charCodeAt(index);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.#need(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  space(): this {
    return this.#byte(SPACE);
  }

  /** Ends a line. */
  line(): this {
    return this.#byte(NEWLINE);
  }

  /** An integer of up to 53 bits. */
  decimal(value: number): this {
    if (value < 0) return this.#byte(MINUS).decimal(-value);
    if (value >= 10) this.decimal(Math.floor(value / 10));
    return this.#byte(ZERO + (value % 10));
  }

  /** Lower-case digits, at least so many, of an integer of up to 32 bits; a negative one gets a sign. */
  hex(value: number, digits: number): this {
    if (value < 0) return this.#byte(MINUS).hex(-value, digits);
    let count = digits;
    while (count < 8 && value >= 16 ** count) count++;
    this.#need(count);
    for (let shift = (count - 1) * 4; shift >= 0; shift -= 4) {
      const digit = (value >>> shift) & 0xf;
      this.#bytes[this.#length++] = digit < 10 ? ZERO + digit : 0x57 + digit;
    }
    return this;
  }

  #byte(byte: number): this {
    this.#need(1);
    this.#bytes[this.#length++] = byte;
    return this;
  }

  #need(size: number): void {
    if (this.#length >= CHUNK && this.#sink) this.flush();
    if (this.#length + size <= this.#bytes.length) return;
    const grown = new Uint8Array((this.#length + size) * 2);
    grown.set(this.written);
    this.#bytes = grown;
  }
}
