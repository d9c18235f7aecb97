import { BadImageError, hex, UnsupportedError, UsageError } from '@ijw/binary';
import { FileAccessError } from '../io.ts';

/** The one line that a user sees for an error, or `undefined` for a defect of ours. */
export function errorLine(file: string | undefined, error: unknown): string | undefined {
  const subject = file === undefined ? '' : `${file}: `;
  if (error instanceof BadImageError) {
    return `ijw: ${subject}${error.code} at ${hex(error.offset)} while reading ${error.reading}: ${error.message}\n`;
  }
  if (error instanceof FileAccessError) return `ijw: ${error.path}: ${error.message}\n`;
  if (error instanceof UnsupportedError || error instanceof UsageError) return `ijw: ${subject}${error.message}\n`;
  return undefined;
}
