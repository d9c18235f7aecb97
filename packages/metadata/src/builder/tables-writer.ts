import { ByteWriter } from '@ijw/binary';
import { sortColumns, tableSchemas } from '../tables/schema.ts';
import { TableId, type TableName, tableNames } from '../tables/table-id.ts';
import { HeapSizes, type LayoutInput, layoutTables } from '../tables/table-layout.ts';

/** Raw cells of a row in column order. */
export type RawRow = number[];
export type RawTables = ReadonlyMap<TableName, readonly RawRow[]>;

/** Values for the header of the tables stream, also wrong ones. */
export interface TablesHeaderOverrides {
  readonly majorVersion?: number;
  readonly minorVersion?: number;
  readonly reserved?: number;
  readonly heapSizes?: number;
  readonly valid?: bigint;
  readonly sorted?: bigint;
  /** Row counts that are written in place of the true ones. */
  readonly rowCounts?: Partial<Record<TableName, number>>;
  /** Four bytes after the row counts; sets `HeapSizes.ExtraData`. */
  readonly extraData?: number;
}

type SortedTable = keyof typeof sortColumns;

const keyColumn = (name: SortedTable): number => Object.keys(tableSchemas[name]).indexOf(sortColumns[name]);

/** No token or index refers to their rows, so their order is free. */
const reorderable: readonly SortedTable[] = [
  'Constant',
  'CustomAttribute',
  'FieldMarshal',
  'ClassLayout',
  'FieldLayout',
  'MethodSemantics',
  'MethodImpl',
  'ImplMap',
  'FieldRVA',
  'NestedClass',
  'StateMachineMethod',
  'CustomDebugInformation',
];

/** Puts the tables in order that II.22 wants in order, as far as no token names their rows. */
export function sortTables(tables: Map<TableName, RawRow[]>): void {
  for (const name of reorderable) {
    const key = keyColumn(name);
    tables.get(name)?.sort((left, right) => left[key]! - right[key]!);
  }
}

function isInOrder(tables: RawTables, name: SortedTable): boolean {
  const key = keyColumn(name);
  const rows = tables.get(name) ?? [];
  return rows.every((row, index) => index === 0 || rows[index - 1]![key]! <= row[key]!);
}

const bits = (names: readonly TableName[]): bigint => names.reduce((mask, name) => mask | (1n << BigInt(TableId[name])), 0n);

/** Row counts by table number, 64 of them. */
export const rowCountsOf = (tables: RawTables): number[] => {
  const counts = new Array<number>(64).fill(0);
  for (const [name, rows] of tables) counts[TableId[name]] = rows.length;
  return counts;
};

/** The bytes of a `#~` or `#-` stream: the twin of `readTablesHeader` and `readTables`. */
export function writeTables(tables: RawTables, layoutInput: LayoutInput, overrides: TablesHeaderOverrides = {}): Uint8Array {
  const present = tableNames.filter((name) => (tables.get(name)?.length ?? 0) > 0 || overrides.rowCounts?.[name] !== undefined);
  const { extraData } = overrides;
  const heapSizes = overrides.heapSizes ?? layoutInput.heapSizes | (extraData === undefined ? 0 : HeapSizes.ExtraData);
  const debug = present.some((name) => TableId[name] >= TableId.Document);
  const sorted = (Object.keys(sortColumns) as SortedTable[]).filter(
    (name) => (debug || TableId[name] < TableId.Document) && isInOrder(tables, name),
  );
  const writer = new ByteWriter().u32(0);
  writer.u8(overrides.majorVersion ?? 2).u8(overrides.minorVersion ?? 0);
  writer.u8(heapSizes).u8(overrides.reserved ?? 1);
  writer.u64(overrides.valid ?? bits(present)).u64(overrides.sorted ?? bits(sorted));
  for (const name of present) writer.u32(overrides.rowCounts?.[name] ?? tables.get(name)!.length);
  if (extraData !== undefined) writer.u32(extraData);
  const layouts = layoutTables(layoutInput);
  for (const name of present) {
    const { columns } = layouts[name];
    for (const row of tables.get(name) ?? []) {
      columns.forEach(({ width }, index) => {
        if (width === 2) writer.u16(row[index] ?? 0);
        else writer.u32(row[index] ?? 0);
      });
    }
  }
  return writer.align(4).toBytes();
}
