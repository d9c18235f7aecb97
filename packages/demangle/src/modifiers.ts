import type { Cursor } from './cursor.ts';
import { readQualifiedTypeName } from './names.ts';
import { readUnsigned } from './numbers.ts';
import { noQualifiers } from './qualifiers.ts';
import type { BasedOn, Qualifiers } from './tree.ts';
import { type StorageCode, storageCodes } from './type-codes.ts';

/** C++/CLI marks of a pointer or reference: garbage-collected (`^`, `%`), pinned, interior (`%`), or an array's rank. */
export type ManagedMark = 'gc' | 'pin' | 'interior';

export interface Extensions {
  readonly pointer64: boolean;
  readonly restrict: boolean;
  readonly unaligned: boolean;
  readonly managed: ReadonlySet<ManagedMark>;
  readonly arrayRank?: number;
  readonly referenceQualifier?: '&' | '&&';
  readonly authentication?: readonly bigint[];
}

const managedMarks: Readonly<Record<string, ManagedMark>> = { A: 'gc', B: 'pin', C: 'interior' };
const none: ReadonlySet<ManagedMark> = new Set();
const plain: Extensions = { pointer64: false, restrict: false, unaligned: false, managed: none };
const plain64: Extensions = { ...plain, pointer64: true };

/**
 * The marks before a storage code: `E` `__ptr64`, `F` `__unaligned`, `I` `__restrict`, `$A` `$B` `$C` and `$nn` of C++/CLI, in any order,
 * and for `this` also `G` `&` and `H` `&&`.
 */
export function readExtensions(cursor: Cursor, ofThis: boolean): Extensions {
  const first = cursor.peek();
  if (!'EFI$_'.includes(first) && !(ofThis && (first === 'G' || first === 'H'))) return plain;
  if (first === 'E' && 'ABCDQR68'.includes(cursor.peek(1))) {
    cursor.position++;
    return plain64;
  }
  const marks: { -readonly [K in keyof Extensions]: Extensions[K] } = { ...plain };
  while (readMark(cursor, ofThis, marks)) {}
  if (cursor.accept('__ptrauth')) marks.authentication = [readUnsigned(cursor), readUnsigned(cursor), readUnsigned(cursor)];
  return marks;
}

function readMark(cursor: Cursor, ofThis: boolean, marks: { -readonly [K in keyof Extensions]: Extensions[K] }): boolean {
  if (cursor.accept('E')) marks.pointer64 = true;
  else if (cursor.accept('I')) marks.restrict = true;
  else if (cursor.accept('F')) marks.unaligned = true;
  else if (ofThis && cursor.accept('G')) marks.referenceQualifier = '&';
  else if (ofThis && cursor.accept('H')) marks.referenceQualifier = '&&';
  else if (cursor.peek() === '$') readManagedMark(cursor, marks);
  else return false;
  return true;
}

/** `$01`: two hexadecimal digits give the rank of a `cli::array`. */
const rank = /\$[0-9A-Fa-f]{2}/y;

function readManagedMark(cursor: Cursor, marks: { -readonly [K in keyof Extensions]: Extensions[K] }): void {
  const mark = managedMarks[cursor.peek(1)];
  if (mark !== undefined) {
    cursor.position += 2;
    marks.managed = new Set([...marks.managed, mark]);
    return;
  }
  rank.lastIndex = cursor.position;
  const match = rank.exec(cursor.text);
  if (match === null || !/\d/.test(cursor.peek(1))) cursor.fail('Expected $A, $B, $C or the rank of an array after "$"');
  cursor.position = rank.lastIndex;
  marks.arrayRank = Number.parseInt(match[0].slice(1), 16);
}

/** One storage code (cv qualifiers, based, member, function). */
export function readStorageCode(cursor: Cursor): StorageCode {
  const start = cursor.position;
  const letter = cursor.next('a storage code');
  const code = storageCodes[letter === '_' ? `_${cursor.next('a storage code')}` : letter];
  return code ?? cursor.fail(`Unknown storage code "${cursor.text.slice(start, cursor.position)}"`, start);
}

/** What a based pointer is based on: `0` is void, `2` a named pointer. */
export function readBasedOn(cursor: Cursor): BasedOn {
  if (cursor.accept('0')) return {};
  if (cursor.accept('2')) return { pointer: readQualifiedTypeName(cursor) };
  cursor.fail('Expected "0" (void) or "2" and a name for what the pointer is based on');
}

export function qualifiersOf(code: StorageCode, extensions: Extensions, based?: BasedOn): Qualifiers {
  if (extensions === plain && !code.const && !code.volatile && based === undefined) return noQualifiers;
  return {
    const: code.const,
    volatile: code.volatile,
    restrict: extensions.restrict,
    unaligned: extensions.unaligned,
    pointer64: extensions.pointer64,
    ...(based && { based }),
  };
}

/** Extensions and storage code of an object itself: after a variable's type, or after `?` before a returned type. */
export function readStorage(cursor: Cursor): Qualifiers {
  const extensions = readExtensions(cursor, false);
  const code = readStorageCode(cursor);
  if (code.function) cursor.fail('A function cannot be the storage of an object', cursor.position - 1);
  if (code.member) readQualifiedTypeName(cursor);
  return qualifiersOf(code, extensions, code.based ? readBasedOn(cursor) : undefined);
}
