import { codedIndexes } from './coded-index.ts';
import { type ColumnKind, columnsOfSchema1_1, pointerTables, tableSchemas } from './schema.ts';
import { TableId, type TableName, tableNames } from './table-id.ts';

export type ColumnWidth = 2 | 4;

/** The `HeapSizes` byte of the tables header: ECMA-335 II.24.2.6 for the first three, clr `metamodel.h` (`CMiniMdSchemaBase`) for the rest. */
export const HeapSizes = {
  LargeStrings: 0x01,
  LargeGuids: 0x02,
  LargeBlobs: 0x04,
  Padding: 0x08,
  DeltaOnly: 0x20,
  ExtraData: 0x40,
  HasDelete: 0x80,
} as const;

/** The inputs of the widths of columns. */
export interface LayoutInput {
  readonly heapSizes: number;
  /** Rows by table number, 64 of them; for a portable PDB those of the type system tables it refers to, too. */
  readonly rowCounts: ArrayLike<number>;
  /** Every heap, table and coded index takes 4 bytes (`#JTD`: a minimal delta's row counts do not tell the widths). */
  readonly forceLarge: boolean;
  /** The tables header says version 1.1. */
  readonly schema1_1?: boolean;
}

export interface ColumnLayout {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly width: ColumnWidth;
  /** From the start of the row. */
  readonly offset: number;
}

export interface TableLayout {
  readonly rowSize: number;
  readonly columns: readonly ColumnLayout[];
}

const tableIndexWidth = (rows: number): ColumnWidth => (rows > 0xffff ? 4 : 2);

function runWidth({ rowCounts }: LayoutInput, table: TableName): ColumnWidth {
  const pointers = table in pointerTables ? rowCounts[TableId[pointerTables[table as keyof typeof pointerTables]]]! : 0;
  return tableIndexWidth(Math.max(pointers, rowCounts[TableId[table]]!));
}

/** The width of a column of one kind: the one place that knows it, for the reader and for the writer. */
export function columnWidth(kind: ColumnKind, input: LayoutInput): ColumnWidth {
  if (kind.kind === 'u16') return 2;
  if (kind.kind === 'u32' || input.forceLarge) return 4;
  switch (kind.kind) {
    case 'string':
      return input.heapSizes & HeapSizes.LargeStrings ? 4 : 2;
    case 'guid':
      return input.heapSizes & HeapSizes.LargeGuids ? 4 : 2;
    case 'blob':
      return input.heapSizes & HeapSizes.LargeBlobs ? 4 : 2;
    case 'table':
      return tableIndexWidth(input.rowCounts[TableId[kind.table]]!);
    case 'run':
      return runWidth(input, kind.table);
    case 'coded': {
      const { tagBits, tables } = codedIndexes[kind.coded];
      const limit = 1 << (16 - tagBits);
      return tables.some((table) => table !== undefined && input.rowCounts[TableId[table]]! >= limit) ? 4 : 2;
    }
  }
}

function layoutTable(name: TableName, input: LayoutInput): TableLayout {
  let rowSize = 0;
  const schema = input.schema1_1 ? { ...tableSchemas[name], ...columnsOfSchema1_1[name] } : tableSchemas[name];
  const columns = Object.entries<ColumnKind>(schema).map(([column, kind]) => {
    const width = columnWidth(kind, input);
    const layout = { name: column, kind, width, offset: rowSize };
    rowSize += width;
    return layout;
  });
  return { rowSize, columns };
}

/** The row size and the columns of every table. */
export const layoutTables = (input: LayoutInput): Readonly<Record<TableName, TableLayout>> =>
  Object.fromEntries(tableNames.map((name) => [name, layoutTable(name, input)])) as Record<TableName, TableLayout>;
