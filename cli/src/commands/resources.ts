import { type FileResource, fileResources, type ResourcePart } from '@ijw/assembly';
import { hex, hexDigits, printable, UsageError } from '@ijw/binary';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
import { columns, type Row } from '../output/columns.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { table } from '../output/table.ts';
import { didYouMean } from '../suggestions.ts';
import { safeFileName, uniqueNames, writeFile } from '../written-files.ts';

export async function run(context: CommandContext): Promise<number> {
  const assembly = await openAssembly(context);
  const image = assembly.requireImage();
  const { diagnostics } = assembly;
  const resources = [
    ...fileResources(
      image,
      diagnostics.attempt(() => assembly.metadata),
    ),
  ];
  const [file, name] = context.operands;
  const { output, json } = context.options;
  const chosen = name === undefined ? undefined : choose(resources, name);
  const shown = chosen === undefined ? resources : [chosen.resource];
  const written = typeof output === 'string' ? extract(context, output, shown, chosen) : [];
  if (json) context.document({ file, resources: shown, ...(written.length > 0 && { written }), diagnostics: diagnostics.entries });
  else {
    if (written.length > 0) for (const path of written) context.write(`${printable(path)}\n`);
    else if (chosen === undefined) writeList(context, resources);
    else writeContent(context, chosen);
    context.write(diagnosticLines(diagnostics.entries, context.style));
  }
  return 0;
}

/** A resource, or a part of it. */
interface Chosen {
  readonly resource: FileResource;
  readonly part?: ResourcePart;
}

/** `NAME`, its end after a dot or `/`, or `NAME/ENTRY`; in any case where only one fits. @throws UsageError */
function choose(resources: readonly FileResource[], typed: string): Chosen {
  const wanted = typed.toLowerCase();
  const byName = (test: (name: string) => boolean): FileResource | undefined => resources.find(({ name }) => test(name));
  const resource =
    byName((name) => name === typed) ??
    byName((name) => name.toLowerCase() === wanted) ??
    byName((name) => name.toLowerCase().endsWith(`.${wanted}`) || name.toLowerCase().startsWith(`${wanted}/`));
  if (resource !== undefined) return { resource };
  for (const candidate of resources) {
    const start = candidate.name.length + 1;
    if (typed.length <= start || typed.slice(0, start).toLowerCase() !== `${candidate.name.toLowerCase()}/`) continue;
    const part = candidate.entries?.find(({ name }) => name === typed.slice(start));
    if (part !== undefined) return { resource: candidate, part };
  }
  const names = resources.map(({ name }) => name);
  throw new UsageError(`No resource is named "${typed}"${didYouMean(typed, names)}`);
}

/** Writes one content to a file, or each one into a folder; what has no content here is passed over. */
function extract(
  context: CommandContext,
  output: string,
  resources: readonly FileResource[],
  chosen: Chosen | undefined,
): readonly string[] {
  if (chosen !== undefined) {
    const bytes = chosen.part?.bytes() ?? chosen.resource.bytes();
    if (bytes === undefined) throw new UsageError(`The content of "${chosen.resource.name}" is in ${chosen.resource.location}`);
    writeFile(context, output, bytes);
    return [output];
  }
  const unique = uniqueNames();
  return resources.flatMap((resource) => {
    const bytes = resource.bytes();
    if (bytes === undefined) return [];
    const path = `${output.replace(/\/+$/, '')}/${unique(safeFileName(`${resource.name.replaceAll('/', '-')}${extensionOf(resource)}`))}`;
    writeFile(context, path, bytes);
    return [path];
  });
}

/** What programs expect behind the name of a resource of Windows. */
const EXTENSIONS: Readonly<Record<string, string>> = { GROUP_ICON: '.ico', MANIFEST: '.xml', HTML: '.html' };

const extensionOf = ({ kind, name }: FileResource): string => (kind === 'win32' ? (EXTENSIONS[name.split('/', 1)[0] ?? ''] ?? '.bin') : '');

function writeList(context: CommandContext, resources: readonly FileResource[]): void {
  const { style } = context;
  const rows = resources.map(
    ({ name, kind, size, offset, entries, location }): Row => [
      { text: name, paint: style.cyan },
      location === undefined ? kind : `${kind}: ${location}`,
      size === undefined ? '' : String(size),
      offset === undefined ? '' : hex(offset),
      entries === undefined ? '' : String(entries.length),
    ],
  );
  if (rows.length === 0) context.write('The file has no resources\n');
  else for (const text of table(['name', 'kind', 'size', 'offset', 'entries'], rows, context, '')) context.write(text);
}

/** The entries, a text as it is, other bytes in hexadecimal. */
function writeContent(context: CommandContext, { resource, part }: Chosen): void {
  if (part === undefined && resource.entries !== undefined) {
    const rows = resource.entries.map(
      ({ name, type, size, value }): Row => [
        { text: name, paint: context.style.cyan },
        type,
        value === undefined ? `${size ?? 0} bytes` : String(value),
      ],
    );
    for (const text of columns(rows, '', context.width)) context.write(text);
    return;
  }
  const bytes = part?.bytes() ?? resource.bytes();
  if (bytes === undefined) context.write(`The content is in ${printable(resource.location ?? 'another file')}\n`);
  else {
    const text = asText(bytes);
    if (text === undefined) for (const lines of hexDump(bytes, 0)) context.write(lines);
    else context.write(text.endsWith('\n') ? text : `${text}\n`);
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** UTF-8 without controls, its lines as they are. */
function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
    return lines.every((line) => printable(line.replaceAll('\t', ' ')) === line.replaceAll('\t', ' ')) ? lines.join('\n') : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes in a line. */
const WIDTH = 16;
/** Lines that are given at a time. */
const LINES = 512;

const visible = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.');

/** A line for 16 bytes: the address of the first, the bytes, their ASCII. Yields the text of many lines at a time. */
function* hexDump(bytes: Uint8Array, address: number): Generator<string> {
  let text = '';
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const line = bytes.subarray(at, at + WIDTH);
    const digits = Array.from(line, (byte) => hexDigits(byte, 2)).join(' ');
    text += `${hexDigits(address + at, 8)}  ${digits.padEnd(WIDTH * 3 - 1)}  ${Array.from(line, visible).join('')}\n`;
    if (at % (WIDTH * LINES) !== WIDTH * (LINES - 1)) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
