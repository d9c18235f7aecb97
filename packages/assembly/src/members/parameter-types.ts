import { ifReadable } from '@ijw/binary';
import { genericParameters, type Metadata, type MethodDefToken, methodSignatureOf, typeText } from '@ijw/metadata';
import { splitOutside } from './member-query.ts';

/** What else C#'s keywords are called: by ECMA-335 II.7.1 and by the class library. */
const KEYWORDS: Readonly<Record<string, string>> = {
  boolean: 'bool',
  sbyte: 'sbyte',
  int8: 'sbyte',
  uint8: 'byte',
  int16: 'short',
  uint16: 'ushort',
  int32: 'int',
  uint32: 'uint',
  int64: 'long',
  uint64: 'ulong',
  float32: 'float',
  single: 'float',
  float64: 'double',
  'native int': 'nint',
  intptr: 'nint',
  'native uint': 'nuint',
  uintptr: 'nuint',
};

const NAMESPACES = /[\w.]+\.(?=\w)/g;

function keyword(type: string): string {
  const bare = type.replace(/^System\./, '');
  return (
    KEYWORDS[bare] ?? KEYWORDS[bare.toLowerCase()] ?? (/^(String|Object|Char|Byte|Double|Void)$/.test(bare) ? bare.toLowerCase() : type)
  );
}

/** A type without what does not tell it from others: assembly, `class`, arity, spaces. */
function plain(type: string): string {
  const bare = type
    .replaceAll(/\[[\w. -]+\]/g, '')
    .replaceAll(/`\d+/g, '')
    .replace(/^(class|valuetype) /, '')
    .replace(/^(out|in) /, 'ref ')
    .replace(/^(?!ref )(.*)&$/, 'ref $1');
  return bare
    .replaceAll(/(?<![\w.])(native u?int|[\w.]+)/g, keyword)
    .replaceAll(' ', '')
    .replace(/^ref/, 'ref ');
}

/** `string text`: a type with the name of a parameter. */
function withoutName(typed: string): string {
  const words = splitOutside(typed, ' ').filter((word) => word !== '');
  const hasName = words.length > 1 && !/^(ref|out|in|class|valuetype|native)$/.test(words.at(-2) ?? '') && /^\w+$/.test(words.at(-1) ?? '');
  return (hasName ? words.slice(0, -1) : words).join(' ');
}

/** The types of a method's parameters as C# writes them, generic parameters by name. @throws BadImageError */
export function parameterTypes(metadata: Metadata, token: MethodDefToken): readonly string[] {
  const ofType = genericParameters(metadata, metadata.declaringType(token)).map(({ name }) => name);
  const ofMethod = genericParameters(metadata, token).map(({ name }) => name);
  return methodSignatureOf(metadata, token).parameterTypes.map((type) =>
    typeText(metadata, type)
      .replaceAll(/!!(\d+)/g, (text, index) => ofMethod[Number(index)] ?? text)
      .replaceAll(/!(\d+)/g, (text, index) => ofType[Number(index)] ?? text),
  );
}

/** Whether a method has the parameters that were typed: with namespaces or without, by C#'s keywords or by other names of the same types. */
export function hasParameters(metadata: Metadata, token: MethodDefToken, typed: readonly string[]): boolean {
  const types = ifReadable(() => parameterTypes(metadata, token));
  return types !== undefined && hasParameterTypes(types, typed);
}

/** As `hasParameters`, for the types of the parameters. */
export function hasParameterTypes(types: readonly string[], typed: readonly string[]): boolean {
  if (types.length !== typed.length) return false;
  return types.every((type, index) => {
    const [full, wanted] = [plain(type), plain(withoutName(typed[index] ?? ''))];
    return full === wanted || full.replaceAll(NAMESPACES, '') === wanted;
  });
}
