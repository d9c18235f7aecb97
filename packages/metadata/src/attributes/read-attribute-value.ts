import { hex } from '@ijw/binary';
import { readFloat32, readFloat64 } from '../constants/floating-point.ts';
import type { EnumUnderlyingTypeName } from '../enumeration.ts';
import type { BlobSource } from '../heaps/blob-cursor.ts';
import {
  type AttributeType,
  type EnumReference,
  type PrimitiveAttributeTypeName,
  SerializationType,
  simpleAttributeTypes,
} from './attribute-type.ts';
import {
  type AttributeArgument,
  type AttributeValue,
  type CustomAttributeValue,
  EMPTY_ATTRIBUTE_VALUE,
  type NamedAttributeArgument,
} from './custom-attribute-value.ts';
import { readSerializedString } from './serialized-string.ts';

/** The facts that the blob does not contain. */
export interface AttributeValueContext {
  /** The underlying type of an enumeration that is named in the value; `undefined` if unknown. */
  underlyingType(reference: EnumReference): EnumUnderlyingTypeName | undefined;
  /** The type to assume for an enumeration of unknown underlying type. */
  assumedUnderlyingType(reference: EnumReference): EnumUnderlyingTypeName;
  /** The count of named arguments may not be left out. */
  readonly standardOnly?: boolean;
}

/** The greatest nesting of `object[]`: far more than real attributes have. */
const MAXIMUM_DEPTH = 32;

function readPrimitive(reader: BlobSource, name: PrimitiveAttributeTypeName): AttributeValue {
  switch (name) {
    case 'boolean':
      return reader.u8() !== 0;
    case 'char':
    case 'u2':
      return reader.u16();
    case 'i1':
      return reader.i8();
    case 'u1':
      return reader.u8();
    case 'i2':
      return reader.i16();
    case 'i4':
      return reader.i32();
    case 'u4':
      return reader.u32();
    case 'i8':
      return reader.i64();
    case 'u8':
      return reader.u64();
    case 'r4':
      return readFloat32(reader);
    case 'r8':
      return readFloat64(reader);
    case 'string':
      return readSerializedString(reader);
  }
}

/** The type with every enumeration's underlying type filled in. */
function settled(type: AttributeType, context: AttributeValueContext): AttributeType {
  if (type.kind === 'enum' && type.underlying === undefined) {
    return { ...type, underlying: context.assumedUnderlyingType(type.reference), assumed: true };
  }
  return type.kind === 'array' ? { kind: 'array', element: settled(type.element, context) } : type;
}

/** ECMA-335 II.23.3 `FieldOrPropType`, also the type of a boxed value. */
function readType(reader: BlobSource, context: AttributeValueContext, inArray = false): AttributeType {
  const start = reader.position;
  const code = reader.u8();
  const simple = simpleAttributeTypes.get(code);
  if (simple) return simple;
  if (code === SerializationType.enum) {
    const name = readSerializedString(reader);
    if (name === null) throw reader.error('BAD_ATTRIBUTE_TYPE', 'An enumeration has no name', start);
    const reference: EnumReference = { kind: 'name', name };
    return settled({ kind: 'enum', reference, underlying: context.underlyingType(reference), assumed: false }, context);
  }
  if (code === SerializationType.szArray && !inArray) return { kind: 'array', element: readType(reader, context, true) };
  throw reader.error('BAD_ATTRIBUTE_TYPE', `${hex(code)} is not a type of an attribute argument`, start);
}

/** No element is smaller than a byte, so the count is checked before anything is allocated. */
function readArray(reader: BlobSource, element: AttributeType, context: AttributeValueContext, depth: number): AttributeValue {
  const count = reader.u32();
  if (count === 0xffffffff) return null;
  reader.count(count, 1);
  const values: AttributeValue[] = [];
  for (let index = 0; index < count; index++) values.push(readValue(reader, element, context, depth));
  return values;
}

function readValue(reader: BlobSource, type: AttributeType, context: AttributeValueContext, depth: number): AttributeValue {
  switch (type.kind) {
    case 'primitive':
      return readPrimitive(reader, type.name);
    case 'enum':
      return readPrimitive(reader, type.underlying ?? 'i4');
    case 'type':
      return readSerializedString(reader);
    case 'array':
      return readArray(reader, type.element, context, depth);
    case 'boxed': {
      if (depth >= MAXIMUM_DEPTH)
        throw reader.error('ATTRIBUTE_TOO_DEEP', `Boxed values are nested more than ${MAXIMUM_DEPTH} levels deep`);
      const boxedType = readType(reader, context);
      return { kind: 'boxed', type: boxedType, value: readValue(reader, boxedType, context, depth + 1) };
    }
  }
}

function readNamedArgument(reader: BlobSource, context: AttributeValueContext): NamedAttributeArgument {
  const code = reader.u8();
  if (code !== SerializationType.field && code !== SerializationType.property) {
    throw reader.error('BAD_NAMED_ARGUMENT', `${hex(code)} is neither a field nor a property`, reader.position - 1);
  }
  const type = readType(reader, context);
  const name = readSerializedString(reader);
  return { kind: code === SerializationType.field ? 'field' : 'property', name, type, value: readValue(reader, type, context, 0) };
}

/** `count` named arguments in a row (ECMA-335 II.23.3 `NamedArg`); permission sets have the same ones. */
export function readNamedArguments(reader: BlobSource, count: number, context: AttributeValueContext): readonly NamedAttributeArgument[] {
  if (count === 0) return EMPTY_ATTRIBUTE_VALUE.namedArguments;
  const named: NamedAttributeArgument[] = [];
  for (let index = 0; index < count; index++) named.push(readNamedArgument(reader, context));
  return named;
}

/**
 * Reads the blob of a CustomAttribute row (ECMA-335 II.23.3), `parameters` being the types of the constructor's parameters. Bytes after the value are
 * passed over, as by the runtime. Throws `BadImageError`.
 */
export function readAttributeValue(
  reader: BlobSource,
  parameters: readonly AttributeType[],
  context: AttributeValueContext,
): CustomAttributeValue {
  const prolog = reader.u16();
  if (prolog !== 1) throw reader.error('BAD_ATTRIBUTE_PROLOG', `The value starts with ${hex(prolog)}, not with 1`, 0);
  const fixed: AttributeArgument[] = [];
  for (const parameter of parameters) {
    const type = settled(parameter, context);
    fixed.push({ type, value: readValue(reader, type, context, 0) });
  }
  const namedCount = reader.atEnd && !context.standardOnly ? 0 : reader.u16();
  if (namedCount === 0 && fixed.length === 0) return EMPTY_ATTRIBUTE_VALUE;
  return { fixedArguments: fixed, namedArguments: readNamedArguments(reader, namedCount, context) };
}
