import { type LazyList, lazyList } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import type { StreamHeader } from '../metadata-root.ts';
import type { Column } from '../tables/column.ts';
import { RowRange } from '../tables/row-range.ts';
import type { Table } from '../tables/table.ts';
import { type TableName, tableNames } from '../tables/table-id.ts';
import { makeToken } from '../tables/token.ts';
import { cellText } from './cell-text.ts';
import { TokenText } from './token-text.ts';

interface ColumnShape {
  readonly name: string;
  /** From the start of a row, in bytes, as `size` is. */
  readonly offset: number;
  readonly size: number;
  readonly kind: string;
}

interface TableSummary {
  readonly rows: number;
  readonly rowSize: number;
  readonly columns: readonly ColumnShape[];
}

/** The JSON of `ijw tables FILE`. */
export interface TablesDocument {
  readonly version: string;
  readonly streams: readonly StreamHeader[];
  readonly tables: Readonly<Record<string, TableSummary>>;
}

/** The JSON of `ijw tables FILE TABLE`: for each row its token, its columns as stored, and what they mean. */
export interface TableDocument {
  readonly table: TableName;
  readonly rows: LazyList<Readonly<Record<string, number | Readonly<Record<string, string>>>> & { readonly token: number }>;
}

/** The tables that have rows. @throws BadImageError */
export const presentTables = (metadata: Metadata): readonly Table[] =>
  tableNames.map((name): Table => metadata.tables[name]).filter((table) => table.rowCount > 0);

/** Streams, and the shape of every table that has rows. @throws BadImageError */
export function tablesDocument(metadata: Metadata): TablesDocument {
  const { version, streams } = metadata.root;
  const tables = presentTables(metadata).map(({ name, rowCount, rowSize, columns }): [string, TableSummary] => [
    name,
    { rows: rowCount, rowSize, columns: columns.map(columnShape) },
  ]);
  return { version, streams, tables: Object.fromEntries(tables) };
}

const columnShape = ({ name, offset, width, kind }: Column): ColumnShape => ({ name, offset, size: width, kind: kind.kind });

/** Every row of a table, or one, each made while the document is written. @throws BadImageError, the rows too */
export function tableDocument(metadata: Metadata, name: TableName, only?: number): TableDocument {
  const table: Table = metadata.tables[name];
  const text = new TokenText(metadata);
  const cells = table.columns.map((column) => ({ column, resolve: cellText(column, text) }));
  const rows = lazyList(only === undefined ? new RowRange(1, table.rowCount + 1) : new RowRange(only, only + 1), (rid) => ({
    token: makeToken(table.id, rid),
    ...Object.fromEntries(cells.map(({ column }) => [column.name, column.at(rid)])),
    resolved: Object.fromEntries(cells.map(({ column, resolve }) => [column.name, resolve(rid)])),
  }));
  return { table: name, rows };
}
