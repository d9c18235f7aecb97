import type { Cursor } from './cursor.ts';
import { readUnsigned } from './numbers.ts';
import { readInitializer, readSpecialName } from './operator-names.ts';
import { readSymbol } from './symbols.ts';
import { readTemplateArguments } from './templates.ts';
import type { NamePiece, QualifiedName } from './tree.ts';

/** `?`, a number (with `@` alone for 0), `?`: a block of the function that is named next. */
const localScope = /\?(?:[0-9@]|[B-P][A-P]*@)\?/y;

function matches(pattern: RegExp, cursor: Cursor): boolean {
  pattern.lastIndex = cursor.position;
  return pattern.test(cursor.text);
}

/** A name spelled out up to `@`. */
export function readIdentifier(cursor: Cursor, remember: boolean): NamePiece {
  const text = cursor.until('@', 'name');
  const piece: NamePiece = { kind: 'identifier', text };
  if (remember) cursor.backReferences.rememberName(text, piece);
  return piece;
}

function readNameReference(cursor: Cursor): NamePiece {
  const index = cursor.next('a back reference').charCodeAt(0) - 48;
  return cursor.backReferences.name(index) ?? cursor.fail(`No name has the number ${index} yet`, cursor.position - 1);
}

/** `?$`: a template's name and its arguments, both with back references of their own. */
export function readTemplateName(cursor: Cursor, remember: boolean): NamePiece {
  const start = cursor.position;
  cursor.expect('?$', 'before the name of a template');
  const piece = cursor.nested(() =>
    cursor.isolated((): NamePiece => {
      const base = readSymbolPiece(cursor);
      return { kind: 'template', base, arguments: readTemplateArguments(cursor) };
    }),
  );
  if (remember) cursor.backReferences.rememberName(cursor.text.slice(start, cursor.position), piece);
  return piece;
}

/** The innermost part of a symbol's name: here alone operators and compiler-made names stand. */
function readSymbolPiece(cursor: Cursor): NamePiece {
  if (cursor.atDigit) return readNameReference(cursor);
  if (cursor.startsWith('?$')) return readTemplateName(cursor, false);
  if (cursor.startsWith('??')) return readNestedSymbol(cursor);
  if (cursor.startsWith('?__E') || cursor.startsWith('?__F')) return readInitializer(cursor);
  if (cursor.peek() === '?') return readSpecialName(cursor);
  return readIdentifier(cursor, true);
}

/** C++/CLI: a function named after a whole symbol, of which it is the thunk or initializer in an anonymous namespace. */
function readNestedSymbol(cursor: Cursor): NamePiece {
  const symbol = cursor.nested(readSymbol);
  cursor.expect('@', 'after a symbol that is part of a name');
  return { kind: 'nestedSymbol', symbol };
}

function readAnonymousNamespace(cursor: Cursor): NamePiece {
  cursor.expect('?A', 'before an anonymous namespace');
  const end = cursor.text.indexOf('@', cursor.position);
  if (end < 0) cursor.fail('Found no "@" after an anonymous namespace');
  const key = cursor.text.slice(cursor.position, end);
  cursor.position = end + 1;
  const piece: NamePiece = { kind: 'anonymousNamespace', key };
  cursor.backReferences.rememberName(key, piece);
  return piece;
}

function readLocalScope(cursor: Cursor): NamePiece {
  cursor.expect('?', 'before a local scope');
  const number = readUnsigned(cursor);
  cursor.expect('?', 'after the number of a local scope');
  return { kind: 'localScope', number, symbol: cursor.nested(readSymbol) };
}

/** One scope of a name. */
function readScope(cursor: Cursor): NamePiece {
  if (cursor.atDigit) return readNameReference(cursor);
  if (cursor.peek() !== '?') return readIdentifier(cursor, true);
  if (cursor.startsWith('?$')) return readTemplateName(cursor, true);
  if (cursor.startsWith('?A')) return readAnonymousNamespace(cursor);
  if (matches(localScope, cursor)) return readLocalScope(cursor);
  if (cursor.accept('?I')) return readIdentifier(cursor, true);
  if (cursor.accept('?Q')) return { kind: 'interface', name: cursor.nested(readQualifiedTypeName) };
  if (cursor.startsWith('??')) {
    cursor.position++;
    return readNestedSymbol(cursor);
  }
  cursor.position++;
  return { kind: 'numberedScope', number: readUnsigned(cursor) };
}

/** Scopes from the innermost out, closed by `@`; given back from the outermost in. */
export function readScopes(cursor: Cursor): NamePiece[] {
  const scopes: NamePiece[] = [];
  while (!cursor.accept('@')) {
    if (cursor.atEnd) cursor.fail('The name ends within its scopes');
    scopes.push(readScope(cursor));
  }
  return scopes.reverse();
}

/** A type's or namespace's full name. */
export function readQualifiedTypeName(cursor: Cursor): QualifiedName {
  return { name: readTypePiece(cursor), scopes: readScopes(cursor) };
}

/** The innermost part of a type's name. */
export function readTypePiece(cursor: Cursor): NamePiece {
  if (cursor.atDigit) return readNameReference(cursor);
  if (cursor.startsWith('?$')) return readTemplateName(cursor, true);
  return readIdentifier(cursor, true);
}

/** A symbol's full name, after its `?`. */
export function readQualifiedSymbolName(cursor: Cursor): QualifiedName {
  const start = cursor.position;
  const name = readSymbolPiece(cursor);
  const scopes = readScopes(cursor);
  const structor = name.kind === 'template' ? name.base : name;
  if ((structor.kind === 'constructor' || structor.kind === 'destructor') && scopes.length === 0)
    cursor.fail('A constructor or destructor needs a class', start);
  return { name, scopes };
}

/** The name of a variable that an initializer is for: `?A…@` before it marks a file's own, `?$` a template. */
export function readInitializedName(cursor: Cursor): NamePiece | undefined {
  if (cursor.startsWith('?$')) return readTemplateName(cursor, false);
  if (cursor.startsWith('?A0x')) {
    const scope = readAnonymousNamespace(cursor);
    return { kind: 'nestedSymbol', symbol: { kind: 'name', name: { scopes: [scope], name: readSymbolPiece(cursor) } } };
  }
  return cursor.peek() === '?' ? undefined : readSymbolPiece(cursor);
}
