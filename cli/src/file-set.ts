import { Assembly, zipFiles } from '@ijw/assembly';
import { BadImageError, UnsupportedError } from '@ijw/binary';
import { detectContainer } from '@ijw/pe';
import { bundleEntryBytes, readSingleFileBundle } from '@ijw/pe/containers';
import type { CommandContext } from './command.ts';
import { FileAccessError } from './io.ts';
import { errorLine } from './output/error-line.ts';
import { isZip } from './search-path.ts';
import { readOperand } from './suggestions.ts';

/** A file of a set: a file of the command line, or one in a folder, an archive or a bundle that it names. */
export interface FileOfSet {
  /** The path; in a container the path in it, after that of the container. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The names of files that are opened in a folder or a container; other files are skipped. */
const IMAGE = /\.(dll|exe|node|winmd|netmodule|sys|ocx|wasm|mui)$/i;
const ARCHIVE = /\.(zip|nupkg|snupkg)$/i;

/**
 * The files that operands name: files as they are; the images in folders and below them, in ZIP archives, packages and bundles. An operand that cannot be read is an
 * error; what a container has and cannot be read is a line on standard error.
 */
export async function* filesOf(context: CommandContext, operands: readonly string[]): AsyncGenerator<FileOfSet> {
  const { io } = context;
  for (const operand of operands) {
    if (operand === '-' || io.isFile(operand)) {
      yield* contentOf(context, operand, readOperand(io, operand));
      continue;
    }
    const paths = folderPaths(context, operand);
    if (paths === undefined) {
      yield* contentOf(context, operand, readOperand(io, operand));
      continue;
    }
    for (const path of paths) {
      if (!IMAGE.test(path) && !ARCHIVE.test(path)) continue;
      const name = `${operand.replace(/\/+$/, '')}/${path}`;
      const bytes = attempt(context, name, () => io.readFile(name));
      if (bytes !== undefined) yield* contentOf(context, name, bytes);
    }
  }
}

/** `undefined` for what is not a folder: reading it as a file says what is wrong with it. */
function folderPaths({ io }: CommandContext, folder: string): readonly string[] | undefined {
  try {
    return io.filesBelow(folder);
  } catch (error) {
    if (error instanceof FileAccessError) return undefined;
    throw error;
  }
}

async function* contentOf(context: CommandContext, name: string, bytes: Uint8Array): AsyncGenerator<FileOfSet> {
  if (isZip(bytes)) {
    const archive = await zipFiles(name, bytes);
    for (const path of archive.paths) {
      if (!IMAGE.test(path)) continue;
      const member = `${name}/${path}`;
      const content = attempt(context, member, () => archive.read(path));
      if (content !== undefined) yield { name: member, bytes: content };
    }
    return;
  }
  const bundle = isHost(bytes) ? attempt(context, name, () => readSingleFileBundle(bytes)) : undefined;
  if (bundle === undefined || detectContainer(bytes).kind === 'pe') yield { name, bytes };
  for (const entry of bundle?.entries ?? []) {
    if (!IMAGE.test(entry.path)) continue;
    const member = `${name}/${entry.path}`;
    try {
      yield { name: member, bytes: await bundleEntryBytes(bytes, entry) };
    } catch (error) {
      report(context, member, error);
    }
  }
}

/** Formats whose files may be the host of a bundle. */
const isHost = (bytes: Uint8Array): boolean => ['pe', 'elf', 'machO'].includes(detectContainer(bytes).kind);

function attempt<T>(context: CommandContext, name: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    report(context, name, error);
    return undefined;
  }
}

/** One line on standard error for bytes that cannot be read; other errors are passed on. */
function report(context: CommandContext, name: string, error: unknown): void {
  if (!(error instanceof BadImageError || error instanceof FileAccessError || error instanceof UnsupportedError)) throw error;
  context.io.writeError(errorLine(name, error) ?? '');
}

/** A file that was opened. */
export interface OpenedFileOfSet {
  readonly name: string;
  readonly assembly: Assembly;
}

/** Opens the files of a set, one after the other. One that cannot be opened is a line on standard error; `failed` is called for it. */
export async function* openedFiles(
  context: CommandContext,
  operands: readonly string[],
  failed: () => void,
): AsyncGenerator<OpenedFileOfSet> {
  for await (const { name, bytes } of filesOf(context, operands)) {
    try {
      const assembly = await Assembly.open(bytes);
      await context.log('info', 'opened', { file: name, format: assembly.file.format, bytes: bytes.length });
      yield { name, assembly };
    } catch (error) {
      report(context, name, error);
      failed();
    }
  }
}
