/**
 * The texts made last, by heap offset or row: a direct-mapped cache of a fixed size. Heaps share what is equal, so the same offset comes again soon, and a
 * map of everything would cost more to keep than it saves.
 */
export class RecentTexts {
  readonly #offsets: Int32Array;
  readonly #texts: string[];
  readonly #mask: number;
  readonly #make: (offset: number) => string;

  /** @param size a power of two */
  constructor(size: number, make: (offset: number) => string) {
    this.#offsets = new Int32Array(size).fill(-1);
    this.#texts = new Array<string>(size).fill('');
    this.#mask = size - 1;
    this.#make = make;
  }

  get(offset: number): string {
    const slot = (offset ^ (offset >>> 13)) & this.#mask;
    if (this.#offsets[slot] === offset) return this.#texts[slot]!;
    const text = this.#make(offset);
    this.#offsets[slot] = offset;
    this.#texts[slot] = text;
    return text;
  }
}
