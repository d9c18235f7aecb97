import { BadImageError, hexDigits } from '@ijw/binary';
import { AttributeDecoder } from '../attributes/attribute-decoder.ts';
import type { AttributeType, EnumReference, PrimitiveAttributeTypeName } from '../attributes/attribute-type.ts';
import type { AttributeArgument, AttributeValue, BoxedAttributeValue } from '../attributes/custom-attribute-value.ts';
import { type FloatingPoint, float32Bits, float64Bits } from '../constants/floating-point.ts';
import type { Metadata } from '../metadata.ts';
import { escapeName } from './escape.ts';
import { LineBuffer } from './line-buffer.ts';
import { TokenText } from './token-text.ts';

const referenceText = (reference: EnumReference, text: TokenText): string =>
  reference.kind === 'token' ? text.of(reference.token) : `ser;${escapeName(reference.name)}`;

function typeText(type: AttributeType, text: TokenText): string {
  switch (type.kind) {
    case 'primitive':
      return type.name === 'boolean' ? 'bool' : type.name;
    case 'type':
      return 'type';
    case 'boxed':
      return 'object';
    case 'array':
      return `${typeText(type.element, text)}[]`;
    case 'enum':
      return referenceText(type.reference, text);
  }
}

const quoted = (value: string): string => `"${escapeName(value)}"`;

function primitiveText(name: PrimitiveAttributeTypeName, value: AttributeValue): string {
  switch (name) {
    case 'string':
      return value === null ? 'null' : quoted(value as string);
    case 'char':
      return `'${hexDigits(value as number, 4)}`;
    case 'r4':
      return `0x${hexDigits(float32Bits(value as FloatingPoint), 8)}`;
    case 'r8':
      return `0x${hexDigits(float64Bits(value as FloatingPoint), 16)}`;
    default:
      return String(value);
  }
}

function valueText(type: AttributeType, value: AttributeValue, text: TokenText): string {
  switch (type.kind) {
    case 'primitive':
      return primitiveText(type.name, value);
    case 'enum':
      return primitiveText(type.underlying ?? 'i4', value);
    case 'type':
      return value === null ? 'null' : quoted(`ser;${escapeName(value as string)}`);
    case 'boxed':
      return valueText((value as BoxedAttributeValue).type, (value as BoxedAttributeValue).value, text);
    case 'array':
      if (value === null) return 'null';
      return `[${(value as readonly AttributeValue[]).map((item) => argumentText({ type: type.element, value: item }, text)).join(',')}]`;
  }
}

/** The type and the value as they are shown: of a boxed value its own. */
function shown({ type, value }: AttributeArgument): AttributeArgument {
  return type.kind === 'boxed' ? (value as BoxedAttributeValue) : { type, value };
}

function argumentText(argument: AttributeArgument, text: TokenText): string {
  const { type, value } = shown(argument);
  return `${typeText(type, text)}=${valueText(type, value, text)}`;
}

/** The arguments of a row of CustomAttribute: `(T=v,…) [.field|.property T name=v]…`. Throws `BadImageError`. */
export function attributeText(decoder: AttributeDecoder, rid: number, text: TokenText): string {
  const { fixedArguments, namedArguments } = decoder.decode(rid);
  let line = `(${fixedArguments.map((argument) => argumentText(argument, text)).join(',')})`;
  for (const named of namedArguments) {
    const { type, value } = shown(named);
    line += ` .${named.kind} ${typeText(type, text)} ${escapeName(named.name ?? '')}=${valueText(type, value, text)}`;
  }
  return line;
}

/** The same, or `!BadImageFormatException`. */
export function attributeArgumentsText(decoder: AttributeDecoder, rid: number, text: TokenText): string {
  try {
    return attributeText(decoder, rid, text);
  } catch (error) {
    if (error instanceof BadImageError) return '!BadImageFormatException';
    throw error;
  }
}

export interface AttributeLinesOptions {
  /**
   * How values are decoded. Without it, as the reference kit does: with nothing but this module, where an enumeration of another module is 4 bytes wide.
   */
  readonly decoder?: AttributeDecoder;
}

/**
 * The `A` lines of the canonical format: `A rid PARENT CTOR (T=v,…) [.field|.property T name=v]…`, one for each row of CustomAttribute; a value that cannot
 * be decoded is `!BadImageFormatException`. Chunks of bytes, made as they are asked for.
 */
export function* attributeLines(metadata: Metadata, options: AttributeLinesOptions = {}): Generator<Uint8Array> {
  const decoder = options.decoder ?? new AttributeDecoder(metadata, { unknownEnums: 'i4', standardOnly: true });
  const text = new TokenText(metadata);
  const buffer = new LineBuffer();
  const { CustomAttribute } = metadata.tables;
  const parent = CustomAttribute.column('Parent');
  const type = CustomAttribute.column('Type');
  for (let rid = 1; rid <= CustomAttribute.rowCount; rid++) {
    const [parentToken, typeToken] = [parent.tokenOrBad(rid), type.tokenOrBad(rid)];
    buffer.ascii(`A ${rid} ${parentToken === -1 ? '!badtag' : text.of(parentToken)} ${typeToken === -1 ? '!badtag' : text.of(typeToken)} `);
    buffer.ascii(attributeArgumentsText(decoder, rid, text)).ascii('\n');
    const chunk = buffer.chunk();
    if (chunk !== undefined) yield chunk;
  }
  yield buffer.take();
}
