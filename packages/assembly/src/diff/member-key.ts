import { hex, ifReadable } from '@ijw/binary';
import { type Metadata, type MethodDefToken, methodFullName, methodSignatureOf, modifierNames, typeText } from '@ijw/metadata';

/** What a method is called in every version of its assembly: full name, generic arity, types of parameters, return type. Tokens change, this does not. */
export function methodKey(metadata: Metadata, token: MethodDefToken): string {
  return ifReadable(() => readableKey(metadata, token)) ?? `${ifReadable(() => methodFullName(metadata, token)) ?? ''} ${hex(token, 8)}`;
}

function readableKey(metadata: Metadata, token: MethodDefToken): string {
  const { genericParameterCount, parameterTypes, returnType } = methodSignatureOf(metadata, token);
  const arity = genericParameterCount === 0 ? '' : `\`\`${genericParameterCount}`;
  const parameters = parameterTypes.map((type) => typeText(metadata, type)).join(', ');
  // `init` in place of `set` is a modifier of the return type.
  const modifiers = modifierNames(metadata, returnType).map((name) => ` modreq(${name})`);
  return `${methodFullName(metadata, token)}${arity}(${parameters}): ${typeText(metadata, returnType)}${modifiers.join('')}`;
}

/** Keys of members that several rows have are numbered: names that a compiler keeps to itself need not be unique. */
export function uniqueKeys(): (key: string) => string {
  const given = new Map<string, number>();
  return (key) => {
    const number = (given.get(key) ?? 0) + 1;
    given.set(key, number);
    return number === 1 ? key : `${key} #${number}`;
  };
}
