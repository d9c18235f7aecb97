import type { Cursor } from './cursor.ts';
import { readFunctionType } from './function-types.ts';
import { type Extensions, type ManagedMark, qualifiersOf, readBasedOn, readExtensions, readStorageCode } from './modifiers.ts';
import { readQualifiedTypeName } from './names.ts';
import { mergeQualifiers, noQualifiers, qualified } from './qualifiers.ts';
import type { DecoratedType, PointerSymbol, Qualifiers } from './tree.ts';
import type { StorageCode } from './type-codes.ts';
import { readType } from './types.ts';

/** C++/CLI writes handles `^` and tracking references `%`; interior pointers are `%` too. */
function managedSymbol(symbol: PointerSymbol, managed: ReadonlySet<ManagedMark>): PointerSymbol {
  if (managed.has('interior')) return '%';
  if (!managed.has('gc')) return symbol;
  return symbol === '*' ? '^' : '%';
}

function pointerQualifiers(own: Qualifiers, extensions: Extensions): Qualifiers {
  const { restrict, unaligned, pointer64 } = extensions;
  if (!restrict && !unaligned && !pointer64) return own;
  return mergeQualifiers(own, { const: false, volatile: false, restrict, unaligned, pointer64 });
}

/** A pointer or reference, after the code that tells which. `own` qualifies the pointer itself. */
export function readPointer(cursor: Cursor, symbol: PointerSymbol, own: Qualifiers): DecoratedType {
  const extensions = readExtensions(cursor, false);
  const start = cursor.position;
  const code = readStorageCode(cursor);
  const qualifiers = pointerQualifiers(own, extensions);
  if (extensions.arrayRank !== undefined) return readManagedArray(cursor, extensions.arrayRank, code, qualifiers);
  if (code.function && (qualifiers.pointer64 || qualifiers.restrict || qualifiers.unaligned || extensions.managed.size > 0))
    cursor.fail('A pointer to a function takes no marks', start);
  const memberOf = code.member ? readQualifiedTypeName(cursor) : undefined;
  if (memberOf !== undefined && symbol !== '*') cursor.fail('A reference cannot refer to a member', start);
  const target = code.function ? readFunctionType(cursor, code.member, code.based) : readObjectTarget(cursor, code);
  // Undname writes a pinned pointer to void as such.
  if (extensions.managed.has('pin') && !isVoid(target)) return { kind: 'pinnedPointer', target, qualifiers };
  const { authentication } = extensions;
  return {
    kind: 'pointer',
    symbol: managedSymbol(symbol, extensions.managed),
    target,
    qualifiers,
    ...(memberOf && { memberOf }),
    ...(authentication && { authentication }),
  };
}

function readObjectTarget(cursor: Cursor, code: StorageCode): DecoratedType {
  const based = code.based ? readBasedOn(cursor) : undefined;
  const storage = code.const || code.volatile || based ? qualifiersOf(code, noExtensions, based) : noQualifiers;
  return qualified(readType(cursor), storage);
}

const noExtensions: Extensions = { pointer64: false, restrict: false, unaligned: false, managed: new Set() };

function readManagedArray(cursor: Cursor, rank: number, code: StorageCode, qualifiers: Qualifiers): DecoratedType {
  if (code.function || code.member) cursor.fail('The elements of an array cannot be functions or members', cursor.position - 1);
  if (rank === 0) cursor.fail('An array has one dimension at least', cursor.position - 2);
  return { kind: 'managedArray', rank, element: readObjectTarget(cursor, code), qualifiers };
}

function isVoid(type: DecoratedType): boolean {
  return type.kind === 'primitive' && type.name === 'void';
}
