import { parseToken } from '@ijw/assembly';
import { type Diagnostics, hex, printable, UsageError } from '@ijw/binary';
import {
  type HeapEntry,
  type HeapName,
  heapEntries,
  heapNames,
  type Metadata,
  makeToken,
  type Table,
  TableId,
  type TableName,
  tableNameOf,
  tableNames,
} from '@ijw/metadata';
import { presentTables, rawTableLines, resolvedTableLines, TokenText, tableDocument, tablesDocument } from '@ijw/metadata/canonical';
import { cellWords } from '@ijw/metadata/words';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
import { writeNanoTables } from '../nano-text.ts';
import { columns, type Row } from '../output/columns.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { reportDiagnostics } from '../output/report-diagnostics.ts';
import { key, table } from '../output/table.ts';
import { didYouMean } from '../suggestions.ts';

/** The subject: an overview, a table, a row or a heap. */
type Subject =
  | { readonly kind: 'overview' }
  | { readonly kind: 'table'; readonly name: TableName }
  | { readonly kind: 'row'; readonly name: TableName; readonly rid: number }
  | { readonly kind: 'heap'; readonly name: HeapName };

export async function run(context: CommandContext): Promise<number> {
  const assembly = await openAssembly(context);
  if (assembly.file.format === 'nano') return writeNanoTables(context, assembly.file.nano);
  const metadata = assembly.requireMetadata();
  const { diagnostics } = assembly;
  const subject = subjectOf(metadata, context.operands[1]);
  if (context.options.raw || context.options.resolved) {
    writeLines(context, metadata, subject);
    return reportDiagnostics(context, diagnostics, ['error', 'warning', 'info']);
  }
  if (context.options.json)
    context.document({ file: context.file, ...documentOf(metadata, subject, diagnostics), diagnostics: diagnostics.entries });
  else {
    writeSubject(context, metadata, subject, diagnostics);
    context.write(diagnosticLines(diagnostics.entries, context.style));
  }
  return 0;
}

/** `MethodDef` in any case or the number of the table (`0x06`, `6`), a token (`0x06000001`), or a heap (`#Strings`). @throws UsageError */
function subjectOf(metadata: Metadata, text: string | undefined): Subject {
  if (text === undefined) return { kind: 'overview' };
  const heap = heapNames.find((name) => name.toLowerCase() === text.toLowerCase() || name.slice(1).toLowerCase() === text.toLowerCase());
  if (heap !== undefined) return { kind: 'heap', name: heap };
  const token = parseToken(text);
  if (token !== undefined) return rowOf(metadata, token);
  const byName = tableNames.find((name) => name.toLowerCase() === text.toLowerCase());
  const byNumber = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? tableNames.find((name) => TableId[name] === Number(text)) : undefined;
  const found = byName ?? byNumber;
  if (found === undefined) throw new UsageError(unknownTable(text));
  return { kind: 'table', name: found };
}

/** Other names of the tables. */
const OTHER_NAMES: Readonly<Record<string, TableName>> = {
  type: 'TypeDef',
  method: 'MethodDef',
  parameter: 'Param',
  attribute: 'CustomAttribute',
  reference: 'AssemblyRef',
  import: 'ImplMap',
  pinvoke: 'ImplMap',
  generic: 'GenericParam',
  resource: 'ManifestResource',
  interface: 'InterfaceImpl',
  forwarder: 'ExportedType',
};

function unknownTable(text: string): string {
  const single = text.toLowerCase().replace(/s$/, '');
  const called = Object.hasOwn(OTHER_NAMES, single) ? OTHER_NAMES[single] : undefined;
  const meant = called === undefined ? didYouMean(text.replace(/s$/i, ''), [...tableNames, ...heapNames]) : `; did you mean ${called}?`;
  return `Unknown metadata table "${text}"${meant || '.'} The tables are ${tableNames.join(', ')}, the heaps ${heapNames.join(', ')}; a row is its token, such as 0x06000001`;
}

function rowOf(metadata: Metadata, token: number): Subject {
  const name = tableNameOf(token >>> 24);
  const rid = token & 0xffffff;
  if (name === undefined) throw new UsageError(`${hex(token, 8)} is not a token: table ${hex(token >>> 24, 2)} does not exist`);
  const { rowCount } = metadata.tables[name];
  if (rid === 0 || rid > rowCount) throw new UsageError(`${name} has ${rowCount} rows, and ${hex(token, 8)} is not one of them`);
  return { kind: 'row', name, rid };
}

function documentOf(metadata: Metadata, subject: Subject, diagnostics: Diagnostics): object {
  switch (subject.kind) {
    case 'overview':
      return tablesDocument(metadata);
    case 'table':
      return tableDocument(metadata, subject.name);
    case 'row':
      return tableDocument(metadata, subject.name, subject.rid);
    case 'heap':
      return { heap: subject.name, entries: readableEntries(metadata, subject.name, diagnostics) };
  }
}

/** The readable entries of a heap. The reason why the rest cannot be read is a diagnostic. */
function* readableEntries(metadata: Metadata, name: HeapName, diagnostics: Diagnostics): Generator<HeapEntry> {
  try {
    yield* heapEntries(metadata, name);
  } catch (error) {
    diagnostics.record(error);
  }
}

function writeSubject(context: CommandContext, metadata: Metadata, subject: Subject, diagnostics: Diagnostics): void {
  if (subject.kind === 'overview') writeOverview(context, metadata);
  else if (subject.kind === 'table') writeRows(context, metadata, subject.name);
  else if (subject.kind === 'row') writeRow(context, metadata, subject.name, subject.rid);
  else writeHeap(context, subject.name, readableEntries(metadata, subject.name, diagnostics));
}

function writeHeap(context: CommandContext, name: HeapName, entries: Iterable<HeapEntry>): void {
  const rows = (function* (): Generator<Row> {
    for (const { offset, text } of entries) yield [hex(offset), name === '#US' ? JSON.stringify(text) : text];
  })();
  for (const text of columns(rows, '', context.width)) context.write(text);
}

function writeLines(context: CommandContext, metadata: Metadata, subject: Subject): void {
  if (subject.kind === 'row' || subject.kind === 'heap') throw new UsageError('--raw and --resolved take a table, not a row or a heap');
  const options = subject.kind === 'table' ? { table: subject.name } : {};
  if (context.options.raw) for (const chunk of rawTableLines(metadata, options)) context.write(chunk);
  if (context.options.resolved) for (const chunk of resolvedTableLines(metadata, options)) context.write(chunk);
}

function writeOverview(context: CommandContext, metadata: Metadata): void {
  const { style } = context;
  const { root } = metadata;
  context.write(`${style.bold('metadata')}  ${root.majorVersion}.${root.minorVersion}  ${printable(root.version)}\n\n`);
  const streams = root.streams.map(({ name, offset, size }): Row => [name, hex(offset), String(size)]);
  for (const text of table(['stream', 'offset', 'bytes'], streams, context)) context.write(text);
  const tables = presentTables(metadata).map(
    ({ id, name, rowCount, rowSize, columns }): Row => [
      hex(id, 2),
      name,
      String(rowCount),
      String(rowSize),
      columns.map((column) => `${column.name}:${column.width}`).join(' '),
    ],
  );
  context.write('\n');
  const titles = [key('id'), key('table'), 'rows', 'bytes a row', 'columns, and the bytes of each'];
  for (const text of table(titles, tables, context)) context.write(text);
}

/** The column that says what a row is about; the first of these that a table has. */
const SUBJECTS = ['Name', 'Parent', 'Owner', 'Method', 'NestedClass', 'Class', 'Field'];

/** A block of rows at a time, so that the widths of a large table are those of its neighbours and memory does not grow. */
const ROWS_AT_ONCE = 500;

function writeRows(context: CommandContext, metadata: Metadata, name: TableName): void {
  const { id, rowCount, columns }: Table = metadata.tables[name];
  const text = new TokenText(metadata);
  const cells = columns.map((column) => ({ name: column.name, resolve: cellWords(column, metadata, text) }));
  const subject = SUBJECTS.find((title) => cells.some((cell) => cell.name === title));
  const titles = [key('token'), ...cells.map((cell) => ({ title: cell.name, isKey: cell.name === subject }))];
  for (let first = 1; first <= rowCount; first += ROWS_AT_ONCE) {
    const block = Array.from({ length: Math.min(ROWS_AT_ONCE, rowCount - first + 1) }, (_, index) => {
      const rid = first + index;
      return [hex(makeToken(id, rid), 8), ...cells.map(({ resolve }) => resolve(rid))];
    });
    for (const lines of table(titles, block, context, '')) context.write(lines);
  }
}

/** Writes a row, one line a column: the stored value and its meaning. */
function writeRow(context: CommandContext, metadata: Metadata, name: TableName, rid: number): void {
  const table: Table = metadata.tables[name];
  const text = new TokenText(metadata);
  context.write(`${context.style.bold(`${name} ${hex(makeToken(table.id, rid), 8)}`)}\n`);
  const rows = table.columns.map(
    (column): Row => [{ text: column.name, paint: context.style.dim }, hex(column.at(rid)), cellWords(column, metadata, text)(rid)],
  );
  for (const lines of columns(rows, '  ', context.width)) context.write(lines);
}
