import { dirname, join } from 'node:path';
import { type Assembly, requireMembers } from '@ijw/assembly';
import { Diagnostics, UsageError } from '@ijw/binary';
import {
  type DisassemblyOptions,
  disassemble,
  type MemberFilter,
  type MethodDocumentOptions,
  methodDocuments,
  type NativeText,
  type ResourceFile,
  writeILListing,
} from '@ijw/il';
import type { Metadata } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { Boundary } from '@ijw/vtfixup';
import type { ChalkInstance } from 'chalk';
import type { CommandContext, OptionValues } from '../command.ts';
import { openAssembly } from '../input.ts';
import { lineNumbers } from '../line-numbers.ts';
import { writeNanoCode } from '../nano-text.ts';
import type { ReadyToRunText } from '../native-text.ts';
import { noteLine } from '../output/error-line.ts';
import { LineWriter } from '../output/fold.ts';
import { reportDiagnostics } from '../output/report-diagnostics.ts';
import { filesBeside } from '../search-path.ts';
import { sourceText } from '../source-text.ts';
import { classComments, headerComments } from '../text-preamble.ts';
import { vtableText } from '../vtable-text.ts';

/** Loading the tables of machine instructions takes time, and only --native needs them. */
const nativeTexts = () => import('../native-text.ts');

export async function run(context: CommandContext): Promise<number> {
  const assembly = await openAssembly(context);
  if (assembly.file.format === 'nano') return writeNanoCode(context, assembly.file.nano);
  const image = assembly.requireImage();
  const metadata = assembly.requireMetadata('it has no IL');
  const member = context.operands[1];
  const filter = member === undefined ? undefined : requireMembers(metadata, member);
  if (context.options.json) return writeMethods(context, assembly, filter);
  if (context.options.listing) return listing(context, image, metadata, filter);
  const diagnostics = new Diagnostics();
  const compiled =
    context.options.native && !context.options.strict ? await (await nativeTexts()).readyToRunText(context, image, metadata) : undefined;
  const options = { ...(await disassemblyOptions(context, assembly)), ...(compiled && { compiled: compiled.ofMethod }) };
  await context.io.expectShortRun?.();
  if (context.options.headers) for (const text of headerComments(image)) context.write(text);
  if (context.options.classList) for (const line of classComments(metadata)) context.write(line);
  const lines = context.style.level > 0 ? new LineWriter(context.write, (line) => colouredIL(line, context.style)) : undefined;
  const sink = lines ?? context;
  const { resources } = disassemble(image, metadata, (chunk) => sink.write(chunk), diagnostics, options, filter);
  lines?.end();
  if (compiled !== undefined && filter === undefined) writeOtherInstances(context, compiled);
  writeResourceFiles(context, resources);
  const damaged = reportDiagnostics(context, image.diagnostics);
  // Text that the assembler would refuse is a warning.
  return reportDiagnostics(context, diagnostics, context.options.strict ? ['error', 'warning', 'info'] : ['error']) || damaged;
}

/** Compiled instances of methods that other modules define, after everything that this module does. */
function writeOtherInstances(context: CommandContext, { others }: ReadyToRunText): void {
  for (const line of others()) context.write(`// ${line}\n`);
}

async function writeMethods(context: CommandContext, assembly: Assembly, filter: MemberFilter | undefined): Promise<number> {
  const image = assembly.requireImage();
  const metadata = assembly.requireMetadata();
  const rids = filter && methodsOf(metadata, filter);
  const { diagnostics } = image;
  const options: MethodDocumentOptions = {
    tokens: context.options.tokens === true,
    bytes: context.options.bytes === true,
    ...(await machineCode(context, assembly)),
    ...(await fromPdb(context, assembly)),
  };
  // Written in this order: reading the methods adds to the diagnostics.
  const methods = methodDocuments(image, metadata, diagnostics, rids, options);
  context.document({ file: context.file, methods, diagnostics: diagnostics.entries });
  return 0;
}

/** Machine code as text, where `--native` asks for it. */
async function machineCode(context: CommandContext, assembly: Assembly): Promise<Pick<MethodDocumentOptions, 'native' | 'compiled'>> {
  if (!context.options.native) return {};
  const { nativeText, readyToRunText } = await nativeTexts();
  const compiled = await readyToRunText(context, assembly.requireImage(), assembly.requireMetadata());
  return { native: await nativeText(context, assembly, assembly.boundary), ...(compiled && { compiled: compiled.ofMethod }) };
}

function methodsOf(metadata: Metadata, { kind, rids }: MemberFilter): readonly number[] {
  if (kind === 'fields') throw new UsageError('--json and --listing take a type or a method, not a field');
  return kind === 'methods' ? rids : rids.flatMap((type) => [...metadata.methodsOf(type)]);
}

function listing(context: CommandContext, image: PEImage, metadata: Metadata, filter: MemberFilter | undefined): number {
  if (filter === undefined) writeILListing(image, metadata, (chunk) => context.write(chunk));
  else for (const rid of methodsOf(metadata, filter)) writeILListing(image, metadata, (chunk) => context.write(chunk), { rid });
  return reportDiagnostics(context, image.diagnostics);
}

async function disassemblyOptions(context: CommandContext, assembly: Assembly): Promise<DisassemblyOptions> {
  const { options } = context;
  const strict = options.strict === true;
  // IL text loses nothing by an error in the boundary.
  const boundary = Boundary.of(assembly.requireImage(), assembly.metadata, { diagnostics: new Diagnostics() });
  const native: NativeText | undefined =
    options.native && !strict ? await (await nativeTexts()).nativeText(context, assembly, boundary) : undefined;
  return {
    strict,
    tokens: options.tokens === true,
    bytes: options.bytes === true,
    rawExceptions: options.rawEh === true,
    quoteAllNames: options.quoteAllNames === true,
    customAttributes: options.ca === false ? 'none' : options.caVerbal ? 'verbal' : 'blob',
    noIL: options.il === false,
    forward: options.forward === true,
    vtable: vtableText(boundary),
    ...visibility(options),
    ...(native && { native }),
    ...(await fromPdb(context, assembly)),
  };
}

/** What the portable PDB says, where an option asks for it. */
async function fromPdb(
  { io, file, options }: CommandContext,
  assembly: Assembly,
): Promise<Pick<DisassemblyOptions, 'source' | 'lineNumbers'>> {
  if (!options.source && !options.lineNumbers) return {};
  const { pdb, missing } = await assembly.portablePdb(file, filesBeside(io, file));
  if (pdb === undefined) {
    io.writeError(noteLine(file, `${options.source ? '--source' : '--line-numbers'}: ${missing}`));
    return {};
  }
  return {
    ...(options.source && { source: sourceText(pdb, io, sourceFolders(file, options)) }),
    ...(options.lineNumbers && { lineNumbers: lineNumbers(pdb) }),
  };
}

/** Where sources may lie: the folder of the image, and those of `--source-root`. */
const sourceFolders = (file: string, { sourceRoot }: OptionValues): readonly string[] => [
  dirname(file),
  ...(Array.isArray(sourceRoot) ? (sourceRoot as readonly string[]) : []),
];

function visibility(options: OptionValues): Pick<DisassemblyOptions, 'visibility'> {
  if (options.publicOnly) return { visibility: new Set(['PUB']) };
  if (typeof options.visibility !== 'string') return {};
  return { visibility: new Set(options.visibility.toUpperCase().split(/[+,]/)) };
}

/** As ildasm does: with an output file, the resources go beside it, where the assembler looks for them. */
function writeResourceFiles({ io, options }: CommandContext, resources: readonly ResourceFile[]): void {
  if (typeof options.output !== 'string') return;
  for (const { fileName, bytes } of resources) {
    const file = io.createFile(join(dirname(options.output), fileName));
    file.write(bytes);
    file.commit();
  }
}

/** The parts of a line of IL text (ECMA-335 II.5): a comment, a string, a label, a directive, an instruction after its label. */
const PART =
  /(\/\/.*$)|("(?:[^"\\]|\\.)*")|('(?:[^'\\]|\\.)*')|(?<![\w$@?`])(IL_[0-9a-f]+)(:?)(\s+(?!\/)[a-z][a-z0-9.]*)?|(?<![\w$@?`.:])(\.[a-z]+)\b/g;

/** Colours a line of IL text. */
export function colouredIL(line: string, style: ChalkInstance): string {
  return line.replaceAll(PART, (all, comment, text, name, label, colon, opcode, directive) => {
    if (comment !== undefined) return style.dim(all);
    if (text !== undefined) return style.green(all);
    if (name !== undefined) return all;
    if (directive !== undefined) return style.cyan(all);
    return `${style.dim(label + colon)}${opcode === undefined ? '' : colon === ':' ? style.yellow(opcode) : opcode}`;
  });
}
