import { ifReadable } from '@ijw/binary';
import {
  coreTypeNames,
  csharpKeywords,
  genericParameters,
  type Metadata,
  type MethodDefToken,
  methodSignatureOf,
  typeText,
} from '@ijw/metadata';
import type { PrimitiveName } from '@ijw/metadata/signatures';
import { splitOutside } from './member-query.ts';

const PRIMITIVES = Object.keys(csharpKeywords) as readonly PrimitiveName[];

/** C#'s keywords by what the primitive types are called otherwise: by ECMA-335 II.7.1, by the class library without `System.`, and by C# itself; all in lower case. */
const KEYWORDS: ReadonlyMap<string, string> = new Map(
  PRIMITIVES.flatMap((type) => {
    const names = [type, coreTypeNames[type].slice('System.'.length), csharpKeywords[type]];
    return names.map((name) => [name.toLowerCase(), csharpKeywords[type]] as const);
  }),
);

const NAMESPACES = /[\w.]+\.(?=\w)/g;

const keyword = (type: string): string => KEYWORDS.get(type.replace(/^System\./, '').toLowerCase()) ?? type;

/** A type without assembly, `class`, arity and spaces. */
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
