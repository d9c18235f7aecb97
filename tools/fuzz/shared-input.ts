/** The input that is being read, where the watcher sees it although the reader never returns. */
export class SharedInput {
  static readonly capacity = 0x400000;
  readonly buffer: SharedArrayBuffer;
  readonly #state: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(buffer = new SharedArrayBuffer(8 + SharedInput.capacity)) {
    this.buffer = buffer;
    this.#state = new Int32Array(buffer, 0, 2);
    this.#bytes = new Uint8Array(buffer, 8);
  }

  begin(input: Uint8Array): void {
    this.#bytes.set(input.subarray(0, SharedInput.capacity));
    Atomics.store(this.#state, 1, Math.min(input.length, SharedInput.capacity));
    Atomics.add(this.#state, 0, 1);
  }

  /** Inputs begun so far. */
  get count(): number {
    return Atomics.load(this.#state, 0);
  }

  get input(): Uint8Array {
    return this.#bytes.slice(0, Atomics.load(this.#state, 1));
  }
}
