import type { Cursor } from './cursor.ts';
import { readTypePiece } from './names.ts';
import { readSigned, readUnsigned } from './numbers.ts';
import { readSymbol } from './symbols.ts';
import type { DecoratedType, NamePiece, QualifiedName, TemplateArgument } from './tree.ts';
import { readType } from './types.ts';

/** Template arguments that are values, by the code after `$`. */
const readers: Readonly<Record<string, (cursor: Cursor) => TemplateArgument>> = {
  '0': (cursor) => ({ kind: 'integer', value: readSigned(cursor) }),
  '1': (cursor) => readSymbolArgument(cursor, 0),
  '2': readDecimalOrObject,
  '3': readArrayValue,
  '5': readSubobjectPointer,
  '6': readSubobject,
  '7': readUnion,
  A: readFloat,
  B: readDouble,
  D: (cursor) => ({ kind: 'parameter', text: `\`template-parameter${readSigned(cursor)}'` }),
  E: (cursor) => ({ kind: 'symbol', reference: true, symbol: cursor.nested(readSymbol), offsets: [] }),
  F: (cursor) => ({ kind: 'offsets', offsets: readOffsets(cursor, 2) }),
  G: (cursor) => ({ kind: 'offsets', offsets: readOffsets(cursor, 3) }),
  H: (cursor) => readSymbolArgument(cursor, 1),
  I: (cursor) => readSymbolArgument(cursor, 2),
  J: (cursor) => readSymbolArgument(cursor, 3),
  Q: (cursor) => ({ kind: 'parameter', text: `\`non-type-template-parameter${readSigned(cursor)}'` }),
  R: readNamed,
};

const deducedCodes = '0123567EFGHIJ';

/** Whether a value starts here, not a type: after the type of an `auto` parameter. `A` and `B` are values of floating-point types only. */
export function isValueOf(type: DecoratedType, code: string): boolean {
  if (code === 'A' || code === 'B') return type.kind === 'primitive' && /float|double/.test(type.name);
  return code !== '' && deducedCodes.includes(code);
}

/** A value, from its code on. */
export function readTemplateConstant(cursor: Cursor): TemplateArgument {
  const code = cursor.next('a template argument');
  const read = readers[code];
  return read === undefined ? cursor.fail(`Unknown template argument "$${code}"`, cursor.position - 1) : read(cursor);
}

function readOffsets(cursor: Cursor, count: number): bigint[] {
  return Array.from({ length: count }, () => readSigned(cursor));
}

/** The address of a function or object; member functions of classes with several or virtual bases bring 1 to 3 offsets. */
function readSymbolArgument(cursor: Cursor, offsets: number): TemplateArgument {
  if (cursor.peek() !== '?') return { kind: 'symbol', reference: false, offsets: readOffsets(cursor, offsets) };
  const start = cursor.position;
  const symbol = cursor.nested(readSymbol);
  if ('name' in symbol && typeof symbol.name === 'object') rememberSymbolName(cursor, symbol.name, start);
  return { kind: 'symbol', reference: false, symbol, offsets: readOffsets(cursor, offsets) };
}

/** Operators, destructors and template functions can be referred to from here on. Constructors bear their class's name, which is known. */
function rememberSymbolName(cursor: Cursor, { name, scopes }: QualifiedName, start: number): void {
  const innermost = name.kind === 'template' ? name.base.kind : name.kind;
  if (innermost === 'constructor' || name.kind === 'identifier') return;
  const enclosing = scopes.at(-1);
  const piece: NamePiece = name.kind === 'destructor' && enclosing ? { kind: 'destructor', of: enclosing } : name;
  cursor.backReferences.rememberName(cursor.text.slice(start, cursor.position), piece);
}

/** `2`: digits and exponent of a decimal number (Visual C++ until 2017), or an object's type and values. */
function readDecimalOrObject(cursor: Cursor): TemplateArgument {
  if ('TUV$'.includes(cursor.peek())) return readObject(cursor);
  const digits = readSigned(cursor);
  const exponent = readSigned(cursor);
  const text = (digits < 0n ? -digits : digits).toString();
  return { kind: 'float', text: `${digits < 0n ? '-' : ''}${text.charAt(0)}.${text.slice(1)}e${exponent}` };
}

/** An object: its type, then its bases and members, closed by `@`. Members of built-in types have their type written before the value. */
function readObject(cursor: Cursor): TemplateArgument {
  const type = readType(cursor);
  const untyped = type.kind === 'tag' && isComplex(type.name.name);
  const values: TemplateArgument[] = [];
  while (!cursor.accept('@')) {
    if (!untyped && !'0237'.includes(cursor.peek())) readType(cursor);
    values.push(cursor.nested(readTemplateConstant));
  }
  return { kind: 'object', type, values };
}

/** clang writes a complex number as an object of this template and its two values without their types. */
function isComplex(name: NamePiece): boolean {
  return name.kind === 'template' && name.base.kind === 'identifier' && name.base.text === '_Complex';
}

/** `3`: the element type, each element closed by `@`, `@`. */
function readArrayValue(cursor: Cursor): TemplateArgument {
  const type = readType(cursor);
  const values: TemplateArgument[] = [];
  while (!cursor.accept('@')) {
    values.push(cursor.nested(readTemplateConstant));
    cursor.expect('@', 'after the element of an array');
  }
  return { kind: 'elements', type, values };
}

/** `5`: the address of a part of an object, closed by `@`. */
function readSubobjectPointer(cursor: Cursor): TemplateArgument {
  const part = cursor.nested(readTemplateConstant);
  cursor.expect('@', 'after the address of a part of an object');
  return part.kind === 'subobject' ? { ...part, reference: false } : part;
}

/** `6`: an object, the names of the members that lead to its part, `@`. */
function readSubobject(cursor: Cursor): TemplateArgument {
  const object = cursor.nested(readTemplateConstant);
  const members: NamePiece[] = [];
  while (!cursor.accept('@')) members.push(readTypePiece(cursor));
  return { kind: 'subobject', reference: true, object, members };
}

/** `7`: a union's type and, where one is set, the member's name and value; `@`. */
function readUnion(cursor: Cursor): TemplateArgument {
  const type = readType(cursor);
  if (cursor.accept('@')) return { kind: 'object', type, values: [] };
  const member = readTypePiece(cursor);
  const values = [cursor.nested(readTemplateConstant)];
  cursor.expect('@', 'after a union');
  return { kind: 'object', type, member, values };
}

/** `A`: the 32 bits of a float. */
function readFloat(cursor: Cursor): TemplateArgument {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, Number(BigInt.asUintN(32, readUnsigned(cursor))));
  return { kind: 'float', text: decimal(view.getFloat32(0)) };
}

/** `B`: the 64 bits of a double. */
function readDouble(cursor: Cursor): TemplateArgument {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, readUnsigned(cursor));
  return { kind: 'float', text: decimal(view.getFloat64(0)) };
}

function decimal(value: number): string {
  return Object.is(value, -0) ? '-0' : `${value}`;
}

/** `R`: a name and a number that is not written. */
function readNamed(cursor: Cursor): TemplateArgument {
  const text = cursor.until('@', 'name');
  readSigned(cursor);
  return { kind: 'parameter', text };
}
