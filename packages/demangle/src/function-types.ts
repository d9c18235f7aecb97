import type { Cursor } from './cursor.ts';
import { qualifiersOf, readBasedOn, readExtensions, readStorageCode } from './modifiers.ts';
import { noQualifiers } from './qualifiers.ts';
import type { DecoratedType, FunctionType } from './tree.ts';
import { callingConventions } from './type-codes.ts';
import { readReturnedType, readType } from './types.ts';

type ThisPart = Pick<FunctionType, 'qualifiers' | 'referenceQualifier' | 'tracking'>;

const noThis: ThisPart = { qualifiers: noQualifiers };

/** Qualifiers of `this`, what a based function is based on, calling convention, returned type, parameters, exceptions. */
export function readFunctionType(cursor: Cursor, hasThis: boolean, isBased = false): FunctionType {
  const ofThis = hasThis ? readThis(cursor) : noThis;
  const based = isBased ? readBasedOn(cursor) : undefined;
  const convention = readCallingConvention(cursor);
  const returns = readReturnedType(cursor);
  const parameters = readParameters(cursor);
  return {
    kind: 'function',
    ...ofThis,
    ...(based && { based }),
    convention,
    ...(returns && { returns }),
    ...parameters,
    ...readExceptions(cursor),
  };
}

function readThis(cursor: Cursor): ThisPart {
  const extensions = readExtensions(cursor, true);
  const code = readStorageCode(cursor);
  if (code.function || code.member) cursor.fail('"this" is an object', cursor.position - 1);
  const based = code.based ? readBasedOn(cursor) : undefined;
  const { referenceQualifier, managed } = extensions;
  return {
    qualifiers: qualifiersOf(code, extensions, based),
    ...(referenceQualifier && { referenceQualifier }),
    ...(managed.has('interior') && { tracking: true }),
  };
}

export function readCallingConvention(cursor: Cursor): string {
  const letter = cursor.next('a calling convention');
  return callingConventions[letter] ?? cursor.fail(`Unknown calling convention "${letter}"`, cursor.position - 1);
}

/** `X` alone for `void`; otherwise types closed by `@`, or by `Z` where more may follow (`...`). */
function readParameters(cursor: Cursor): Pick<FunctionType, 'parameters' | 'variadic' | 'unspecified'> {
  if (cursor.accept('X')) return { parameters: [], variadic: false };
  if (cursor.accept('@')) return { parameters: [], variadic: false, unspecified: true };
  const parameters: DecoratedType[] = [];
  while (!cursor.accept('@')) {
    if (cursor.accept('Z')) return { parameters, variadic: true };
    parameters.push(readParameter(cursor));
  }
  return { parameters, variadic: false };
}

function readParameter(cursor: Cursor): DecoratedType {
  if (cursor.atDigit) {
    const index = cursor.next('a back reference').charCodeAt(0) - 48;
    return cursor.backReferences.parameter(index) ?? cursor.fail(`No parameter has the number ${index} yet`, cursor.position - 1);
  }
  const start = cursor.position;
  const type = readType(cursor);
  if (cursor.position - start > 1) cursor.backReferences.rememberParameter(type);
  return type;
}

/** `Z`: anything; `_E`: noexcept; otherwise the types of a throw list, closed by `@`. */
function readExceptions(cursor: Cursor): Pick<FunctionType, 'noexcept' | 'throws'> {
  if (cursor.accept('_E')) return { noexcept: true };
  if (cursor.accept('Z')) return { noexcept: false };
  const throws: DecoratedType[] = [];
  while (!cursor.accept('@')) throws.push(readParameter(cursor));
  return { noexcept: false, throws };
}
