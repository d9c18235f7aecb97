import type { Cursor } from './cursor.ts';
import { readInitializedName } from './names.ts';
import { readInt32, readUint32 } from './numbers.ts';
import { specialNames } from './special-names.ts';
import { readSymbol } from './symbols.ts';
import { readTemplateConstant } from './template-constants.ts';
import type { NamePiece } from './tree.ts';
import { readReturnedType } from './types.ts';

/** `?` and a code of one letter, or of one more after `_`, `__` or `_R`. */
const specialCode = /\?(__[0-9A-Z]|_R[0-9]|_[0-9A-Z]|[0-9A-Z])/y;

/** Codes that bring more than a fixed text. */
const readers: Readonly<Record<string, (cursor: Cursor) => NamePiece>> = {
  '0': () => ({ kind: 'constructor' }),
  '1': () => ({ kind: 'destructor' }),
  B: () => ({ kind: 'conversion' }),
  _B: () => ({ kind: 'guard', thread: false, index: 0 }),
  __J: () => ({ kind: 'guard', thread: true, index: 0 }),
  __K: (cursor) => ({ kind: 'literalOperator', suffix: cursor.until('@', 'suffix of a literal operator') }),
  __N: (cursor) => ({ kind: 'templateObject', value: readTemplateConstant(cursor) }),
  _P: (cursor) => ({ kind: 'special', code: '_P', of: cursor.nested(readUdtReturning) }),
  _R0: (cursor) => ({ kind: 'typeDescriptor', type: readDescribedType(cursor) }),
  _R1: (cursor) => ({
    kind: 'baseClassDescriptor',
    offsets: [readUint32(cursor), readInt32(cursor), readUint32(cursor), readUint32(cursor)],
  }),
};

function readDescribedType(cursor: Cursor) {
  return readReturnedType(cursor) ?? cursor.fail('A type descriptor needs a type', cursor.position - 1);
}

function readUdtReturning(cursor: Cursor): NamePiece {
  return cursor.peek() === '?' ? readSpecialName(cursor) : { kind: 'identifier', text: cursor.until('@', 'name') };
}

/** A name that the compiler makes or an operator has. */
export function readSpecialName(cursor: Cursor): NamePiece {
  specialCode.lastIndex = cursor.position;
  const code = specialCode.exec(cursor.text)?.[1] ?? '';
  const read = readers[code];
  if (read === undefined && specialNames[code] === undefined) cursor.fail('Unknown code of an operator or special name');
  cursor.position += code.length + 1;
  return read === undefined ? { kind: 'special', code } : read(cursor);
}

/** `?__E`, `?__F`: the function that initializes or destroys a static variable, given by name or as a whole symbol. */
export function readInitializer(cursor: Cursor): NamePiece {
  const destructor = cursor.peek(3) === 'F';
  cursor.position += 4;
  const variable = readInitializedName(cursor);
  if (variable !== undefined) return { kind: 'initializer', destructor, variable };
  const symbol = cursor.nested(readSymbol);
  // This mark is left out where the variable's scopes follow.
  cursor.accept('@');
  return { kind: 'symbolInitializer', destructor, symbol };
}
