const SIZE = 1 << 13;

/**
 * The texts made last, by heap offset: a direct-mapped cache of a fixed size. Heaps share what is equal, so the same offset comes again soon, and a
 * map of everything would cost more to keep than it saves.
 */
export class RecentTexts {
  private readonly offsets = new Int32Array(SIZE).fill(-1);
  private readonly texts = new Array<string>(SIZE).fill('');
  private readonly make: (offset: number) => string;

  constructor(make: (offset: number) => string) {
    this.make = make;
  }

  get(offset: number): string {
    const slot = (offset ^ (offset >>> 13)) & (SIZE - 1);
    if (this.offsets[slot] === offset) return this.texts[slot]!;
    const text = this.make(offset);
    this.offsets[slot] = offset;
    this.texts[slot] = text;
    return text;
  }
}
