import { requireMembers } from '@ijw/assembly';
import { hex, printable, UnsupportedError, UsageError } from '@ijw/binary';
import {
  type MergedFile,
  mergeStubs,
  partsOf,
  STUB_TARGETS,
  type StubComparison,
  type StubInput,
  type StubSet,
  type StubTarget,
  stubsDocument,
  unmerged,
} from '@ijw/interop/stubs';
import { type Metadata, makeToken, TableId, type Token, typeFullName } from '@ijw/metadata';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
import type { OutputFile } from '../io.ts';
import { columns, type Row } from '../output/columns.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { assemblyProvider, searchOption, searchPathBeside } from '../search-path.ts';
import { compareStubs, existingText, firmwareRows, inFolder, mismatchLine } from '../stub-comparison.ts';

export async function run(context: CommandContext): Promise<number> {
  const target = targetOf(context);
  const input = await readInput(context);
  const set = target.generate(input);
  const { check, output } = context.options;
  if (Array.isArray(check)) return report(context, input, set, [], compareStubs(context, { target, input, set }, check));
  const planned = plan(context, set, typeof output === 'string' ? output : undefined);
  if (typeof output === 'string') writeAll(context, output, planned);
  return report(context, input, set, planned);
}

function targetOf(context: CommandContext): StubTarget {
  const { options } = context;
  const target = STUB_TARGETS.get(String(options.for));
  if (target === undefined) throw new UsageError(`stubs needs --for ${[...STUB_TARGETS.keys()].join('|')}`);
  const { api } = options;
  if (typeof api === 'string' && !target.versions.includes(api)) {
    const known = target.versions.length === 0 ? 'has one API only' : `has the APIs ${target.versions.join(', ')}`;
    throw new UsageError(`${options.for} ${known}, not "${api}"`);
  }
  refuseOtherSystems(context);
  return target;
}

/** The systems that an option is for. */
const OPTION_SYSTEMS: Readonly<Record<string, readonly string[]>> = {
  bare: ['tinyclr', 'nanoframework'],
  project: ['nanoframework'],
  excludeType: ['nanoframework'],
  excludeTypes: ['nanoframework'],
  method: ['leanclr'],
};

function refuseOtherSystems({ options }: CommandContext): void {
  for (const [name, systems] of Object.entries(OPTION_SYSTEMS))
    if (options[name] !== undefined && !systems.includes(String(options.for)))
      throw new UsageError(
        `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is an option of --for ${systems.join(' or ')}`,
      );
}

async function readInput(context: CommandContext): Promise<StubInput> {
  const { options, file, io } = context;
  const assembly = await openAssembly(context);
  const metadata = assembly.requireMetadata('there is nothing to generate from');
  return {
    assembly,
    provider: assemblyProvider(await searchPathBeside(io, file, searchOption(options))),
    ...(typeof options.api === 'string' && { version: options.api }),
    ...(options.bare === true && { bare: true }),
    ...(typeof options.project === 'string' && { project: options.project }),
    ...excludedTypes(context, metadata),
    ...(Array.isArray(options.method) && { methods: methodTokens(metadata, options.method as readonly string[]) }),
  };
}

/** The tokens of the methods that `--method` names. @throws UsageError */
function methodTokens(metadata: Metadata, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const { kind, rids } = requireMembers(metadata, name);
    if (kind !== 'methods') throw new UsageError(`--method takes methods, and "${name}" is not one`);
    return rids.map((rid) => hex(makeToken(TableId.MethodDef, rid), 8));
  });
}

/** What `--exclude-type` and `--exclude-types` name. A list may be for several versions of an assembly: names that this one lacks are passed over. @throws UsageError */
function excludedTypes({ options, io }: CommandContext, metadata: Metadata): Pick<StubInput, 'excludedTypes'> {
  const named = Array.isArray(options.excludeType) ? (options.excludeType as readonly string[]) : [];
  const list = typeof options.excludeTypes === 'string' ? listedNames(new TextDecoder().decode(io.readFile(options.excludeTypes))) : [];
  if (named.length === 0 && list.length === 0) return {};
  const tokens = typesByName(metadata);
  const unknown = named.find((name) => !tokens.has(nestedName(name)));
  if (unknown !== undefined) throw new UsageError(`--exclude-type: ${unknown} is not a type of the assembly`);
  return { excludedTypes: new Set([...named, ...list].flatMap((name) => tokens.get(nestedName(name)) ?? [])) };
}

/** Both `Outer/Inner` and `Outer+Inner` are written. */
const nestedName = (name: string): string => name.replaceAll('+', '/');

function typesByName(metadata: Metadata): ReadonlyMap<string, Token> {
  const tokens = new Map<string, Token>();
  for (let rid = 1; rid <= metadata.tables.TypeDef.rowCount; rid++) {
    const token = makeToken(TableId.TypeDef, rid);
    tokens.set(typeFullName(metadata, token), token);
  }
  return tokens;
}

/** A name a line, or what a project of nanoFramework lists. */
function listedNames(text: string): readonly string[] {
  const items = [...text.matchAll(/<NFMDP_PE_ExcludeClassByName\s+Include="([^"]+)"/g)].map(([, name]) => name!);
  return items.length > 0 ? items : text.split(/\r?\n/).flatMap((line) => line.trim() || []);
}

/** Generated files have plain names: nothing is written outside of the folder, whatever an assembly calls its types. */
function plan(context: CommandContext, set: StubSet, folder: string | undefined): readonly MergedFile[] {
  return set.files.map((file) => {
    if (/[/\\]|^\.|^$/.test(file.path)) throw new UnsupportedError(`"${file.path}" is not a file name`);
    const existing = folder === undefined || file.stubs === undefined ? undefined : existingText(context, inFolder(folder, file.path));
    return existing === undefined ? unmerged(file) : mergeStubs(existing, file);
  });
}

/** Enough text for one system call. */
const PIECE = 1 << 16;

function* inPieces(parts: Iterable<string>): Generator<string, void> {
  let piece = '';
  for (const part of parts) {
    piece += part;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** All files are whole on the disk before the first is put in its place. */
function writeAll({ io }: CommandContext, folder: string, files: readonly MergedFile[]): void {
  const open: OutputFile[] = [];
  let done = 0;
  try {
    for (const planned of files) {
      const file = io.createFile(inFolder(folder, planned.path));
      open.push(file);
      for (const piece of inPieces(partsOf(planned))) file.write(piece);
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

function report(
  context: CommandContext,
  input: StubInput,
  set: StubSet,
  files: readonly MergedFile[],
  comparison?: StubComparison,
): number {
  const { options } = context;
  if (options.json) {
    const head = { file: context.file, for: options.for };
    context.document({ ...head, ...stubsDocument(set, files, comparison), diagnostics: input.assembly.diagnostics.entries });
  } else for (const part of text(context, input, set, files, comparison)) context.write(part);
  return comparison !== undefined && comparison.mismatches.length > 0 ? 1 : 0;
}

function* text(
  context: CommandContext,
  { assembly }: StubInput,
  set: StubSet,
  files: readonly MergedFile[],
  comparison?: StubComparison,
): Generator<string> {
  const { style } = context;
  const checksum = set.checksum === undefined ? '' : `, checksum ${hex(set.checksum, 8)}`;
  yield `${style.bold(String(context.options.for))}  ${set.entries.length} native methods${checksum}\n`;
  yield* columns(fileRows(context, files), '  ', context.width);
  for (const { token, method, reason } of set.refusals) yield `${printable(`not written: ${hex(token, 8)} ${method}: ${reason}`)}\n`;
  for (const { token, type, reason } of set.omissions ?? []) yield `${printable(`${hex(token, 8)} ${type}: ${reason}`)}\n`;
  if (comparison?.firmware) yield* columns(firmwareRows(context, comparison.firmware), '  ', context.width);
  for (const mismatch of comparison?.mismatches ?? []) yield mismatchLine(context, mismatch);
  if (comparison?.mismatches.length === 0) yield 'Everything matches\n';
  yield diagnosticLines(assembly.diagnostics.entries, style);
}

function* fileRows({ style }: CommandContext, files: readonly MergedFile[]): Generator<Row> {
  for (const file of files) {
    const { path, added, stale } = file;
    const more = added.length > 0 ? `, ${added.length} stubs added` : '';
    yield [{ text: path, paint: style.cyan }, `${partsOf(file).size} bytes${more}`];
    for (const name of stale) yield ['', { text: `no longer in the assembly: ${name}`, paint: style.yellow }];
  }
}
