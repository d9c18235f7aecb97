import { type Diagnostics, hex, printable, UsageError } from '@ijw/binary';
import {
  cellText,
  type Metadata,
  makeToken,
  presentTables,
  rawTableLines,
  resolvedTableLines,
  type Table,
  TableId,
  type TableName,
  TokenText,
  tableDocument,
  tableNames,
  tablesDocument,
} from '@ijw/metadata';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
import { columns, type Row } from '../output/columns.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { reportDiagnostics } from '../output/report-diagnostics.ts';

export async function run(context: CommandContext): Promise<number> {
  const assembly = await openAssembly(context);
  const metadata = assembly.requireMetadata();
  const { diagnostics } = assembly;
  const name = context.operands[1] === undefined ? undefined : tableName(context.operands[1]);
  if (context.options.raw || context.options.resolved) {
    writeLines(context, metadata, name);
    return reportDiagnostics(context, diagnostics, ['error', 'warning', 'info']);
  }
  if (context.options.json) writeDocument(context, metadata, name, diagnostics);
  else {
    if (name === undefined) writeOverview(context, metadata);
    else writeRows(context, metadata, name);
    context.write(diagnosticLines(diagnostics.entries, context.style));
  }
  return diagnostics.entries.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** `MethodDef` in any case, or the number of the table: `0x06`, `6`. */
function tableName(text: string): TableName {
  const byName = tableNames.find((name) => name.toLowerCase() === text.toLowerCase());
  const byNumber = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? tableNames.find((name) => TableId[name] === Number(text)) : undefined;
  const found = byName ?? byNumber;
  if (found === undefined) throw new UsageError(`There is no metadata table "${text}"; the tables are ${tableNames.join(', ')}`);
  return found;
}

function writeLines(context: CommandContext, metadata: Metadata, table: TableName | undefined): void {
  const options = table === undefined ? {} : { table };
  if (context.options.raw) for (const chunk of rawTableLines(metadata, options)) context.write(chunk);
  if (context.options.resolved) for (const chunk of resolvedTableLines(metadata, options)) context.write(chunk);
}

function writeDocument(context: CommandContext, metadata: Metadata, name: TableName | undefined, diagnostics: Diagnostics): void {
  const document = name === undefined ? tablesDocument(metadata) : tableDocument(metadata, name);
  context.document({ file: context.operands[0], ...document, diagnostics: diagnostics.entries });
}

function writeOverview(context: CommandContext, metadata: Metadata): void {
  const { style } = context;
  const { root } = metadata;
  context.write(`${style.bold('metadata')}  ${root.majorVersion}.${root.minorVersion}  ${printable(root.version)}\n\n`);
  const head = (...names: string[]) => names.map((text) => ({ text, paint: style.dim }));
  const streams = root.streams.map(({ name, offset, size }): Row => [name, hex(offset), String(size)]);
  for (const text of columns([head('stream', 'offset', 'size'), ...streams], '  ', context.width)) context.write(text);
  const tables = presentTables(metadata).map(
    (table): Row => [
      hex(table.id, 2),
      table.name,
      String(table.rowCount),
      String(table.rowSize),
      table.columns.map((column) => `${column.name}:${column.width}`).join(' '),
    ],
  );
  context.write('\n');
  for (const text of columns([head('id', 'table', 'rows', 'row size', 'columns'), ...tables], '  ', context.width)) context.write(text);
}

/** A block of rows at a time, so that the widths of a large table are those of its neighbours and memory does not grow. */
const ROWS_AT_ONCE = 500;

function writeRows(context: CommandContext, metadata: Metadata, name: TableName): void {
  const table: Table = metadata.tables[name];
  const text = new TokenText(metadata);
  const cells = table.columns.map((column) => ({ name: column.name, resolve: cellText(column, text) }));
  const head = ['token', ...cells.map((cell) => cell.name)].map((title) => ({ text: title, paint: context.style.dim }));
  for (let first = 1; first <= table.rowCount; first += ROWS_AT_ONCE) {
    const block = Array.from({ length: Math.min(ROWS_AT_ONCE, table.rowCount - first + 1) }, (_, index) => {
      const rid = first + index;
      return [hex(makeToken(table.id, rid), 8), ...cells.map(({ resolve }) => resolve(rid))];
    });
    for (const lines of columns([head, ...block], '', context.width)) context.write(lines);
  }
}
