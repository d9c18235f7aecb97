/**
 * Rows of one table that belong together. Iterating and `at` give row numbers of the table asked for, whatever lies between: `start` and `end` are
 * positions, which are those row numbers only when nothing lies between (`direct`).
 */
export class RowRange implements Iterable<number> {
  /** The first position. */
  readonly start: number;
  /** The position after the last. */
  readonly end: number;
  readonly #resolve: ((position: number) => number) | undefined;

  /** @param resolve position to row number, when rows are reached through a pointer table or an order of their own */
  constructor(start: number, end: number, resolve?: (position: number) => number) {
    this.start = start;
    this.end = end;
    this.#resolve = resolve;
  }

  get length(): number {
    return this.end - this.start;
  }

  get direct(): boolean {
    return this.#resolve === undefined;
  }

  /** The row number at a place of the range, from 0; `undefined` beyond its end. */
  at(index: number): number | undefined {
    const position = this.start + index;
    if (!(index >= 0 && position < this.end)) return undefined;
    return this.#resolve === undefined ? position : this.#resolve(position);
  }

  [Symbol.iterator](): Iterator<number> {
    let index = 0;
    return {
      next: () => {
        const value = this.at(index++);
        return value === undefined ? { done: true, value: undefined } : { done: false, value };
      },
    };
  }
}

/** No rows. */
export const emptyRange = new RowRange(0, 0);
