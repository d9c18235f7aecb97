import { hex } from '@ijw/binary';
import type { AttributeArgument, AttributeValue, BoxedAttributeValue } from '../attributes/custom-attribute-value.ts';
import { attributeDecoderOf, attributeTypeOf } from '../attributes/find-custom-attribute.ts';
import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { enumWords } from './enum-words.ts';

function argumentWords(metadata: Metadata, { type, value }: AttributeArgument): string {
  switch (type.kind) {
    case 'boxed':
      return argumentWords(metadata, value as BoxedAttributeValue);
    case 'enum':
      return (isInteger(value) ? enumWords(metadata, type.reference, BigInt(value)) : undefined) ?? scalarWords(value);
    case 'type':
      return value === null ? 'null' : `typeof(${value as string})`;
    case 'array':
      if (value === null) return 'null';
      return `{ ${(value as readonly AttributeValue[]).map((item) => argumentWords(metadata, { type: type.element, value: item })).join(', ')} }`;
    default:
      return scalarWords(value);
  }
}

const isInteger = (value: AttributeValue): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

function scalarWords(value: AttributeValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return 'NaN';
  return String(value);
}

/** The arguments of a row of CustomAttribute as C# writes them: `("text", CharSet.Unicode, Name = true)`. @throws BadImageError */
export function attributeArgumentWords(metadata: Metadata, rid: number): string {
  const { fixedArguments, namedArguments } = attributeDecoderOf(metadata).decode(rid);
  const named = namedArguments.map((argument) => `${argument.name ?? ''} = ${argumentWords(metadata, argument)}`);
  return `(${[...fixedArguments.map((argument) => argumentWords(metadata, argument)), ...named].join(', ')})`;
}

/** `System.ObsoleteAttribute`: the type of a row of CustomAttribute. @throws BadImageError */
export const attributeTypeWords = (metadata: Metadata, rid: number): string => {
  const type = attributeTypeOf(metadata, rid);
  return typeFullName(metadata, type) || hex(type, 8);
};
