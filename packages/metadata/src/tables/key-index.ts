import { emptyRange, RowRange } from './row-range.ts';

/** The column that rows are found by: its raw values by row number, from 1. */
interface KeyColumn {
  readonly rowCount: number;
  at(rid: number): number;
}

/**
 * Finds rows by the value of one column. A table that is in order is searched as it lies (II.22: tables sorted by a primary key); of any other an
 * order is computed when first asked. The order is checked, because the header's bit may be wrong.
 */
export class KeyIndex {
  readonly #column: KeyColumn;
  #order: Uint32Array | undefined;
  #prepared = false;

  constructor(column: KeyColumn) {
    this.#column = column;
  }

  /** The rows with this raw value, by ascending row number. */
  range(key: number): RowRange {
    this.#prepare();
    const start = this.#lowerBound(key, 1, this.#column.rowCount + 1);
    const end = this.#endFrom(start, key);
    if (start === end) return emptyRange;
    const order = this.#order;
    return order === undefined ? new RowRange(start, end) : new RowRange(start, end, (position) => order[position - 1]!);
  }

  /** The first row with this raw value; 0 if no row has it. */
  first(key: number): number {
    this.#prepare();
    const position = this.#lowerBound(key, 1, this.#column.rowCount + 1);
    if (position > this.#column.rowCount) return 0;
    const rid = this.#rid(position);
    return this.#column.at(rid) === key ? rid : 0;
  }

  #rid(position: number): number {
    return this.#order === undefined ? position : this.#order[position - 1]!;
  }

  /** The first position from `low` to `high` whose value is not less than `key`; `high` if none is. */
  #lowerBound(key: number, low: number, high: number): number {
    let from = low;
    let to = high;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#column.at(this.#rid(middle)) < key) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Where the rows with a value end that begin at `start`: few rows share one, so that steps that double find the end soon. */
  #endFrom(start: number, key: number): number {
    const { rowCount } = this.#column;
    let step = 1;
    let low = start;
    while (low + step <= rowCount && this.#column.at(this.#rid(low + step - 1)) <= key) {
      low += step;
      step *= 2;
    }
    return this.#lowerBound(key + 1, low, Math.min(low + step, rowCount + 1));
  }

  #prepare(): void {
    if (this.#prepared) return;
    this.#prepared = true;
    const column = this.#column;
    for (let rid = 2; rid <= column.rowCount; rid++) {
      if (column.at(rid) >= column.at(rid - 1)) continue;
      this.#order = orderOf(column);
      return;
    }
  }
}

/** The values of a digit: an order is made of the lower half of each value, then of the upper half. */
const DIGITS = 0x10000;

/** The row numbers by ascending value, rows of one value as they lie: counted and dealt out, which takes no comparisons. */
function orderOf(column: KeyColumn): Uint32Array {
  let order = Uint32Array.from({ length: column.rowCount }, (_, index) => index + 1);
  for (const shift of [0, 16]) {
    const digitOf = (rid: number): number => (column.at(rid) >>> shift) % DIGITS;
    const places = new Uint32Array(DIGITS + 1);
    for (const rid of order) places[digitOf(rid) + 1]!++;
    for (let digit = 1; digit <= DIGITS; digit++) places[digit]! += places[digit - 1]!;
    const next = new Uint32Array(order.length);
    for (const rid of order) next[places[digitOf(rid)]!++] = rid;
    order = next;
  }
  return order;
}
