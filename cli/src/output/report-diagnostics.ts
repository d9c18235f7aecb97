import { type Diagnostics, hex, type Severity } from '@ijw/binary';
import type { CommandContext } from '../command.ts';
import { noteLine } from './error-line.ts';

/** More lines than this help no reader; the rest is counted. */
const MOST_LINES = 20;

/** Writes findings to standard error, a line each, where standard output is in a format of its own. Returns the exit code: 1 when there is an error among them. */
export function reportDiagnostics(
  { io, file }: CommandContext,
  { entries, dropped }: Diagnostics,
  severities: readonly Severity[] = ['error'],
): 0 | 1 {
  const shown = entries.filter(({ severity }) => severities.includes(severity));
  for (const { code, offset, reading, message } of shown.slice(0, MOST_LINES)) {
    const place = offset === undefined ? '' : ` at ${hex(offset)}`;
    io.writeError(noteLine(file, `${code}${place} while reading ${reading}: ${message}`));
  }
  if (shown.length > MOST_LINES) io.writeError(noteLine(file, `${shown.length - MOST_LINES + dropped} more`));
  return entries.some(({ severity }) => severity === 'error') ? 1 : 0;
}
