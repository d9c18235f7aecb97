import { BadImageError } from '@ijw/binary';

/**
 * A type as reflection writes it (ECMA-335 II.23.3 "canonical name"; grammar: "Specify fully qualified type names" of the .NET documentation).
 * Names are without escapes. `assembly` is a display name, as written.
 */
export interface SerializedTypeName {
  readonly type: SerializedType;
  readonly assembly?: string;
}

export type SerializedType =
  | { readonly kind: 'named'; readonly namespace: string; readonly name: string; readonly nested: readonly string[] }
  | { readonly kind: 'generic'; readonly definition: SerializedType; readonly arguments: readonly SerializedTypeName[] }
  | { readonly kind: 'array'; readonly element: SerializedType; readonly rank: number; readonly bounded: boolean }
  | { readonly kind: 'pointer' | 'byReference'; readonly element: SerializedType };

/** Deeper than any compiler writes, and shallow enough for every stack. */
const MAXIMUM_DEPTH = 100;
const SPECIAL = /[\\[\],+&*]/g;

/** A cursor over the text; the offset of its errors is in UTF-16 units from the start of the name. */
interface Cursor {
  readonly text: string;
  position: number;
}

const fail = (cursor: Cursor, message: string): BadImageError =>
  new BadImageError({ code: 'BAD_TYPE_NAME', offset: cursor.position, reading: 'a serialized type name', message });

function expect(cursor: Cursor, character: string): void {
  if (cursor.text[cursor.position] !== character)
    throw fail(cursor, `'${character}' is missing in type name '${cursor.text.slice(0, 200)}'`);
  cursor.position++;
}

function accept(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.position] !== character) return false;
  cursor.position++;
  return true;
}

function skipSpaces(cursor: Cursor): void {
  while (cursor.text[cursor.position] === ' ') cursor.position++;
}

/** Characters up to the next special one that is not escaped. */
function readIdentifier(cursor: Cursor): string {
  let name = '';
  for (;;) {
    const character = cursor.text[cursor.position];
    if (character === '\\') {
      const escaped = cursor.text[cursor.position + 1];
      if (escaped === undefined) throw fail(cursor, 'A type name ends in an escape');
      name += escaped;
      cursor.position += 2;
    } else if (character === undefined || '[],+&*'.includes(character)) {
      break;
    } else {
      name += character;
      cursor.position++;
    }
  }
  if (name === '') throw fail(cursor, 'A type name has an empty part');
  return name;
}

function readNamed(cursor: Cursor): SerializedType {
  const full = readIdentifier(cursor);
  const nested: string[] = [];
  while (accept(cursor, '+')) nested.push(readIdentifier(cursor));
  const dot = full.lastIndexOf('.');
  // A leading dot belongs to the name (".ctor"-like names), as in the runtime's own splitting.
  return dot > 0
    ? { kind: 'named', namespace: full.slice(0, dot), name: full.slice(dot + 1), nested }
    : { kind: 'named', namespace: '', name: full, nested };
}

const ARRAY_BOUNDS = /\[ *[\],*]/y;

/** Whether the bracket at the cursor opens an array's bounds; otherwise it opens generic arguments. */
function atArrayBounds(cursor: Cursor): boolean {
  ARRAY_BOUNDS.lastIndex = cursor.position;
  return ARRAY_BOUNDS.test(cursor.text);
}

function readArguments(cursor: Cursor, depth: number): SerializedTypeName[] {
  expect(cursor, '[');
  const types: SerializedTypeName[] = [];
  do {
    skipSpaces(cursor);
    if (accept(cursor, '[')) {
      types.push(readQualified(cursor, depth, ']'));
      expect(cursor, ']');
    } else {
      types.push({ type: readType(cursor, depth) });
    }
    skipSpaces(cursor);
  } while (accept(cursor, ','));
  expect(cursor, ']');
  return types;
}

function readArray(cursor: Cursor, element: SerializedType): SerializedType {
  expect(cursor, '[');
  skipSpaces(cursor);
  const bounded = accept(cursor, '*');
  let rank = 1;
  skipSpaces(cursor);
  while (accept(cursor, ',')) {
    rank++;
    skipSpaces(cursor);
    if (bounded) accept(cursor, '*');
    skipSpaces(cursor);
  }
  expect(cursor, ']');
  return { kind: 'array', element, rank, bounded: bounded || rank > 1 };
}

function readType(cursor: Cursor, depth: number): SerializedType {
  if (depth > MAXIMUM_DEPTH) throw fail(cursor, 'A type name is nested too deeply');
  skipSpaces(cursor);
  let type = readNamed(cursor);
  if (cursor.text[cursor.position] === '[' && !atArrayBounds(cursor)) {
    type = { kind: 'generic', definition: type, arguments: readArguments(cursor, depth + 1) };
  }
  for (let level = depth; ; level++) {
    if (level > MAXIMUM_DEPTH) throw fail(cursor, 'A type name is nested too deeply');
    const character = cursor.text[cursor.position];
    if (character === '[') type = readArray(cursor, type);
    else if (accept(cursor, '*')) type = { kind: 'pointer', element: type };
    else if (accept(cursor, '&')) type = { kind: 'byReference', element: type };
    else return type;
  }
}

/** A type, then perhaps a comma and an assembly that reaches to `end` (or to the end of the text). */
function readQualified(cursor: Cursor, depth: number, end?: ']'): SerializedTypeName {
  const type = readType(cursor, depth);
  skipSpaces(cursor);
  if (!accept(cursor, ',')) return { type };
  skipSpaces(cursor);
  const start = cursor.position;
  let stop = cursor.text.length;
  if (end) {
    stop = start;
    while (stop < cursor.text.length && cursor.text[stop] !== end) stop += cursor.text[stop] === '\\' ? 2 : 1;
  }
  cursor.position = Math.min(stop, cursor.text.length);
  const assembly = cursor.text.slice(start, cursor.position).trim();
  if (assembly === '') throw fail(cursor, 'A type name has an empty assembly name');
  return { type, assembly: end ? assembly.replaceAll('\\]', ']') : assembly };
}

/** Parses an assembly-qualified or plain type name. Throws `BadImageError` (its offset counts UTF-16 units of the name). */
export function parseSerializedTypeName(text: string): SerializedTypeName {
  const cursor: Cursor = { text, position: 0 };
  const name = readQualified(cursor, 0);
  if (cursor.position < text.length) throw fail(cursor, `Type name '${text.slice(0, 200)}' continues after its end`);
  return name;
}

/** The same, `undefined` where the name is not well-formed. */
export function tryParseSerializedTypeName(text: string): SerializedTypeName | undefined {
  try {
    return parseSerializedTypeName(text);
  } catch (error) {
    if (error instanceof BadImageError) return undefined;
    throw error;
  }
}

const escapeName = (name: string): string => name.replace(SPECIAL, '\\$&');

function formatType(type: SerializedType): string {
  switch (type.kind) {
    case 'named':
      return [type.namespace === '' ? type.name : `${type.namespace}.${type.name}`, ...type.nested].map(escapeName).join('+');
    case 'generic':
      return `${formatType(type.definition)}[${type.arguments.map(formatArgument).join(',')}]`;
    case 'array':
      return `${formatType(type.element)}[${type.rank === 1 && type.bounded ? '*' : ','.repeat(type.rank - 1)}]`;
    case 'pointer':
      return `${formatType(type.element)}*`;
    case 'byReference':
      return `${formatType(type.element)}&`;
  }
}

function formatArgument(name: SerializedTypeName): string {
  if (name.assembly === undefined) return formatType(name.type);
  return `[${formatType(name.type)}, ${name.assembly.replaceAll(']', '\\]')}]`;
}

/** The twin of `parseSerializedTypeName`. */
export function formatSerializedTypeName(name: SerializedTypeName): string {
  const type = formatType(name.type);
  return name.assembly === undefined ? type : `${type}, ${name.assembly}`;
}
