import { Cursor, readToEnd } from './cursor.ts';
import { DemangleError } from './demangle-error.ts';
import { readTemplateName } from './names.ts';
import { readSymbol } from './symbols.ts';
import type { DecoratedSymbol, NamePiece } from './tree.ts';
import { readType } from './types.ts';

/**
 * Names that C++/CLI gives to members of metadata's `<Module>` and to helper types. Compilers write them, but they are not documented:
 * - `Ns.?A0x0123abcd.member`: a member of namespaces, `?A0x…` being an anonymous one; the member may be a C++ name;
 * - `Ns.?$is_array_v@D`: a variable template's instance, without the `@` that would close its arguments; `$initializer$` may follow;
 * - `name$$BY0A@E`: data with C linkage and its type;
 * - `$ArrayType$$$BY0A@P6AXXZ`: a value type of an array's size;
 * - `gcroot<ClrFunc ^>..PE$AAVClrFunc@@`: a conversion operator of a template's instance.
 */
const member = /^((?:[A-Za-z_]\w*\.)*)(?:\?(A0x[0-9A-Fa-f]+)\.)?(?=.)/;
const initializerMark = '$initializer$';
const arrayType = '$ArrayType$';
const typedData = /^[A-Za-z_]\w*(?=\$\$BY)/;
const conversion = /^[A-Za-z_][^?]*>\.\.(?=[A-Z])/;

/** How to read one of those names, or `undefined` for any other name. */
export function metadataReader(decorated: string): (() => DecoratedSymbol) | undefined {
  if (decorated.startsWith(`${arrayType}$$B`)) return () => readArrayType(decorated);
  if (typedData.test(decorated)) return () => readTypedData(decorated);
  const operator = conversion.exec(decorated);
  if (operator !== null) return () => readConversion(decorated, operator[0].length);
  const scoped = member.exec(decorated);
  if (scoped === null || scoped[0] === '') return undefined;
  const isMember = scoped[2] !== undefined || decorated.startsWith('?$', scoped[0].length);
  return isMember ? () => readMember(decorated, scoped) : undefined;
}

function readMember(decorated: string, match: RegExpExecArray): DecoratedSymbol {
  const scopes = (match[1] ?? '').split('.').flatMap((text): NamePiece[] => (text === '' ? [] : [{ kind: 'identifier', text }]));
  if (match[2] !== undefined) scopes.push({ kind: 'anonymousNamespace', key: match[2] });
  return { kind: 'name', name: { scopes, name: readMemberName(decorated, match[0].length) } };
}

function readMemberName(decorated: string, start: number): NamePiece {
  if (decorated.charAt(start) !== '?') return { kind: 'identifier', text: decorated.slice(start) };
  if (!decorated.startsWith('?$', start)) return { kind: 'nestedSymbol', symbol: readToEnd(new Cursor(decorated, start), readSymbol) };
  // `?$` also begins symbols with a `$` in their name, such as the guards of static locals.
  try {
    return { kind: 'nestedSymbol', symbol: readToEnd(new Cursor(decorated, start), readSymbol) };
  } catch (error) {
    if (!(error instanceof DemangleError)) throw error;
    return readOpenTemplate(decorated, start);
  }
}

/** A template's instance whose arguments end with the name; the initializer of a variable template keeps its mark. */
function readOpenTemplate(decorated: string, start: number): NamePiece {
  const marked = decorated.endsWith(initializerMark);
  const text = marked ? decorated.slice(0, -initializerMark.length) : decorated;
  const piece = readToEnd(new Cursor(`${text}@`, start), (cursor) => readTemplateName(cursor, false));
  if (!marked || piece.kind !== 'template' || piece.base.kind !== 'identifier') return piece;
  return { ...piece, base: { kind: 'identifier', text: `${piece.base.text}${initializerMark}` } };
}

function readArrayType(decorated: string): DecoratedSymbol {
  return { kind: 'type', type: readToEnd(new Cursor(decorated, arrayType.length), readType) };
}

function readTypedData(decorated: string): DecoratedSymbol {
  const cursor = new Cursor(decorated);
  return { kind: 'metadataData', name: cursor.until('$$B', 'name'), type: readToEnd(cursor, readType) };
}

function readConversion(decorated: string, start: number): DecoratedSymbol {
  return { kind: 'metadataConversion', scope: decorated.slice(0, start - 2), target: readToEnd(new Cursor(decorated, start), readType) };
}
