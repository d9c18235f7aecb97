import { UsageError } from '@ijw/binary';
import { PEImage } from '@ijw/pe';
import type { CommandContext } from './command.ts';

/** The file a command works on: its bytes read, its headers parsed. Throws `FileAccessError` and `BadImageError`. */
export function openImage(context: CommandContext, file = context.operands[0]!): PEImage {
  return PEImage.parse(context.io.readFile(file), { layout: layout(context) });
}

export function layout(context: CommandContext): 'file' | 'mapped' {
  return context.options.layout === 'mapped' ? 'mapped' : 'file';
}

/** An address or number as users write it: decimal, or hexadecimal after `0x`. */
export function parseNumber(text: string, what: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) throw new UsageError(`${what} wants a number, not "${text}"`);
  return value;
}
