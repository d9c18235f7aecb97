import { type BadImageError, hex } from '@ijw/binary';
import type { MetadataPlace } from '../metadata-place.ts';
import { recoverRowCount, tablesEnd, withoutUnknownTables, withRowCount } from './recover-row-counts.ts';
import { Table, type Tables } from './table.ts';
import { TableId, type TableName, tableNameOf, tableNames } from './table-id.ts';
import { HeapSizes, layoutTables, type TableLayout } from './table-layout.ts';
import type { TablesHeader, TablesStreamInput } from './tables-input.ts';

const FIXED_SIZE = 24;

/** Version 1.1 of the schema has a column more (`columnsOfSchema1_1`). */
export const isSchema1_1 = ({ majorVersion, minorVersion }: Pick<TablesHeader, 'majorVersion' | 'minorVersion'>): boolean =>
  majorVersion === 1 && minorVersion === 1;

const truncated = (place: MetadataPlace, message: string): BadImageError => place.error('TRUNCATED', 0, 'the tables header', message);

/** @throws BadImageError TRUNCATED when the stream ends within the header */
export function readTablesHeader(bytes: Uint8Array, place: MetadataPlace): TablesHeader {
  if (bytes.length < FIXED_SIZE) throw truncated(place, `needs ${FIXED_SIZE} bytes, the stream has ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const valid = view.getBigUint64(8, true);
  const rowCounts = new Array<number>(64).fill(0);
  let position = FIXED_SIZE;
  const next = (): number => {
    if (position + 4 > bytes.length) throw truncated(place, `The row counts go beyond the ${bytes.length} bytes of the stream`);
    position += 4;
    return view.getUint32(position - 4, true);
  };
  for (let id = 0; id < 64; id++) if ((valid >> BigInt(id)) & 1n) rowCounts[id] = next();
  const heapSizes = view.getUint8(6);
  const extraData = heapSizes & HeapSizes.ExtraData ? next() : undefined;
  return {
    majorVersion: view.getUint8(4),
    minorVersion: view.getUint8(5),
    heapSizes,
    reserved: view.getUint8(7),
    valid,
    sorted: view.getBigUint64(16, true),
    rowCounts,
    extraData,
    size: position,
  };
}

/** The first table with rows whose columns are not known. */
function unknownTable({ header }: TablesStreamInput): number | undefined {
  for (let id = 0; id < 64; id++) if (tableNameOf(id) === undefined && header.rowCounts[id] !== 0) return id;
  return undefined;
}

/** The rows of an unknown table make everything behind them unreadable. Returns the first table that cannot be read. */
function checkUnknownTables(input: TablesStreamInput): number {
  const { header, place, diagnostics } = input;
  const id = unknownTable(input);
  if (id === undefined) return 64;
  const message = `Table ${hex(id)} is not known, it has ${header.rowCounts[id]} rows`;
  const error = place.error('UNKNOWN_TABLE', 0, 'the tables header', message);
  if (diagnostics === undefined) throw error;
  diagnostics.record(error);
  return id;
}

function rowsThatFit(input: TablesStreamInput, name: TableName, start: number, layout: TableLayout): number {
  const claimed = input.header.rowCounts[TableId[name]]!;
  const room = Math.max(0, Math.floor((input.bytes.length - start) / layout.rowSize));
  // A row number is 24 bits of a token; no table is larger (II.22).
  const limit = Math.min(room, 0xffffff);
  if (claimed <= limit) return claimed;
  const message = `needs ${claimed} rows of ${layout.rowSize} bytes, the stream has room for ${limit}`;
  const error = input.place.error('TOO_MANY_ROWS', Math.min(start, input.bytes.length), `the ${name} table`, message);
  if (input.diagnostics === undefined) throw error;
  input.diagnostics.record(error);
  return limit;
}

/**
 * Where the rows do not fit and one row count is wrong, with a diagnostics sink the rows are read by the right one.
 * @throws BadImageError TOO_MANY_ROWS, UNKNOWN_TABLE (recorded instead when there is a diagnostics sink)
 */
export function readTables(input: TablesStreamInput): Tables {
  const { bytes, diagnostics, header, place } = input;
  if (diagnostics === undefined || tablesEnd(input) <= bytes.length) return placeTables(input);
  if (unknownTable(input) !== undefined) {
    const known = withoutUnknownTables(input, placeTables);
    if (known !== undefined) checkUnknownTables(input);
    return placeTables(known ?? input);
  }
  const recovered = recoverRowCount(input, placeTables);
  if (recovered === undefined) return placeTables(input);
  const { table, count } = recovered;
  const message = `${header.rowCounts[TableId[table]]} rows are claimed; the stream holds ${count}, and with them all tables`;
  diagnostics.record(place.error('TOO_MANY_ROWS', 0, `the ${table} table`, message));
  return placeTables({ ...withRowCount(input, recovered), diagnostics });
}

function placeTables(input: TablesStreamInput): Tables {
  const { bytes, place, header } = input;
  const layouts = layoutTables(input.layoutInput);
  let unreadableFrom = checkUnknownTables(input);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let start = header.size;
  const tables: Partial<Record<TableName, Table>> = {};
  for (const name of tableNames) {
    const layout = layouts[name];
    const id = TableId[name];
    const rowCount = id < unreadableFrom ? rowsThatFit(input, name, start, layout) : 0;
    // Where the rows of one table are cut off, those of the next ones cannot be found.
    if (id < unreadableFrom && rowCount < header.rowCounts[id]!) unreadableFrom = id;
    const sorted = ((header.sorted >> BigInt(id)) & 1n) === 1n;
    tables[name] = new Table(name, layout, { view, start, rowSize: layout.rowSize, rowCount, base: place.base, rva: place.rva }, sorted);
    start += rowCount * layout.rowSize;
  }
  return tables as Tables;
}
