import { BadImageError, hex, printable, UnsupportedError, UsageError } from '@ijw/binary';
import { FileAccessError } from '../io.ts';

/** A line of standard error about a file: it stays one line whatever the names in it are. */
export const noteLine = (subject: string | undefined, message: string): string =>
  `${printable(subject === undefined ? `ijw: ${message}` : `ijw: ${subject}: ${message}`)}\n`;

/** The one line that a user sees for an error, or `undefined` for a defect of the program. */
export function errorLine(file: string | undefined, error: unknown): string | undefined {
  if (error instanceof BadImageError)
    return noteLine(file, `${error.code} at ${hex(error.offset)} while reading ${error.reading}: ${error.message}`);
  if (error instanceof FileAccessError) return noteLine(error.path, error.message);
  if (error instanceof UnsupportedError || error instanceof UsageError) return noteLine(file, error.message);
  return undefined;
}
