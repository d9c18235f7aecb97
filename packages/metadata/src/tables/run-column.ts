import { Lazy } from '@ijw/binary';
import type { Column } from './column.ts';
import { emptyRange, RowRange } from './row-range.ts';
import type { Table } from './table.ts';
import type { TableName } from './table-id.ts';

/**
 * A column that starts runs (II.22.37 `FieldList`): the run of a row ends where the next row's starts. A run that starts beyond the target, or after
 * its end, is empty, as in the runtime (clr `metamodel.h`, `getEndRidForColumn`).
 */
export class RunColumn {
  readonly #column: Column;
  /** Rows of the target, or of the pointer table when there is one. */
  readonly #count: number;
  readonly #resolve: ((position: number) => number) | undefined;
  readonly #targetCount: number;
  readonly #owners = new Lazy(() => this.#indexOwners());

  constructor(column: Column, target: Table<TableName>, pointers: Table<TableName> | undefined) {
    this.#column = column;
    this.#targetCount = target.rowCount;
    const indirect = pointers !== undefined && pointers.rowCount > 0 ? pointers : undefined;
    this.#count = (indirect ?? target).rowCount;
    const pointer = indirect?.columns[0];
    this.#resolve = pointer && ((position) => pointer.at(position));
  }

  /** @throws BadImageError BAD_ROW if the table has no row `rid` */
  range(rid: number): RowRange {
    const start = Math.max(1, this.#column.at(rid));
    const end = rid === this.#column.rowCount ? this.#count + 1 : Math.min(this.#column.at(rid + 1), this.#count + 1);
    return start < end ? new RowRange(start, end, this.#resolve) : emptyRange;
  }

  /** The row whose run holds row `target` of the target table; 0 if no run holds it. Where hostile runs overlap, the first one has it. */
  owner(target: number): number {
    return this.#owners.value[target] ?? 0;
  }

  #indexOwners(): Uint32Array {
    const owners = new Uint32Array(this.#targetCount + 1);
    let position = 1;
    for (let rid = 1; rid <= this.#column.rowCount; rid++) {
      const { start, end } = this.range(rid);
      for (position = Math.max(position, start); position < end; position++) {
        const target = this.#resolve === undefined ? position : this.#resolve(position);
        if (target < owners.length && owners[target] === 0) owners[target] = rid;
      }
    }
    return owners;
  }
}
