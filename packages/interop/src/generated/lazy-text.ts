/** The size of a text as UTF-8, in bytes. */
export const utf8Size = (text: string): number => new TextEncoder().encode(text).length;

/**
 * A text in pieces that are made while they are read, and again when they are read again: the code of hundreds of thousands of methods is never there as a
 * whole.
 */
export class LazyText implements Iterable<string> {
  readonly #make: () => Iterable<string>;
  #size: number | undefined;

  constructor(make: () => Iterable<string>) {
    this.#make = make;
  }

  *[Symbol.iterator](): Generator<string, void> {
    let size = 0;
    for (const part of this.#make()) {
      size += utf8Size(part);
      yield part;
    }
    this.#size = size;
  }

  /** In bytes of UTF-8. Where the pieces have not been read to the end, they are made for it. */
  get size(): number {
    if (this.#size === undefined) for (const _ of this);
    return this.#size ?? 0;
  }
}
