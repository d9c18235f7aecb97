import { hexDigits } from '@ijw/binary';

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0b, '\\v'],
  [0x0d, '\\r'],
  [0x07, '\\a'],
  [0x3f, '\\?'],
  [0x5c, '\\\\'],
  [0x22, '\\"'],
]);

/** Characters that editors and scanners do not treat as part of a line: line separators, bidirectional controls, the byte-order mark and its mirror. */
const UNSAFE: ReadonlySet<number> = new Set([
  0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0xfeff, 0xfffe, 0xffff,
]);

/** Whether a string can stand between quotes: no NUL or other control without an escape, no unpaired surrogate. */
export function isQuotable(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x20 && unit < 0x7f) continue;
    if (unit >= 0x07 && unit <= 0x0d) continue;
    if (unit < 0xa0 || UNSAFE.has(unit)) return false;
    if ((unit & 0xfc00) === 0xdc00) return false;
    if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(++index) & 0xfc00) !== 0xdc00) return false;
  }
  return true;
}

/** A string between quotes, for one that `isQuotable`. */
export function quotedString(text: string): string {
  let body = '';
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    const escaped = ESCAPES.get(text.charCodeAt(index));
    if (escaped === undefined) continue;
    body += text.slice(from, index) + escaped;
    from = index + 1;
  }
  return `"${body}${text.slice(from)}"`;
}

const encoder = new TextEncoder();

/** A name as ilasm's QSTRING: what a string cannot hold as it is stands there as the bytes of its UTF-8, in octal digits. */
export function quotedName(text: string): string {
  if (isQuotable(text)) return quotedString(text);
  let body = '';
  for (const character of text) {
    if (isQuotable(character)) body += quotedString(character).slice(1, -1);
    else for (const byte of encoder.encode(character)) body += `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `"${body}"`;
}

const hexByte = (byte: number): string => hexDigits(byte, 2).toUpperCase();

/** `(01 0A)`: how bytes stand in IL text. */
export function byteList(bytes: Uint8Array): string {
  let text = '(';
  for (let index = 0; index < bytes.length; index++) text += index === 0 ? hexByte(bytes[index]!) : ` ${hexByte(bytes[index]!)}`;
  return `${text})`;
}

/** The UTF-16 units of a string as little-endian bytes. */
export function utf16Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    bytes[index * 2] = unit & 0xff;
    bytes[index * 2 + 1] = unit >>> 8;
  }
  return bytes;
}

/** A string as `ldstr` takes it: quoted, or `bytearray (…)` where that would lose something. */
export const stringOperand = (text: string): string => (isQuotable(text) ? quotedString(text) : `bytearray ${byteList(utf16Bytes(text))}`);
