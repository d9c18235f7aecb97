import { emptyRange, RowRange } from './row-range.ts';

/** The column that rows are found by: its raw values by row number, from 1. */
interface KeyColumn {
  readonly rowCount: number;
  at(rid: number): number;
}

/**
 * Finds rows by the value of one column. A table that is in order is searched as it lies (II.22: tables sorted by a primary key); of any other an
 * order is computed when first asked. Whether it is in order is looked at, not believed: the header's bit may be wrong either way.
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
    const start = this.#lowerBound(key);
    const end = this.#lowerBound(key + 1);
    if (start === end) return emptyRange;
    const order = this.#order;
    return order === undefined ? new RowRange(start, end) : new RowRange(start, end, (position) => order[position - 1]!);
  }

  /** The first row with this raw value; 0 if no row has it. */
  first(key: number): number {
    this.#prepare();
    const position = this.#lowerBound(key);
    if (position > this.#column.rowCount) return 0;
    const rid = this.#rid(position);
    return this.#column.at(rid) === key ? rid : 0;
  }

  #rid(position: number): number {
    return this.#order === undefined ? position : this.#order[position - 1]!;
  }

  /** The first position, from 1, whose value is not less than `key`. */
  #lowerBound(key: number): number {
    let low = 1;
    let high = this.#column.rowCount + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#column.at(this.#rid(middle)) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #prepare(): void {
    if (this.#prepared) return;
    this.#prepared = true;
    const column = this.#column;
    for (let rid = 2; rid <= column.rowCount; rid++) {
      if (column.at(rid) >= column.at(rid - 1)) continue;
      this.#order = Uint32Array.from({ length: column.rowCount }, (_, index) => index + 1).sort(
        (left, right) => column.at(left) - column.at(right) || left - right,
      );
      return;
    }
  }
}
