import { Cursor, readToEnd } from './cursor.ts';
import { DemangleError } from './demangle-error.ts';
import { readQualifiedSymbolName } from './names.ts';
import type { DecoratedSymbol } from './tree.ts';
import { readReturnedType } from './types.ts';

/** `type_info::raw_name` without the dot that it begins with. */
const typeName = /^\?A[TUVW]/;

/** Incomplete names that still identify something: a class without its dot, a member without the kind and type of it. */
export function readIncompleteName(decorated: string): DecoratedSymbol | undefined {
  if (typeName.test(decorated)) return attempt(() => ({ kind: 'typeInfoName', type: readToEnd(new Cursor(decorated), readNamedType) }));
  if (!decorated.startsWith('?')) return undefined;
  const name = attempt(() => readToEnd(new Cursor(decorated, 1), readQualifiedSymbolName));
  // A name of one part may be anything.
  return name === undefined || name.scopes.length === 0 ? undefined : { kind: 'name', name };
}

const readNamedType = (cursor: Cursor) => readReturnedType(cursor) ?? cursor.fail('A type_info name needs a type');

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DemangleError) return undefined;
    throw error;
  }
}
