import { Lazy, UsageError } from '@ijw/binary';
import { Column, type RowBytes } from './column.ts';
import type { ColumnName } from './schema.ts';
import { TableId, type TableName } from './table-id.ts';
import type { TableLayout } from './table-layout.ts';

/** Every column's raw value by name. */
export type Row<N extends TableName> = { readonly [C in ColumnName<N>]: number };

/** One metadata table. Cells are read from the bytes when asked for; nothing is kept. */
export class Table<N extends TableName = TableName> {
  readonly name: N;
  readonly id: TableId;
  readonly rowCount: number;
  readonly rowSize: number;
  /** Of the first row, from the start of the tables stream. */
  readonly offset: number;
  /** The tables header says that the rows are sorted by the table's key. */
  readonly declaredSorted: boolean;
  readonly #layout: TableLayout;
  readonly #rows: RowBytes;
  readonly #columns = new Lazy(() => this.#layout.columns.map((layout) => new Column(this.name, layout, this.#rows)));
  /** An object: the engine finds a property by the place of the call, and has no name to look up. */
  readonly #byName = new Lazy(
    (): Readonly<Record<string, Column>> => Object.fromEntries(this.columns.map((column) => [column.name, column])),
  );

  constructor(name: N, layout: TableLayout, rows: RowBytes, declaredSorted: boolean) {
    this.name = name;
    this.id = TableId[name];
    this.#layout = layout;
    this.#rows = rows;
    this.rowCount = rows.rowCount;
    this.rowSize = rows.rowSize;
    this.offset = rows.start;
    this.declaredSorted = declaredSorted;
  }

  /** In stored order. */
  get columns(): readonly Column[] {
    return this.#columns.value;
  }

  /** A column to read many cells of. */
  column(name: ColumnName<N>): Column {
    const column = this.#byName.value[name];
    if (column === undefined) throw new UsageError(`${this.name} has no column "${name}"`);
    return column;
  }

  /** The cell as stored, unsigned. @throws BadImageError BAD_ROW if the table has no such row (rows count from 1) */
  get(rid: number, name: ColumnName<N>): number {
    return this.column(name).at(rid);
  }

  /** Every cell of a row. @throws BadImageError BAD_ROW */
  row(rid: number): Row<N> {
    return Object.fromEntries(this.columns.map((column) => [column.name, column.at(rid)])) as Row<N>;
  }

  has(rid: number): boolean {
    return rid >= 1 && rid <= this.rowCount;
  }
}

/** The tables of one metadata. */
export type Tables = { readonly [N in TableName]: Table<N> };
