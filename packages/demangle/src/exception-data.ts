import { Cursor } from './cursor.ts';
import { readSymbol } from './symbols.ts';
import type { DecoratedSymbol, DecoratedType } from './tree.ts';
import { readReturnedType } from './types.ts';

/*
 * The data that compilers write for `throw` (ehdata.h of Visual C++; clang's MicrosoftMangle.cpp writes the same names):
 * - `_TI`, C, V, U for a const, volatile or unaligned object, the number of types that can catch it, its type: a ThrowInfo;
 * - `_CTA`, the number, the type: a CatchableTypeArray;
 * - `_CT`, the symbol of the type descriptor, that of the copy constructor if there is one, the size and offsets: a CatchableType.
 * In x86 objects there is one more underscore.
 */
const throwInfo = /^_{1,2}TI([CVU]*)(\d+)(?=[^\d])/;
const typeArray = /^_{1,2}CTA(\d+)(?=[^\d])/;
const catchableType = /^_{1,2}CT(?=\?\?_R0)/;

/** How to read one of those names; `undefined` for other names. */
export function exceptionDataReader(decorated: string): (() => DecoratedSymbol) | undefined {
  const info = throwInfo.exec(decorated);
  if (info !== null) {
    const [prefix, marks = '', count] = info;
    const qualifiers = { const: marks.includes('C'), volatile: marks.includes('V'), unaligned: marks.includes('U') };
    return () => ({ kind: 'throwInfo', type: readWholeType(decorated, prefix.length), types: Number(count), ...qualifiers });
  }
  const array = typeArray.exec(decorated);
  if (array !== null) {
    return () => ({ kind: 'catchableTypeArray', type: readWholeType(decorated, array[0].length), types: Number(array[1]) });
  }
  const single = catchableType.exec(decorated);
  return single === null ? undefined : () => readCatchableType(new Cursor(decorated, single[0].length));
}

function readWholeType(decorated: string, start: number): DecoratedType {
  const cursor = new Cursor(decorated, start);
  const type = readReturnedType(cursor) ?? cursor.fail('Exception data needs a type');
  if (!cursor.atEnd) cursor.fail('Unexpected text after the type');
  return type;
}

/** The numbers stand one after another without a mark between, so that they are kept as they are. */
function readCatchableType(cursor: Cursor): DecoratedSymbol {
  const descriptor = cursor.nested(readSymbol);
  if (descriptor.kind !== 'name' || descriptor.name.name.kind !== 'typeDescriptor') cursor.fail('Expected the symbol of a type descriptor');
  const copyConstructor = cursor.peek() === '?' ? cursor.isolated(readSymbol) : undefined;
  const numbers = /^\d+$/.exec(cursor.text.slice(cursor.position))?.[0] ?? cursor.fail('Expected the size of the type');
  return { kind: 'catchableType', type: descriptor.name.name.type, numbers, ...(copyConstructor && { copyConstructor }) };
}
