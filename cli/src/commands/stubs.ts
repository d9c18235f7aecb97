import { BadImageError, Diagnostics, hex, printable, UnsupportedError, UsageError } from '@ijw/binary';
import { compareFiles, mergeStubs, STUB_TARGETS, type StubInput, type StubMismatch, type StubSet, type StubTarget } from '@ijw/interop';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import type { CommandContext } from '../command.ts';
import { layout } from '../input.ts';
import type { OutputFile } from '../io.ts';
import { columns, type Row } from '../output/columns.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { writeJson } from '../output/json.ts';

/** A file as it is to be written, and what became of one that was there. */
interface PlannedFile {
  readonly path: string;
  readonly text: string;
  readonly added: readonly string[];
  readonly stale: readonly string[];
}

export async function run(context: CommandContext): Promise<number> {
  const target = targetOf(context);
  const input = readInput(context);
  const set = target.generate(input);
  const { check, output } = context.options;
  if (typeof check === 'string') return report(context, input, set, [], compare(context, target, input, set, check));
  const planned = plan(context, set, typeof output === 'string' ? output : undefined);
  if (typeof output === 'string') writeAll(context, output, planned);
  return report(context, input, set, planned);
}

function targetOf({ options }: CommandContext): StubTarget {
  const target = STUB_TARGETS.get(String(options.for));
  if (target === undefined) throw new UsageError(`stubs wants --for ${[...STUB_TARGETS.keys()].join('|')}`);
  const { api } = options;
  if (typeof api === 'string' && !target.versions.includes(api)) {
    const known = target.versions.length === 0 ? 'has one API only' : `has the APIs ${target.versions.join(', ')}`;
    throw new UsageError(`${options.for} ${known}, not "${api}"`);
  }
  return target;
}

/** `BSJB`: metadata alone is enough for the systems that need no native code. */
function readInput(context: CommandContext): StubInput {
  const { options, operands, io } = context;
  const bytes = io.readFile(operands[0]!);
  const isRoot = bytes[0] === 0x42 && bytes[1] === 0x53 && bytes[2] === 0x4a && bytes[3] === 0x42;
  const diagnostics = new Diagnostics();
  const image = isRoot ? undefined : PEImage.parse(bytes, { layout: layout(context), diagnostics });
  const metadata = image ? Metadata.of(image, { diagnostics }) : Metadata.parse(bytes, { diagnostics });
  if (metadata === undefined) throw new UnsupportedError('The image is native: it has no CLI header, so there is nothing to generate from');
  return {
    metadata,
    image,
    diagnostics,
    ...(typeof options.api === 'string' && { version: options.api }),
    ...(options.bare === true && { bare: true }),
    ...(typeof options.project === 'string' && { project: options.project }),
    ...(Array.isArray(options.method) && { methods: options.method as readonly string[] }),
  };
}

const inFolder = (folder: string, path: string): string => (folder.endsWith('/') ? `${folder}${path}` : `${folder}/${path}`);

function existingText({ io }: CommandContext, path: string): string | undefined {
  return io.isFile(path) ? new TextDecoder().decode(io.readFile(path)) : undefined;
}

/** Generated files have plain names: nothing is written outside of the folder, whatever an assembly calls its types. */
function plan(context: CommandContext, set: StubSet, folder: string | undefined): readonly PlannedFile[] {
  return set.files.map((file) => {
    if (/[/\\]|^\.|^$/.test(file.path)) throw new UnsupportedError(`"${file.path}" is no name for a file`);
    const existing = folder === undefined || file.stubs === undefined ? undefined : existingText(context, inFolder(folder, file.path));
    return existing === undefined ? { path: file.path, text: file.text, added: [], stale: [] } : mergeStubs(existing, file);
  });
}

/** All files are whole on the disk before the first is put in its place. */
function writeAll({ io }: CommandContext, folder: string, files: readonly PlannedFile[]): void {
  const open: OutputFile[] = [];
  let done = 0;
  try {
    for (const { path, text } of files) {
      const file = io.createFile(inFolder(folder, path));
      open.push(file);
      file.write(text);
    }
    for (const file of open) {
      done++;
      file.commit();
    }
  } catch (error) {
    for (const file of open.slice(done)) file.discard();
    throw error;
  }
}

function compare(context: CommandContext, target: StubTarget, input: StubInput, set: StubSet, place: string): readonly StubMismatch[] {
  if (target.compare === undefined || target.tableFile === undefined)
    return compareFiles(set, (path) => existingText(context, inFolder(place, path)));
  const file = /\.(?:c|cc|cpp|cxx|h|hpp)$/i.test(place) ? place : inFolder(place, target.tableFile(input));
  try {
    return target.compare(input, new TextDecoder().decode(context.io.readFile(file)));
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    const { code, offset, message } = error;
    throw new BadImageError({ code, offset, reading: file, message });
  }
}

function report(
  context: CommandContext,
  input: StubInput,
  set: StubSet,
  files: readonly PlannedFile[],
  mismatches?: readonly StubMismatch[],
): number {
  if (context.options.json) writeJson(context.write, document(context, input, set, files, mismatches));
  else for (const part of text(context, input, set, files, mismatches)) context.write(part);
  return mismatches !== undefined && mismatches.length > 0 ? 1 : 0;
}

const sizeOf = (content: string): number => new TextEncoder().encode(content).length;

function document(
  context: CommandContext,
  { diagnostics }: StubInput,
  set: StubSet,
  files: readonly PlannedFile[],
  mismatches?: readonly StubMismatch[],
) {
  return {
    file: context.operands[0],
    for: context.options.for,
    ...(mismatches !== undefined && { matches: mismatches.length === 0, mismatches }),
    files: files.map(({ path, text: content, added, stale }) => ({
      path,
      size: sizeOf(content),
      ...(added.length > 0 && { added }),
      ...(stale.length > 0 && { stale }),
    })),
    ...(set.checksum !== undefined && { checksum: set.checksum }),
    entries: set.entries,
    ...(set.refusals.length > 0 && { refusals: set.refusals }),
    diagnostics: diagnostics.entries,
  };
}

function* text(
  context: CommandContext,
  { diagnostics }: StubInput,
  set: StubSet,
  files: readonly PlannedFile[],
  mismatches?: readonly StubMismatch[],
): Generator<string> {
  const { style } = context;
  const checksum = set.checksum === undefined ? '' : `, checksum ${hex(set.checksum, 8)}`;
  yield `${style.bold(String(context.options.for))}  ${set.entries.length} native methods${checksum}\n`;
  yield* columns(fileRows(context, files), '  ');
  for (const { token, method, reason } of set.refusals) yield `${printable(`not written: ${hex(token, 8)} ${method}: ${reason}`)}\n`;
  for (const mismatch of mismatches ?? []) yield mismatchLine(context, mismatch);
  if (mismatches?.length === 0) yield 'Everything matches\n';
  yield diagnosticLines(diagnostics.entries, style);
}

function* fileRows({ style }: CommandContext, files: readonly PlannedFile[]): Generator<Row> {
  for (const { path, text: content, added, stale } of files) {
    const more = added.length > 0 ? `, ${added.length} stubs added` : '';
    yield [{ text: path, paint: style.cyan }, `${sizeOf(content)} bytes${more}`];
    for (const name of stale) yield ['', { text: `no longer in the assembly: ${name}`, paint: style.yellow }];
  }
}

function mismatchLine({ style }: CommandContext, { place, expected, found }: StubMismatch): string {
  const where = typeof place === 'number' ? `slot ${place}` : printable(place);
  return `${style.yellow(where)}: ${style.green(printable(expected))} is wanted, ${style.red(printable(found))} is there\n`;
}
