import { hexDigits } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import type { Table } from '../tables/table.ts';
import { type TableName, tableNames } from '../tables/table-id.ts';
import { makeToken } from '../tables/token.ts';
import { cellWriter } from './cell-text.ts';
import { LineBuffer } from './line-buffer.ts';
import { TokenText } from './token-text.ts';

const SPACE = 0x20;
const NEWLINE = 0x0a;

/** The tables whose lines end with the row's own text. */
const selfNamed: readonly TableName[] = ['TypeDef', 'Field', 'MethodDef', 'Param', 'Event', 'Property'];

export interface TableLinesOptions {
  /** Only this table. */
  readonly table?: TableName;
}

const wanted = ({ table }: TableLinesOptions): readonly TableName[] => (table === undefined ? tableNames : [table]);

/** Begins a line: `T 06 17`. */
const start = (buffer: LineBuffer, letter: string, { id }: Table, rid: number): LineBuffer =>
  buffer.ascii(`${letter} ${hexDigits(id, 2)} ${rid}`);

/**
 * The `T` lines of the canonical format: `T tt rid c0 c1 …`, every column of every row as it is stored, in hex. Chunks of bytes, made as they are
 * asked for.
 */
export function* rawTableLines(metadata: Metadata, options: TableLinesOptions = {}): Generator<Uint8Array> {
  const buffer = new LineBuffer();
  for (const name of wanted(options)) {
    const table: Table = metadata.tables[name];
    const { columns } = table;
    for (let rid = 1; rid <= table.rowCount; rid++) {
      start(buffer, 'T', table, rid);
      for (const column of columns) buffer.code(SPACE).hex(column.at(rid));
      buffer.code(NEWLINE);
      const chunk = buffer.chunk();
      if (chunk !== undefined) yield chunk;
    }
  }
  yield buffer.take();
}

/** The `R` lines: `R tt rid Name=text …`, every column resolved to text. A cell that cannot be is `!bad:` and its raw value. */
export function* resolvedTableLines(metadata: Metadata, options: TableLinesOptions = {}): Generator<Uint8Array> {
  const buffer = new LineBuffer();
  const text = new TokenText(metadata);
  for (const name of wanted(options)) {
    const table: Table = metadata.tables[name];
    const cells = table.columns.map((column) => ({ label: ` ${column.name}=`, write: cellWriter(column, text) }));
    const ownText = selfNamed.includes(name);
    for (let rid = 1; rid <= table.rowCount; rid++) {
      start(buffer, 'R', table, rid);
      for (const { label, write } of cells) write(rid, buffer.ascii(label));
      if (ownText) buffer.ascii(' @=').ascii(text.of(makeToken(table.id, rid)));
      buffer.code(NEWLINE);
      const chunk = buffer.chunk();
      if (chunk !== undefined) yield chunk;
    }
  }
  yield buffer.take();
}

/** Takes a chunk of output; the writer goes on when it has resolved. */
export type ChunkSink = (chunk: Uint8Array) => void | Promise<void>;

/** Writes the `T` lines to a sink, chunk by chunk. */
export async function writeRawTables(metadata: Metadata, sink: ChunkSink, options: TableLinesOptions = {}): Promise<void> {
  for (const chunk of rawTableLines(metadata, options)) await sink(chunk);
}

/** Writes the `R` lines to a sink, chunk by chunk. */
export async function writeResolvedTables(metadata: Metadata, sink: ChunkSink, options: TableLinesOptions = {}): Promise<void> {
  for (const chunk of resolvedTableLines(metadata, options)) await sink(chunk);
}
