import { hexDigits } from './hexadecimal.ts';

/** C0 controls, DELETE and C1 controls (Unicode category Cc), the bidirectional controls (UAX 9, section 2), and the line and paragraph separators. */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

const escaped = (character: string): string => SHORT.get(character) ?? `\\u${hexDigits(character.charCodeAt(0), 4)}`;

/**
 * `text` without characters that act on a terminal or forge a line of a log: each is written as `\n`, `\r`, `\t` or `\uxxxx`. For every name,
 * version and path that goes into text for a person; JSON, DOT and generated sources have escapes of their own.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escaped);
