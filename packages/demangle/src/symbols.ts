import type { Cursor } from './cursor.ts';
import { readCallingConvention, readFunctionType } from './function-types.ts';
import { readBasedOn, readStorage } from './modifiers.ts';
import { readQualifiedSymbolName, readQualifiedTypeName } from './names.ts';
import { readInt32, readUint32, readUnsigned } from './numbers.ts';
import { readStringLiteral } from './string-literals.ts';
import { functionCode, managedMarks, thunkAccess, variableAccess } from './symbol-codes.ts';
import type { BasedOn, DecoratedSymbol, DecoratedType, FunctionSymbol, NamePiece, QualifiedName, Thunk } from './tree.ts';
import { readType } from './types.ts';

/** A C++ symbol: `?`, its name, and the encoding of its kind and type. */
export function readSymbol(cursor: Cursor): DecoratedSymbol {
  const start = cursor.position;
  cursor.expect('?', 'before a C++ name');
  if (cursor.startsWith('?@')) return readHashedName(cursor, start);
  if (cursor.accept('?_C')) return readStringLiteral(cursor);
  const name = readQualifiedSymbolName(cursor);
  if (name.name.kind === 'baseClassDescriptor' || name.name.kind === 'templateObject') {
    // Some compilers end the first after its name; the second has no encoding.
    if (name.name.kind === 'baseClassDescriptor') cursor.accept('8');
    return { kind: 'name', name };
  }
  if (name.name.kind === 'guard') return readGuard(cursor, name, name.name);
  return readEncoding(cursor, readOldInitializer(cursor, name));
}

/** `??@`, an MD5 and `@`, for names that would be too long; an object locator's mark may follow it. */
function readHashedName(cursor: Cursor, start: number): DecoratedSymbol {
  cursor.position += 2;
  const end = cursor.text.indexOf('@', cursor.position);
  if (end < 0) cursor.fail('Found no "@" after a hashed name');
  cursor.position = end + 1;
  cursor.accept('??_R4@');
  return { kind: 'hashed', text: cursor.text.slice(start, cursor.position) };
}

/** Guards of static locals: `4IA` or `5`, then the number of the guard where there are several. */
function readGuard(cursor: Cursor, name: QualifiedName, guard: Extract<NamePiece, { kind: 'guard' }>): DecoratedSymbol {
  if (!cursor.accept('4IA')) cursor.expect('5', 'after the name of a guard');
  if (!/[0-9A-P]/.test(cursor.peek())) return { kind: 'name', name };
  return { kind: 'name', name: { ...name, name: { ...guard, index: Number(readUnsigned(cursor)) } } };
}

/** Early clang wrote an initialized variable without its `?` and with one `@` after it. */
function readOldInitializer(cursor: Cursor, name: QualifiedName): QualifiedName {
  if (name.name.kind !== 'initializer' || !/[0-4]/.test(cursor.peek())) return name;
  const { destructor, variable } = name.name;
  const symbol = readVariable(cursor, { scopes: name.scopes, name: variable });
  cursor.expect('@', 'after the initialized variable');
  return { scopes: [], name: { kind: 'symbolInitializer', destructor, symbol } };
}

/** The kind of a name: data `0`…`4`, tables `6` `7`, no type `8` `9`, functions by a letter, and the `$` codes. */
function readEncoding(cursor: Cursor, name: QualifiedName): DecoratedSymbol {
  const code = cursor.peek();
  if (code === '$') return readSpecialEncoding(cursor, name);
  if (code === '_') {
    cursor.position++;
    return readFunction(cursor, name, true);
  }
  if (code in variableAccess) return readVariable(cursor, name);
  cursor.position++;
  if (code === '6' || code === '7') return readTable(cursor, name);
  if (code === '8') return { kind: 'name', name };
  if (code === '9') return { kind: 'function', name, static: false, virtual: false, externC: true };
  cursor.position--;
  return readFunction(cursor, name, false);
}

function readSpecialEncoding(cursor: Cursor, name: QualifiedName): DecoratedSymbol {
  const start = cursor.position;
  if (cursor.accept('$$')) return readManaged(cursor, name, start);
  if (cursor.accept('$B')) {
    const offset = readUnsigned(cursor);
    cursor.expect('A', 'after the offset of a vcall thunk');
    return { kind: 'vcall', name, offset, convention: readCallingConvention(cursor) };
  }
  cursor.position++;
  const extended = cursor.accept('R');
  const access = thunkAccess(cursor.next('a thunk'));
  if (access === undefined) cursor.fail('Unknown code after "$"', start);
  const thunk = readVtordisp(cursor, extended);
  return finishFunction(cursor, { kind: 'function', name, access, static: false, virtual: true, externC: false, thunk }, undefined);
}

function readVtordisp(cursor: Cursor, extended: boolean): Thunk {
  if (!extended) return { kind: 'vtordisp', vtordisp: readInt32(cursor), offset: readUint32(cursor) };
  return {
    kind: 'vtordispex',
    vbptr: readInt32(cursor),
    vboffset: readInt32(cursor),
    vtordisp: readInt32(cursor),
    offset: readUint32(cursor),
  };
}

/** `$$` and a letter: C++/CLI. `J`, `N`, `O` are extern "C" and say how many characters to skip. */
function readManaged(cursor: Cursor, name: QualifiedName, start: number): DecoratedSymbol {
  const mark = cursor.next('a C++/CLI mark');
  const counted = managedMarks.counted.includes(mark);
  if (!counted && !managedMarks.plain.includes(mark)) cursor.fail(`Unknown C++/CLI mark "$$${mark}"`, start);
  if (counted) {
    const count = cursor.next('a C++/CLI mark');
    if (!/[0-9]/.test(count)) cursor.fail('Expected how many characters to skip', cursor.position - 1);
    for (let i = Number(count); i > 0; i--) cursor.next('a C++/CLI mark');
  }
  const symbol = cursor.nested(() => readEncoding(cursor, name));
  if (symbol.kind !== 'function' && symbol.kind !== 'variable') return symbol;
  return { ...symbol, managed: mark, externC: symbol.externC || counted };
}

function readVariable(cursor: Cursor, name: QualifiedName): DecoratedSymbol {
  const access = variableAccess[cursor.next('a variable')];
  const type = readType(cursor);
  const storage = readStorage(cursor);
  return { kind: 'variable', name, externC: false, type, storage, ...(access && { access }) };
}

function readTable(cursor: Cursor, name: QualifiedName): DecoratedSymbol {
  const storage = readStorage(cursor);
  const targets: QualifiedName[] = [];
  while (!cursor.accept('@')) targets.push(readQualifiedTypeName(cursor));
  return { kind: 'table', name, storage, targets };
}

function readFunction(cursor: Cursor, name: QualifiedName, based: boolean): DecoratedSymbol {
  const letter = cursor.next('the kind of a symbol');
  const code = functionCode(letter);
  if (code === undefined) cursor.fail(`Unknown kind "${letter}" of a symbol`, cursor.position - 1);
  const { access, static: isStatic, virtual, adjustor } = code;
  const basedOn = based ? readBasedOn(cursor) : undefined;
  const thunk: Thunk | undefined = adjustor ? { kind: 'adjustor', offset: readUint32(cursor) } : undefined;
  const symbol: FunctionSymbol = {
    kind: 'function',
    name,
    static: isStatic,
    virtual,
    externC: false,
    ...(access && { access }),
    ...(thunk && { thunk }),
  };
  return finishFunction(cursor, symbol, basedOn);
}

function finishFunction(cursor: Cursor, symbol: FunctionSymbol, based: BasedOn | undefined): DecoratedSymbol {
  const type = readFunctionType(cursor, symbol.access !== undefined && !symbol.static);
  const name = { ...symbol.name, name: withConversionTarget(cursor, symbol.name.name, type.returns) };
  return { ...symbol, name, type: based === undefined ? type : { ...type, based } };
}

/** A conversion operator is named by the type that it returns. */
function withConversionTarget(cursor: Cursor, piece: NamePiece, target: DecoratedType | undefined): NamePiece {
  if (piece.kind === 'template') return { ...piece, base: withConversionTarget(cursor, piece.base, target) };
  if (piece.kind !== 'conversion') return piece;
  return { kind: 'conversion', target: target ?? cursor.fail('A conversion operator needs a type') };
}
