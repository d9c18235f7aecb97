import { Cursor, readToEnd } from './cursor.ts';
import { DemangleError } from './demangle-error.ts';
import { exceptionDataReader } from './exception-data.ts';
import { readIncompleteName } from './incomplete-names.ts';
import { markerOf } from './marked-names.ts';
import { metadataReader } from './metadata-names.ts';
import type { DemangleOptions } from './options.ts';
import { printSymbol } from './printer/print-symbol.ts';
import { TextWriter } from './printer/text-writer.ts';
import { readSymbol } from './symbols.ts';
import type { DecoratedSymbol } from './tree.ts';
import { readReturnedType } from './types.ts';

/** C functions' decorations: the convention and the bytes of arguments ("Format of a C decorated name", learn.microsoft.com). */
const decorations = [
  { pattern: /^_([^@?]+)@(\d+)$/, convention: '__stdcall' },
  { pattern: /^@([^@?]+)@(\d+)$/, convention: '__fastcall' },
  { pattern: /^([^@?]+)@@(\d+)$/, convention: '__vectorcall' },
];

/** A C function's name, which is printed as it is. */
function readCName(decorated: string): DecoratedSymbol | undefined {
  for (const { pattern, convention } of decorations) {
    const match = pattern.exec(decorated);
    if (match?.[1] === undefined) continue;
    return { kind: 'cFunction', decorated, name: match[1], convention, argumentBytes: Number(match[2]) };
  }
  return undefined;
}

/** Characters of the longest name that is read; compilers hash what is longer than 4,096. */
const MAXIMUM_NAME = 1 << 16;

export interface Demangled {
  readonly decorated: string;
  readonly text: string;
  readonly ok: true;
  readonly tree: DecoratedSymbol;
}

export interface NotDemangled {
  readonly decorated: string;
  /** The name as it was given. */
  readonly text: string;
  readonly ok: false;
  /** The character, counted from 0, at which the name breaks the grammar. */
  readonly error: { readonly position: number; readonly message: string };
}

/** A C++ name, or a `type_info` name of a class or of a pointer. */
const cppName = /^(?:\?[^\s@]+@\S*|\?\?@\S+|\.\?A[TUVW]\S+|\.[PQRSA][EFIABCDPQRST$6-9]\S*@\S*)$/;

/** Whether a name is decorated, by its look: C++ names, C++/CLI's own forms, and C functions with their bytes of arguments. */
export function isDecorated(name: string): boolean {
  return (
    cppName.test(name) ||
    markerOf(name) !== undefined ||
    metadataReader(name) !== undefined ||
    exceptionDataReader(name) !== undefined ||
    readCName(name) !== undefined
  );
}

/**
 * Turns a decorated name into a tree and text. A name that cannot be read is returned unchanged, with the error and its position; no name
 * makes it throw, loop or grow text without end.
 */
export function demangle(decorated: string, options: DemangleOptions = {}): Demangled | NotDemangled {
  try {
    const tree = parseDecorated(decorated);
    const writer = new TextWriter(options);
    printSymbol(writer, tree);
    return { decorated, text: writer.text, ok: true, tree };
  } catch (error) {
    if (!(error instanceof DemangleError)) throw error;
    const position = Math.min(error.position, decorated.length);
    return { decorated, text: decorated, ok: false, error: { position, message: error.message } };
  }
}

/** The tree of a decorated name. Throws `DemangleError` where the name breaks the grammar. */
export function parseDecorated(decorated: string): DecoratedSymbol {
  if (decorated.length > MAXIMUM_NAME) throw new DemangleError(MAXIMUM_NAME, `The name is longer than ${MAXIMUM_NAME} characters`);
  const cName = readCName(decorated);
  if (cName !== undefined) return cName;
  const read = metadataReader(decorated) ?? exceptionDataReader(decorated);
  return read === undefined ? readCompleteOrNot(decorated) : read();
}

function readCompleteOrNot(decorated: string): DecoratedSymbol {
  try {
    return readToEnd(new Cursor(decorated), readCppName);
  } catch (error) {
    const incomplete = error instanceof DemangleError ? readIncompleteName(decorated) : undefined;
    if (incomplete === undefined) throw error;
    return incomplete;
  }
}

function readCppName(cursor: Cursor): DecoratedSymbol {
  const marker = markerOf(cursor.text);
  if (marker !== undefined) {
    cursor.position = marker.length;
    return { kind: 'marked', marker, symbol: readSymbol(cursor) };
  }
  if (!cursor.accept('.')) return readSymbol(cursor);
  const type = readReturnedType(cursor) ?? cursor.fail('A type_info name needs a type');
  return { kind: 'typeInfoName', type };
}
