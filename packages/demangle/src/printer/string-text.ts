import type { StringLiteralSymbol } from '../tree.ts';

const prefixes = { char: '', wchar_t: 'L', char16_t: 'u', char32_t: 'U' } as const;

const escapes: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  39: "\\'",
  92: '\\\\',
};

/** A string literal as C writes it; dots follow when it goes on. */
export function stringText(literal: StringLiteralSymbol): string {
  const content = literal.units.map(escaped).join('');
  return `${prefixes[literal.encoding]}"${content}"${literal.truncated ? '...' : ''}`;
}

function escaped(unit: number): string {
  const known = escapes[unit];
  if (known !== undefined) return known;
  if (unit > 0x1f && unit < 0x7f) return String.fromCharCode(unit);
  const digits = unit.toString(16).toUpperCase();
  return `\\x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}
