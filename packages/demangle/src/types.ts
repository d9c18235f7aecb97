import type { Cursor } from './cursor.ts';
import { readFunctionType } from './function-types.ts';
import { readStorage } from './modifiers.ts';
import { readQualifiedTypeName, readTypePiece } from './names.ts';
import { readUnsigned } from './numbers.ts';
import { readPointer } from './pointers.ts';
import { noQualifiers, qualified } from './qualifiers.ts';
import type { DecoratedType, TagType } from './tree.ts';
import { enumTypes, primitiveTypes, tagTypes } from './type-codes.ts';

const constPointer = { ...noQualifiers, const: true };
const volatilePointer = { ...noQualifiers, volatile: true };
const constVolatilePointer = { ...noQualifiers, const: true, volatile: true };

/** Types by their first character. */
const readers: Readonly<Record<string, (cursor: Cursor) => DecoratedType>> = {
  A: (cursor) => readPointer(cursor, '&', noQualifiers),
  B: (cursor) => readPointer(cursor, '&', volatilePointer),
  P: (cursor) => readPointer(cursor, '*', noQualifiers),
  Q: (cursor) => readPointer(cursor, '*', constPointer),
  R: (cursor) => readPointer(cursor, '*', volatilePointer),
  S: (cursor) => readPointer(cursor, '*', constVolatilePointer),
  T: (cursor) => readTag(cursor, tagTypes.T),
  U: (cursor) => readTag(cursor, tagTypes.U),
  V: (cursor) => readTag(cursor, tagTypes.V),
  W: readEnum,
  Y: readArrayOrInterface,
  '?': readCustomType,
  $: readExtendedType,
  _: readUnderscoreType,
};

/** A type where nothing qualifies it from outside. */
export function readType(cursor: Cursor): DecoratedType {
  return cursor.nested(readUnqualifiedType);
}

function readUnqualifiedType(cursor: Cursor): DecoratedType {
  const letter = cursor.next('a type');
  const name = primitiveTypes[letter];
  if (name !== undefined) return primitive(name);
  const read = readers[letter];
  return read === undefined ? cursor.fail(`Unknown type code "${letter}"`, cursor.position - 1) : read(cursor);
}

const primitives = new Map<string, DecoratedType>();

/** One shared node for each primitive type. */
function primitive(name: string): DecoratedType {
  const known = primitives.get(name);
  if (known !== undefined) return known;
  const type: DecoratedType = { kind: 'primitive', name, qualifiers: noQualifiers };
  primitives.set(name, type);
  return type;
}

/** A returned type: `?` and storage before a class by value, or `@` for none. */
export function readReturnedType(cursor: Cursor): DecoratedType | undefined {
  if (cursor.accept('@')) return undefined;
  if (!cursor.accept('?')) return readType(cursor);
  const storage = readStorage(cursor);
  return qualified(readType(cursor), storage);
}

function readTag(cursor: Cursor, tag: TagType['tag']): DecoratedType {
  return { kind: 'tag', tag, name: readQualifiedTypeName(cursor), qualifiers: noQualifiers };
}

function readEnum(cursor: Cursor): DecoratedType {
  const digit = cursor.next('an enumeration');
  const underlying = enumTypes[digit];
  if (underlying === undefined) cursor.fail(`Unknown underlying type "${digit}" of an enumeration`, cursor.position - 1);
  const name = readQualifiedTypeName(cursor);
  return { kind: 'tag', tag: 'enum', name, qualifiers: noQualifiers, ...(underlying !== '' && { underlying }) };
}

/** `Y` opens the dimensions of an array; before a name it is an old code of interfaces. */
const dimensions = /[0-9]|[A-P]*@/y;

function readArrayOrInterface(cursor: Cursor): DecoratedType {
  dimensions.lastIndex = cursor.position;
  return dimensions.test(cursor.text) ? readArray(cursor) : readTag(cursor, tagTypes.Y);
}

/** After `Y`: the number of dimensions, each of them, `$$C` and storage where the elements are qualified, the element type. */
function readArray(cursor: Cursor): DecoratedType {
  const start = cursor.position;
  const rank = Number(readUnsigned(cursor));
  // Every dimension takes a character at least.
  if (rank === 0 || rank > cursor.text.length - cursor.position) cursor.fail('An array needs as many dimensions as it says', start);
  const sizes = Array.from({ length: rank }, () => readUnsigned(cursor));
  const qualifiers = cursor.accept('$$C') ? readStorage(cursor) : noQualifiers;
  return { kind: 'array', dimensions: sizes, element: readType(cursor), qualifiers };
}

/** `?`: a template's own parameter by its number, or a vendor's type by its name. */
function readCustomType(cursor: Cursor): DecoratedType {
  if (/[0-9]/.test(cursor.peek()) && cursor.peek(1) !== '@')
    return { kind: 'templateParameter', text: `\`template-parameter-${readUnsigned(cursor)}'`, qualifiers: noQualifiers };
  const name = readTypePiece(cursor);
  cursor.expect('@', 'after the name of a type');
  return { kind: 'custom', name, qualifiers: noQualifiers };
}

/** `_` and a second letter. */
function readUnderscoreType(cursor: Cursor): DecoratedType {
  const letter = cursor.next('a type');
  const name = primitiveTypes[`_${letter}`];
  if (name !== undefined) return primitive(name);
  if (letter === 'X') return readTag(cursor, tagTypes._X);
  if (letter === 'Y') return readTag(cursor, tagTypes._Y);
  if (letter === 'O') return readUnsizedArray(cursor);
  if (letter === '$') return readWow64Type(cursor);
  if (letter === '_') return readBoxedType(cursor);
  return cursor.fail(`Unknown type code "_${letter}"`, cursor.position - 2);
}

/** `_O`: an array of unknown size. */
function readUnsizedArray(cursor: Cursor): DecoratedType {
  const qualifiers = readStorage(cursor);
  return { kind: 'array', dimensions: [0n], element: readType(cursor), qualifiers };
}

/** `_$`: a type marked `__w64`. */
function readWow64Type(cursor: Cursor): DecoratedType {
  const type = readType(cursor);
  return type.kind === 'primitive' ? primitive(`__w64 ${type.name}`) : type;
}

/** `__Z`: the boxed form of a value type, to which a handle points. */
function readBoxedType(cursor: Cursor): DecoratedType {
  cursor.expect('Z', 'in the code of a boxed type');
  const type = readType(cursor);
  return type.kind === 'tag' ? { ...type, boxed: true } : type;
}

/** `$$` and a letter. */
function readExtendedType(cursor: Cursor): DecoratedType {
  const start = cursor.position - 1;
  cursor.expect('$', 'in a type code');
  const letter = cursor.next('a type');
  switch (letter) {
    case 'A':
      return readIndirectFunction(cursor);
    case 'B':
      return readType(cursor);
    case 'C': {
      const storage = readStorage(cursor);
      return qualified(readType(cursor), storage);
    }
    case 'Q':
      return readPointer(cursor, '&&', noQualifiers);
    case 'R':
      return readPointer(cursor, '&&', volatilePointer);
    case 'T':
      return primitive('std::nullptr_t');
    default:
      return cursor.fail(`Unknown type code "$$${letter}"`, start);
  }
}

/** `$$A6`, `$$A8@@`: a function's type itself. */
function readIndirectFunction(cursor: Cursor): DecoratedType {
  const start = cursor.position;
  if (cursor.accept('6') || cursor.accept('7')) return readFunctionType(cursor, false);
  if (cursor.accept('8@@') || cursor.accept('9@@')) return readFunctionType(cursor, true);
  return cursor.fail('Expected the code of a function', start);
}
