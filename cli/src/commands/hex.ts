import { type Assembly, ByteMap, type MappedBytes } from '@ijw/assembly';
import { hex, hexDigits, printable, UsageError } from '@ijw/binary';
import { isTokenOf, type Table, type Token, tableNameOf, tokenRid } from '@ijw/metadata';
import type { CommandContext } from '../command.ts';
import { openAssembly, parseNumber } from '../input.ts';
import { columns, type Row } from '../output/columns.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { didYouMean } from '../suggestions.ts';

/** Bytes of the file: from the first to before the last. */
interface Range {
  readonly start: number;
  readonly end: number;
}

export async function run(context: CommandContext): Promise<number> {
  const assembly = await openAssembly(context);
  const { diagnostics } = assembly;
  const [file, where] = context.operands;
  const ranges = where === undefined ? [wholeFile(context, assembly)] : rangesOf(context, assembly, where);
  const map = new ByteMap({ file: assembly.file, image: assembly.image, metadata: diagnostics.attempt(() => assembly.metadata) });
  if (context.options.json) context.document({ file, bytes: mapped(map, ranges, assembly), diagnostics: diagnostics.entries });
  else {
    writeText(context, mapped(map, ranges, assembly));
    context.write(diagnosticLines(diagnostics.entries, context.style));
  }
  return 0;
}

const DEFAULT_LENGTH = 256;

function wholeFile({ options }: CommandContext, { file }: Assembly): Range {
  if (options.length !== undefined) throw new UsageError('--length needs an RVA or an offset to start from');
  return { start: 0, end: file.bytes.length };
}

const TOKEN = /^0x(?!00)[0-9a-f]{8}$/i;

/** @throws UsageError for what is not in the file */
function rangesOf(context: CommandContext, assembly: Assembly, where: string): readonly Range[] {
  const { length } = context.options;
  const size = typeof length === 'string' ? parseNumber(length, '--length') : DEFAULT_LENGTH;
  const [, form, digits = ''] = /^(offset|rva):(.+)$/i.exec(where) ?? [];
  if (form?.toLowerCase() === 'offset') return [within(assembly, parseNumber(digits, 'offset:'), size)];
  if (form === undefined && length === undefined && TOKEN.test(where) && isRow(assembly, Number(where)))
    return rangesOfToken(assembly, Number(where) as Token);
  if (form !== undefined || /^(0x[0-9a-f]+|\d+)$/i.test(where))
    return [fromRva(assembly, parseNumber(form === undefined ? where : digits, 'an RVA'), size)];
  const { sections } = assembly.requireImage();
  const section = sections.find(({ name }) => name === where) ?? sections.find(({ name }) => name.replace('.', '') === where.toLowerCase());
  if (section === undefined) {
    const names = sections.map(({ name }) => name);
    throw new UsageError(
      `"${where}" is not a section, a token, an RVA or offset:N${didYouMean(where, names)}; the sections are ${names.join(', ')}`,
    );
  }
  if (length !== undefined) throw new UsageError('--length needs an RVA or an offset to start from');
  return [{ start: section.pointerToRawData, end: section.pointerToRawData + section.sizeOfRawData }];
}

function within({ file }: Assembly, start: number, size: number): Range {
  if (start >= file.bytes.length)
    throw new UsageError(`The offset ${hex(start)} is outside the file, which has ${file.bytes.length} bytes`);
  return { start, end: start + size };
}

function fromRva(assembly: Assembly, rva: number, size: number): Range {
  const offset = assembly.requireImage().rvaToOffset(rva);
  if (offset === undefined) throw new UsageError(`The RVA ${hex(rva)} has no bytes in the file`);
  return within(assembly, offset, size);
}

const isRow = ({ metadata }: Assembly, token: number): boolean => {
  const name = tableNameOf(token >>> 24);
  return metadata !== undefined && name !== undefined && metadata.tables[name].has(token & 0xffffff);
};

/** The row, and the body of a method. */
function rangesOfToken(assembly: Assembly, token: Token): readonly Range[] {
  const metadata = assembly.requireMetadata();
  const name = tableNameOf(token >>> 24);
  if (name === undefined) return [];
  const table: Table = metadata.tables[name];
  const stream = metadata.bytes.byteOffset - assembly.file.bytes.byteOffset + (metadata.selected.tables?.offset ?? 0);
  const row = stream + table.offset + (tokenRid(token) - 1) * table.rowSize;
  const body = isTokenOf(token, 'MethodDef') ? assembly.diagnostics.attempt(() => assembly.bodyOf(token)) : undefined;
  return [
    { start: row, end: row + table.rowSize },
    ...(body === undefined ? [] : [{ start: body.fileOffset, end: body.fileOffset + body.size }]),
  ];
}

/** A run of bytes, with its address. */
interface ShownBytes extends MappedBytes {
  readonly rva?: number;
}

function* mapped(map: ByteMap, ranges: readonly Range[], { image }: Assembly): Generator<ShownBytes> {
  for (const { start, end } of ranges)
    for (const bytes of map.range(start, end)) {
      const rva = image?.offsetToRva(bytes.offset);
      yield { ...bytes, ...(rva !== undefined && { rva }) };
    }
}

/** Bytes in a line. */
const WIDTH = 16;

const visible = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.');

/** Rows that are aligned together at most. */
const MOST_ROWS = 4096;

/** The name of a structure, then a line a field; bytes without a meaning have their ASCII. */
function writeText(context: CommandContext, all: Iterable<ShownBytes>): void {
  const { style, width } = context;
  let rows: Row[] = [];
  let current: string | undefined;
  const flush = (): void => {
    for (const text of columns(rows, '  ', width)) context.write(text);
    rows = [];
  };
  for (const bytes of all) {
    if (bytes.structure !== current || rows.length >= MOST_ROWS) flush();
    if (bytes.structure !== current) context.write(`${style.bold(printable(bytes.structure ?? 'not mapped'))}\n`);
    current = bytes.structure;
    for (const row of rowsOf(context, bytes)) rows.push(row);
  }
  flush();
}

/** A line for 16 bytes; what the bytes are stands in the first of them. */
function* rowsOf({ style }: CommandContext, { offset, rva, bytes, field, value }: ShownBytes): Generator<Row> {
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const line = bytes.subarray(at, at + WIDTH);
    const ascii = Array.from(line, visible).join('');
    yield [
      { text: hexDigits(offset + at, 8), paint: style.dim },
      { text: rva === undefined ? '' : hexDigits(rva + at, 8), paint: style.dim },
      Array.from(line, (byte) => hexDigits(byte, 2)).join(' '),
      { text: at === 0 ? (field ?? '') : '', paint: style.cyan },
      value === undefined ? ascii : at === 0 ? value : '',
    ];
  }
}
