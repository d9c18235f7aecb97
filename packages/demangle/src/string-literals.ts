import type { Cursor } from './cursor.ts';
import { readUnsigned } from './numbers.ts';
import type { StringLiteralSymbol } from './tree.ts';
import { readType } from './types.ts';

/** `?0`…`?9` in a string literal. */
const punctuation = ",/\\:. \n\t'-";

/** Bytes that a name holds at most; some compilers wrote more than the 32 that were meant. */
const MAXIMUM_BYTES = 128;

/** `@_`, width, length in bytes, checksum, `@`, the first bytes, `@`; in C++/CLI metadata then the type of the data. */
export function readStringLiteral(cursor: Cursor): StringLiteralSymbol {
  cursor.expect('@_', 'before a string literal');
  const width = cursor.next('a string literal');
  if (width !== '0' && width !== '1') cursor.fail(`Unknown width "${width}" of a string literal`, cursor.position - 1);
  const start = cursor.position;
  const byteLength = Number(readUnsigned(cursor));
  if (byteLength < (width === '1' ? 2 : 1)) cursor.fail('A string literal has its terminator at least', start);
  const checksum = cursor.until('@', 'checksum of a string literal');
  const bytes = readBytes(cursor);
  const type = cursor.accept('$$B') ? readType(cursor) : undefined;
  const literal = width === '1' ? wideLiteral(cursor, bytes, byteLength) : narrowLiteral(bytes, byteLength, type !== undefined);
  return { kind: 'stringLiteral', byteLength, checksum, ...literal, ...(type && { type }) };
}

type Content = Pick<StringLiteralSymbol, 'encoding' | 'units' | 'truncated'>;

function readBytes(cursor: Cursor): number[] {
  const bytes: number[] = [];
  while (!cursor.accept('@')) {
    if (bytes.length === MAXIMUM_BYTES) cursor.fail(`A string literal shows ${MAXIMUM_BYTES} bytes at most`);
    bytes.push(readByte(cursor));
  }
  return bytes;
}

/** A character, `?` and a digit for punctuation, `?` and a letter for it with the high bit set, `?$` and two digits `A`…`P`. */
function readByte(cursor: Cursor): number {
  const letter = cursor.next('a string literal');
  if (letter !== '?') return letter.charCodeAt(0) & 0xff;
  const start = cursor.position;
  const code = cursor.next('a string literal');
  if (/[0-9]/.test(code)) return punctuation.charCodeAt(Number(code));
  if (/[A-Za-z]/.test(code)) return code.charCodeAt(0) | 0x80;
  if (code !== '$') cursor.fail(`Unknown character code "?${code}"`, start - 1);
  return (readNibble(cursor) << 4) | readNibble(cursor);
}

function readNibble(cursor: Cursor): number {
  const letter = cursor.next('a string literal');
  if (!/[A-P]/.test(letter)) cursor.fail('Expected a letter from A to P', cursor.position - 1);
  return letter.charCodeAt(0) - 65;
}

/** Wide literals hold their code units high byte first. */
function wideLiteral(cursor: Cursor, bytes: readonly number[], byteLength: number): Content {
  if (bytes.length % 2 !== 0 || byteLength % 2 !== 0) cursor.fail('A wide string literal has an even number of bytes');
  const truncated = byteLength > 64;
  if (!truncated && bytes.length > byteLength) cursor.fail('A string literal is longer than it says');
  const units: number[] = [];
  for (let i = 0; i < bytes.length; i += 2) units.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  if (!truncated && units.length * 2 === byteLength) units.pop();
  return { encoding: 'wchar_t', units, truncated };
}

const encodings = { 1: 'char', 2: 'char16_t', 4: 'char32_t' } as const;

/** Other literals do not tell the size of their units: it is guessed by the zeroes. */
function narrowLiteral(bytes: readonly number[], byteLength: number, typed: boolean): Content {
  const size = unitSize(bytes, byteLength);
  const units: number[] = [];
  for (let i = 0; i + size <= bytes.length; i += size) {
    let unit = 0;
    for (let j = size - 1; j >= 0; j--) unit = unit * 256 + (bytes[i + j] ?? 0);
    units.push(unit);
  }
  // A typed literal of metadata is whole without its terminator.
  const missing = byteLength - bytes.length;
  const truncated = missing > (typed ? size : 0);
  if (!truncated && missing <= 0) units.pop();
  return { encoding: encodings[size], units, truncated };
}

function unitSize(bytes: readonly number[], byteLength: number): 1 | 2 | 4 {
  if (byteLength % 2 === 1) return 1;
  if (byteLength < 32) {
    const zeroes = bytes.length - 1 - bytes.findLastIndex((byte) => byte !== 0);
    if (zeroes >= 4 && byteLength % 4 === 0) return 4;
    return zeroes >= 2 ? 2 : 1;
  }
  const zeroes = bytes.filter((byte) => byte === 0).length;
  if (zeroes >= Math.floor((2 * bytes.length) / 3) && byteLength % 4 === 0) return 4;
  return zeroes >= Math.floor(bytes.length / 3) ? 2 : 1;
}
