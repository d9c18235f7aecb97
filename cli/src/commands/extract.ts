import { hex, printable, UsageError } from '@ijw/binary';
import { type BundleEntry, bundleEntryBytes, readSingleFileBundle } from '@ijw/pe/containers';
import type { CommandContext } from '../command.ts';
import type { Row } from '../output/columns.ts';
import { errorLine } from '../output/error-line.ts';
import { table } from '../output/table.ts';
import { readOperand } from '../suggestions.ts';
import { writeFile } from '../written-files.ts';

export async function run(context: CommandContext): Promise<number> {
  const [file = ''] = context.operands;
  const bytes = readOperand(context.io, file);
  const bundle = readSingleFileBundle(bytes);
  if (bundle === undefined) throw new UsageError('The file is not a .NET single-file bundle');
  const { output, json } = context.options;
  const result = typeof output === 'string' ? await extract(context, bytes, bundle.entries, output) : { written: [], failed: false };
  if (json)
    context.document({
      file,
      bundleId: bundle.bundleId,
      entries: bundle.entries,
      ...(typeof output === 'string' && { written: result.written }),
      diagnostics: [],
    });
  else if (typeof output === 'string') for (const path of result.written) context.write(`${printable(path)}\n`);
  else writeList(context, bundle.entries);
  return result.failed ? 1 : 0;
}

interface Extracted {
  readonly written: readonly string[];
  readonly failed: boolean;
}

/** Writes each entry below a folder. An entry that cannot be read, whose path leads elsewhere or to a file that exists, is a line on standard error. */
async function extract(context: CommandContext, file: Uint8Array, entries: readonly BundleEntry[], folder: string): Promise<Extracted> {
  const written: string[] = [];
  let failed = false;
  for (const entry of entries) {
    const path = `${folder.replace(/\/+$/, '')}/${entry.path}`;
    try {
      if (!isBelow(entry.path)) throw new UsageError('the path of the entry leads out of the folder: it was not written');
      if (context.io.isFile(path) && context.options.overwrite !== true) throw new UsageError('the file exists; --overwrite replaces it');
      writeFile(context, path, await bundleEntryBytes(file, entry));
      written.push(path);
    } catch (error) {
      const line = errorLine(entry.path, error);
      if (line === undefined) throw error;
      context.io.writeError(line);
      failed = true;
    }
  }
  return { written, failed };
}

/** Names only: no root, no drive, no stream, no step up, no empty name. */
const isBelow = (path: string): boolean =>
  !/[\\:]/.test(path) && printable(path) === path && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');

/** `FileType` of dotnet/runtime `Microsoft.NET.HostModel/Bundle/FileType.cs`. */
const TYPES = ['', 'assembly', 'native', 'deps.json', 'runtimeconfig.json', 'symbols'];

function writeList(context: CommandContext, entries: readonly BundleEntry[]): void {
  const rows = entries.map(
    ({ path, type, size, compressedSize, offset }): Row => [
      { text: path, paint: context.style.cyan },
      TYPES[type] ?? hex(type),
      String(size),
      compressedSize === undefined ? '' : String(compressedSize),
      hex(offset),
    ],
  );
  for (const text of table(['path', 'type', 'size', 'stored', 'offset'], rows, context, '')) context.write(text);
}
