const CHUNK = 1 << 16;

/** The length from which a call of the encoder is faster than a loop. */
const LONG = 48;

const encoder = new TextEncoder();

const digits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/**
 * Text of ASCII characters as bytes, in chunks: lines go in, whole chunks come out, so that memory does not grow with the text. A line may be longer
 * than a chunk.
 */
export class LineBuffer {
  #bytes = new Uint8Array(CHUNK * 2);
  #length = 0;

  /** A chunk when enough has gathered, else `undefined`. To be asked for between lines. */
  chunk(): Uint8Array | undefined {
    return this.#length < CHUNK ? undefined : this.take();
  }

  /** All that has gathered. */
  take(): Uint8Array {
    const chunk = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return chunk;
  }

  ascii(text: string): this {
    let position = this.#reserve(text.length);
    const bytes = this.#bytes;
    if (text.length > LONG) {
      encoder.encodeInto(text, bytes.subarray(position));
      return this;
    }
    for (let index = 0; index < text.length; index++) bytes[position++] = text.charCodeAt(index);
    return this;
  }

  /** One ASCII character. */
  code(code: number): this {
    const position = this.#reserve(1);
    this.#bytes[position] = code;
    return this;
  }

  /** An unsigned 32-bit number in lower-case hex without prefix. */
  hex(value: number): this {
    let length = 1;
    while (length < 8 && value >>> (length * 4) !== 0) length++;
    let position = this.#reserve(length);
    const bytes = this.#bytes;
    for (let shift = (length - 1) * 4; shift >= 0; shift -= 4) bytes[position++] = digits[(value >>> shift) & 0xf]!;
    return this;
  }

  /** Two digits a byte. */
  hexBytes(source: Uint8Array): this {
    let position = this.#reserve(source.length * 2);
    const bytes = this.#bytes;
    for (let index = 0; index < source.length; index++) {
      const byte = source[index]!;
      bytes[position++] = digits[byte >>> 4]!;
      bytes[position++] = digits[byte & 0xf]!;
    }
    return this;
  }

  #reserve(size: number): number {
    const start = this.#length;
    if (start + size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(start + size, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
    }
    this.#length = start + size;
    return start;
  }
}
