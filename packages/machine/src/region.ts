import { PAGE_SIZE } from './page.ts';

/** State of a page that is reserved only. */
export const RESERVED = 0;
/** State of a page that was committed and never touched: it reads as zeroes. */
export const UNTOUCHED = 1;
/** State of a page that takes its bytes from the region's backings once it is touched. */
export const BACKED = 2;
/** State of a page whose bytes are in the memory. */
export const HELD = 3;

/** Writes what a range of pages holds before anybody has changed it: `page` are the bytes of the page at `address`, zeroes or what an earlier backing wrote. */
export type PageFill = (page: Uint8Array, address: number) => void;

/** A range whose pages take their bytes from somewhere when they are first touched, as those of a mapped file do. */
export interface Backing {
  readonly base: number;
  readonly end: number;
  readonly fill: PageFill;
}

/** One reservation: its page table. Two bytes a page. */
export interface Region {
  readonly base: number;
  readonly end: number;
  readonly states: Uint8Array;
  readonly rights: Uint8Array;
  /** In the order in which they were given: a later one writes over an earlier one. */
  readonly backings: Backing[];
}

export function createRegion(base: number, size: number): Region {
  const pages = size / PAGE_SIZE;
  return { base, end: base + size, states: new Uint8Array(pages), rights: new Uint8Array(pages), backings: [] };
}

/** Removes the pages from `base` to `end` from the content of a region. */
export function cutBackings({ backings }: Region, base: number, end: number): void {
  const left = backings.flatMap((backing) => [
    { ...backing, end: Math.min(backing.end, base) },
    { ...backing, base: Math.max(backing.base, end) },
  ]);
  backings.length = 0;
  for (const part of left) if (part.base < part.end) backings.push(part);
}

/** Reservations ordered by address, found by bisection with the last hit tried first. */
export class RegionList {
  readonly #regions: Region[] = [];
  #last: Region | undefined;

  get all(): readonly Region[] {
    return this.#regions;
  }

  find(address: number): Region | undefined {
    const last = this.#last;
    if (last && address >= last.base && address < last.end) return last;
    const found = this.#regions[this.#indexBelow(address)];
    if (!found || address >= found.end) return undefined;
    this.#last = found;
    return found;
  }

  /** The first region that begins or reaches into `[base, base + size)`. */
  overlapping(base: number, size: number): Region | undefined {
    const below = this.#regions[this.#indexBelow(base)];
    if (below && below.end > base) return below;
    const above = this.#regions[this.#indexBelow(base) + 1];
    return above && above.base < base + size ? above : undefined;
  }

  insert(region: Region): void {
    this.#regions.splice(this.#indexBelow(region.base) + 1, 0, region);
  }

  remove(region: Region): void {
    this.#regions.splice(this.#regions.indexOf(region), 1);
    this.#last = undefined;
  }

  /** Index of the last region whose base is at or below `address`, -1 if all bases are above. */
  #indexBelow(address: number): number {
    let low = 0;
    let high = this.#regions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#regions[middle]!.base <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
