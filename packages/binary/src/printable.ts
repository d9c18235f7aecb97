import { hexDigits } from './hexadecimal.ts';

/** C0 controls, DELETE and C1 controls (Unicode category Cc), the bidirectional controls (UAX 9, section 2), and the line and paragraph separators. */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** A longer text is written in pieces: V8 ends the process when one replacement has too many matches. */
const PIECE = 1 << 16;

const escaped = (character: string): string => SHORT.get(character) ?? `\\u${hexDigits(character.charCodeAt(0), 4)}`;

/**
 * `text` without characters that act on a terminal or forge a line of a log: each is written as `\n`, `\r`, `\t` or `\uxxxx`. For every name,
 * version and path that goes into text for a person; JSON, DOT and generated sources have escapes of their own.
 */
export function printable(text: string): string {
  if (text.length <= PIECE) return text.replace(UNPRINTABLE, escaped);
  let shown = '';
  for (let start = 0; start < text.length; start += PIECE) shown += text.slice(start, start + PIECE).replace(UNPRINTABLE, escaped);
  return shown;
}
