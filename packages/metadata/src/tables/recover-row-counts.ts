import type { Column } from './column.ts';
import type { Tables } from './table.ts';
import { TableId, type TableName, tableNameOf, tableNames } from './table-id.ts';
import { type LayoutInput, layoutTables } from './table-layout.ts';
import type { TablesStreamInput } from './tables-input.ts';

/** One row count that is wrong, and what it should be for the tables to fill their stream. */
export interface RecoveredRowCount {
  readonly table: TableName;
  readonly count: number;
}

/** The widths of indexes change where a table has this many rows (II.24.2.6): for coded indexes by the bits of their tag. */
const REGIMES = [0, 1 << 11, 1 << 13, 1 << 14, 1 << 15, 1 << 16, 0xffffff] as const;
/** Before the row counts. */
const TABLES_HEADER_SIZE = 24;
/** A stream is filled up to four bytes. */
const PADDINGS = [0, 1, 2, 3] as const;
/** More rows of a table show nothing new. */
const ROWS_LOOKED_AT = 2000;

/**
 * Where the rows do not fit their stream, one row count may be wrong: the one with which the tables are as long as the stream, and all that name rows
 * name rows that are there. `undefined` where no table or more than one can have it.
 */
export function recoverRowCount(input: TablesStreamInput, read: (input: TablesStreamInput) => Tables): RecoveredRowCount | undefined {
  let found: RecoveredRowCount | undefined;
  for (const candidate of candidates(input)) {
    if (!isPlausible(read(withRowCount(input, candidate)))) continue;
    if (found !== undefined && found.table !== candidate.table) return undefined;
    // Rows of zeroes at the end may as well be what the stream is filled up with.
    if (found === undefined || candidate.count < found.count) found = candidate;
  }
  return found;
}

/**
 * A bit of Valid for an unknown table, without a row count of its own, moves all counts behind it and the rows. `undefined` where the stream is
 * not read in full without such bits.
 */
export function withoutUnknownTables(input: TablesStreamInput, read: (input: TablesStreamInput) => Tables): TablesStreamInput | undefined {
  const { bytes, header, layoutInput } = input;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rowCounts = new Array<number>(64).fill(0);
  let size = TABLES_HEADER_SIZE;
  for (const name of tableNames) {
    if (((header.valid >> BigInt(TableId[name])) & 1n) === 0n) continue;
    rowCounts[TableId[name]] = view.getUint32(size, true);
    size += 4;
  }
  if (header.extraData !== undefined) size += 4;
  const known = { ...input, header: { ...header, rowCounts, size }, layoutInput: { ...layoutInput, rowCounts }, diagnostics: undefined };
  const left = bytes.length - tablesEnd(known);
  return left >= 0 && left < PADDINGS.length && isPlausible(read(known)) ? known : undefined;
}

/** Where the rows end that the header claims, from the start of the stream. */
export function tablesEnd({ header, layoutInput }: TablesStreamInput): number {
  const layouts = layoutTables(layoutInput);
  return tableNames.reduce((sum, name) => sum + header.rowCounts[TableId[name]]! * layouts[name].rowSize, header.size);
}

/** The input with one row count changed. */
export function withRowCount(input: TablesStreamInput, { table, count }: RecoveredRowCount): TablesStreamInput {
  const change = (counts: ArrayLike<number>): readonly number[] => Array.from(counts, (each, id) => (id === TableId[table] ? count : each));
  const { header, layoutInput } = input;
  return {
    ...input,
    header: { ...header, rowCounts: change(header.rowCounts) },
    layoutInput: { ...layoutInput, rowCounts: change(layoutInput.rowCounts) },
    diagnostics: undefined,
  };
}

function* candidates({ bytes, header, layoutInput }: TablesStreamInput): Generator<RecoveredRowCount> {
  for (const table of tableNames) {
    if (header.rowCounts[TableId[table]] === 0) continue;
    for (let index = 0; index + 1 < REGIMES.length; index++) {
      const [from, to] = [REGIMES[index]!, REGIMES[index + 1]!];
      const { others, rowSize } = sizesWith(layoutInput, header.rowCounts, table, from);
      for (const padding of PADDINGS) {
        const count = (bytes.length - padding - header.size - others) / rowSize;
        if (Number.isInteger(count) && count >= from && count < to) yield { table, count };
      }
    }
  }
}

/** Bytes of all tables but one, and of a row of that one, when it has so many rows. */
function sizesWith(layoutInput: LayoutInput, rowCounts: readonly number[], table: TableName, count: number) {
  const assumed = Array.from(layoutInput.rowCounts, (each, id) => (id === TableId[table] ? count : each));
  const layouts = layoutTables({ ...layoutInput, rowCounts: assumed });
  let others = 0;
  for (const name of tableNames) if (name !== table) others += rowCounts[TableId[name]]! * layouts[name].rowSize;
  return { others, rowSize: layouts[table].rowSize };
}

/** Whether every index names a row that is there, and runs go up. */
function isPlausible(tables: Tables): boolean {
  return tableNames.every((name) => tables[name].columns.every((column) => isInRange(column, tables)));
}

function isInRange(column: Column, tables: Tables): boolean {
  const { kind } = column;
  const isRun = kind.kind === 'run';
  if (!isRun && kind.kind !== 'table' && kind.kind !== 'coded') return true;
  let last = 0;
  for (let rid = 1; rid <= Math.min(column.rowCount, ROWS_LOOKED_AT); rid++) {
    const token = column.tokenOrBad(rid);
    if (token === -1) return false;
    const row = token & 0xffffff;
    const target = tableNameOf(token >>> 24);
    const rowCount = target === undefined ? 0 : tables[target].rowCount;
    if (row > rowCount + (isRun ? 1 : 0) || (isRun && row < last)) return false;
    last = row;
  }
  return true;
}
