import { hexDigits } from '@ijw/binary';
import type { NativeTree, ScalarName } from '@ijw/marshalling';
import { identifier } from '@ijw/marshalling';

const SCALAR_NAMES: Readonly<Record<ScalarName, string>> = {
  int8: 'sbyte',
  uint8: 'byte',
  char8: 'byte',
  int16: 'short',
  uint16: 'ushort',
  char16: 'ushort',
  int32: 'int',
  uint32: 'uint',
  int64: 'long',
  uint64: 'ulong',
  float: 'float',
  double: 'double',
  intptr: 'nint',
  uintptr: 'nuint',
};

export const CONVENTION_NAMES: Readonly<Record<string, string>> = {
  cdecl: 'Cdecl',
  stdcall: 'Stdcall',
  thiscall: 'Thiscall',
  fastcall: 'Fastcall',
};

/** The longest name that the compiler puts into metadata (CS7013). */
export const MAXIMUM_NAME = 1023;

/** A native type as C# names it: every value is blittable. */
export function csType(type: NativeTree): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'scalar':
      return SCALAR_NAMES[type.scalar];
    case 'struct':
      return type.struct.fields === undefined ? 'void' : csIdentifier(type.struct.name);
    case 'pointer':
      return `${csType(type.element)}*`;
    case 'array':
      return csType(type.element);
    case 'function':
      return functionPointerType(type.convention, [...type.parameters, type.returnType]);
  }
}

/** `delegate* unmanaged[Cdecl]<int, void>`; the last type is the result. */
export function functionPointerType(convention: string, types: readonly NativeTree[], ...modifiers: readonly string[]): string {
  const names = [CONVENTION_NAMES[convention], ...modifiers].filter((name) => name !== undefined);
  return `delegate* unmanaged${names.length > 0 ? `[${names.join(', ')}]` : ''}<${types.map(csType).join(', ')}>`;
}

/** Words that an identifier of C# cannot be. */
const KEYWORDS = new Set(
  (
    'abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit extern false finally fixed float for foreach ' +
    'goto if implicit in int interface internal is lock long namespace new null object operator out override params private protected public readonly ref return sbyte sealed short sizeof ' +
    'stackalloc static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while'
  ).split(' '),
);

export function csIdentifier(name: string): string {
  const safe = identifier(name);
  return KEYWORDS.has(safe) ? `@${safe}` : safe;
}

/** A regular string literal of ASCII. */
export const csString = (text: string): string => (/^[\x20-\x7e]*$/.test(text) && !/["\\]/.test(text) ? `"${text}"` : escapedString(text));

const escapedString = (text: string): string =>
  `"${[...text].map((unit) => (/[\x20-\x7e]/.test(unit) && !/["\\]/.test(unit) ? unit : escapeUnits(unit))).join('')}"`;

const escapeUnits = (text: string): string =>
  Array.from({ length: text.length }, (_, index) => `\\u${hexDigits(text.charCodeAt(index), 4)}`).join('');

/** Text without line ends. */
export const remark = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500);

/** Lines four spaces further in. */
export const indent = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : `    ${line}`));
