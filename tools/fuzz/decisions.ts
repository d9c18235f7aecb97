/** Sizes that matter: none, few, one more than a byte or a word holds, and more than a call can have arguments. */
const COUNTS = [0, 1, 2, 3, 4, 7, 16, 64, 300, 3000, 20_000, 70_000, 200_000] as const;

/**
 * Bytes that are taken for decisions: a builder of structured input asks, and mutating the bytes mutates the structure. After the last byte every decision
 * is 0, so that each input is finite.
 */
export class Decisions {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#position++] ?? 0;
  }

  u32(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }

  chance(): boolean {
    return (this.byte() & 1) === 1;
  }

  below(limit: number): number {
    return (limit > 256 ? this.u32() : this.byte()) % limit;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.byte() % choices.length] ?? choices[0];
  }

  /** A number of things; at most `most`. */
  count(most = 200_000): number {
    return Math.min(most, COUNTS[this.byte() % COUNTS.length] ?? 0);
  }

  bytes(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#position, this.#position + length);
    this.#position += length;
    return taken;
  }

  rest(): Uint8Array {
    return this.bytes(this.#bytes.length);
  }
}
