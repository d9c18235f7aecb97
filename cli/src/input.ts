import { type Diagnostics, UnsupportedError, UsageError } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import type { CommandContext } from './command.ts';

/** The file a command works on: its bytes read, its headers parsed. Throws `FileAccessError` and `BadImageError`. */
export function openImage(context: CommandContext, file = context.operands[0]!): PEImage {
  return PEImage.parse(context.io.readFile(file), { layout: layout(context) });
}

/** The metadata of the file: of a PE image's CLI header, or standing alone. Throws where there is none. */
export async function openMetadata(context: CommandContext, diagnostics: Diagnostics, file = context.operands[0]!): Promise<Metadata> {
  const bytes = context.io.readFile(file);
  if (isMetadataRoot(bytes)) return Metadata.parse(bytes, { diagnostics });
  const metadata = Metadata.of(PEImage.parse(bytes, { layout: layout(context), diagnostics }), { diagnostics });
  if (metadata === undefined) throw new UnsupportedError('The image is native: it has no CLI header, so there is no metadata in it');
  return metadata;
}

/** `BSJB`: a portable PDB or another file of bare metadata. */
const isMetadataRoot = (bytes: Uint8Array): boolean => bytes[0] === 0x42 && bytes[1] === 0x53 && bytes[2] === 0x4a && bytes[3] === 0x42;

export function layout(context: CommandContext): 'file' | 'mapped' {
  return context.options.layout === 'mapped' ? 'mapped' : 'file';
}

/** An address or number as users write it: decimal, or hexadecimal after `0x`. */
export function parseNumber(text: string, what: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) throw new UsageError(`${what} wants a number, not "${text}"`);
  return value;
}
