import { hex, printable, UsageError } from '@ijw/binary';
import { columnSizes, type NanoAssembly, NanoNames, type NanoRows, type NanoTableName, nanoCodeDocument, nanoText } from '@ijw/nano';
import type { CommandContext } from './command.ts';
import { type Cell, columns } from './output/columns.ts';
import { key, table } from './output/table.ts';

/** `ijw tables` of a nanoFramework assembly: an overview, or the rows of a table. @throws UsageError */
export function writeNanoTables(context: CommandContext, nano: NanoAssembly): number {
  const [, wanted] = context.operands;
  if (wanted === undefined) writeOverview(context, nano);
  else {
    const found = [...nano.tables].find(([name]) => name.toLowerCase() === wanted.toLowerCase());
    if (found === undefined) throw new UsageError(`Unknown table "${wanted}"; the tables are ${[...nano.tables.keys()].join(', ')}`);
    writeRows(context, nano, ...found);
  }
  return 0;
}

function writeOverview(context: CommandContext, { tables, blobs }: NanoAssembly): void {
  const counts = [...tables].map(([name, { rowCount }]) => ({ name, rows: rowCount }));
  const sizes = [...blobs].map(([name, { length }]) => ({ name, size: length }));
  if (context.options.json) {
    context.document({ file: context.file, tables: counts, blobs: sizes, diagnostics: [] });
    return;
  }
  const cyan = (text: string): Cell => ({ text, paint: context.style.cyan });
  const rows = [...counts.map((one) => [cyan(one.name), `${one.rows} rows`]), ...sizes.map((one) => [cyan(one.name), `${one.size} bytes`])];
  for (const text of columns(rows, '  ', context.width)) context.write(text);
}

function writeRows(context: CommandContext, nano: NanoAssembly, name: NanoTableName, rowsOf: NanoRows): void {
  const names = new NanoNames(nano);
  const shown = rowsOf.columns.filter(([, kind]) => kind !== 'padding');
  /** Places of strings as their texts; the name of a type in full. */
  const valuesOf = (index: number): readonly (number | string)[] => {
    const values = rowsOf.row(index);
    return shown.map(([column, kind]) => {
      if (column === 'Name' && name === 'TypeDef') return names.of(name, index);
      const value = values[column] ?? '';
      return kind === 'string' ? nano.string(Number(value)) : value;
    });
  };
  const indexes = Array.from({ length: rowsOf.rowCount }, (_, index) => index);
  if (context.options.json) {
    const rows = indexes.map((index) => ({ index, ...Object.fromEntries(valuesOf(index).map((value, at) => [shown[at]?.[0], value])) }));
    context.document({ file: context.file, table: name, rows, diagnostics: [] });
    return;
  }
  const text = (value: number | string, at: number): string =>
    typeof value === 'string' ? printable(value) : hex(value, 2 * columnSizes[shown[at]?.[1] ?? 'u16']);
  const rows = indexes.map((index) => [String(index), ...valuesOf(index).map(text)]);
  for (const line of table([key('index'), ...shown.map(([column]) => column)], rows, context)) context.write(line);
}

/** `ijw dis` of a nanoFramework assembly: all of it, or a type or a member. @throws UsageError */
export function writeNanoCode(context: CommandContext, nano: NanoAssembly): number {
  const [, wanted] = context.operands;
  const isWanted = (name: string): boolean =>
    wanted === undefined ||
    name === wanted ||
    name.startsWith(`${wanted}::`) ||
    name.endsWith(`.${wanted}`) ||
    name.endsWith(`::${wanted}`) ||
    name.includes(`.${wanted}::`);
  if (context.options.json) {
    const methods = [...nanoCodeDocument(nano, isWanted)];
    if (methods.length === 0 && wanted !== undefined) throw new UsageError(`No method is named "${wanted}"`);
    context.document({ file: context.file, methods, diagnostics: [] });
    return 0;
  }
  let count = 0;
  for (const line of nanoText(nano, isWanted)) {
    count++;
    context.write(`${printable(line)}\n`);
  }
  if (count === 0 && wanted !== undefined) throw new UsageError(`No type or member is named "${wanted}"`);
  return 0;
}
