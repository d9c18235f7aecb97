import type { Cursor } from './cursor.ts';

/** Hexadecimal digits written `A`…`P`; more than 16 would not fit 64 bits. */
const digits = /[A-P]*@/y;

/** An encoded number: `0`…`9` for 1…10, or hexadecimal digits `A`…`P` closed by `@`. Kept to 64 bits, as the compilers' are. */
export function readUnsigned(cursor: Cursor): bigint {
  if (cursor.atDigit) return BigInt(cursor.next('a number').charCodeAt(0) - 47);
  digits.lastIndex = cursor.position;
  const match = digits.exec(cursor.text);
  if (match === null) cursor.fail('Expected a number: a digit, or letters A to P closed by "@"');
  const text = match[0];
  if (text.length > 17) cursor.fail('The number does not fit 64 bits');
  let value = 0n;
  for (let i = 0; i < text.length - 1; i++) value = (value << 4n) | BigInt(text.charCodeAt(i) - 65);
  cursor.position = digits.lastIndex;
  return value;
}

/** An encoded number that `?` may negate. */
export function readSigned(cursor: Cursor): bigint {
  return cursor.accept('?') ? -readUnsigned(cursor) : readUnsigned(cursor);
}

/** A signed number of which the compilers keep 32 bits. */
export function readInt32(cursor: Cursor): number {
  return Number(BigInt.asIntN(32, readSigned(cursor)));
}

/** An unsigned number of which the compilers keep 32 bits. */
export function readUint32(cursor: Cursor): number {
  return Number(BigInt.asUintN(32, readSigned(cursor)));
}
