import { Assembly } from '@ijw/assembly';
import { entryPaths, type OpenedFile, type OpenOptions, openFile } from '@ijw/assembly/open';
import { UnsupportedError, UsageError } from '@ijw/binary';
import type { CommandContext } from './command.ts';
import { readOperand } from './suggestions.ts';

const openOptions = ({ options }: CommandContext): OpenOptions => ({
  layout: options.layout === 'mapped' ? 'mapped' : 'file',
  ...(typeof options.entry === 'string' && { entry: options.entry }),
});

/** Opens a file of the command line as it is, a bundle too. Rejects with `FileAccessError`, `BadImageError`, `UsageError`. */
export async function openOperand(context: CommandContext, file: string): Promise<OpenedFile> {
  const opened = await openFile(readOperand(context.io, file), openOptions(context));
  await watched(context, file, opened);
  return opened;
}

async function watched(context: CommandContext, file: string, { format, bytes, diagnostics }: OpenedFile): Promise<void> {
  context.watch(diagnostics);
  await context.log('info', 'opened', { file, format, bytes: bytes.length });
}

/** The file that a command works on; a bundle needs `--entry`. Rejects with `FileAccessError`, `BadImageError`, `UsageError`, `UnsupportedError`. */
export async function openAssembly(context: CommandContext, file = context.file): Promise<Assembly> {
  const assembly = await Assembly.open(readOperand(context.io, file), openOptions(context));
  await watched(context, file, assembly.file);
  const { bundle } = assembly;
  if (bundle !== undefined)
    throw new UnsupportedError(`The file is a .NET single-file bundle: --entry opens one of its files, ${entryPaths(bundle)}`);
  return assembly;
}

/** An address or number as users write it: decimal, or hexadecimal after `0x`. */
export function parseNumber(text: string, what: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new UsageError(`${what} needs a number (0x1000 or 4096), not "${text}"`);
  return value;
}
