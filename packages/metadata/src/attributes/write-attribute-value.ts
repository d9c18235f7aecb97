import { ByteWriter, UsageError } from '@ijw/binary';
import { type FloatingPoint, writeFloat32, writeFloat64 } from '../constants/floating-point.ts';
import { type AttributeType, type PrimitiveAttributeTypeName, SerializationType } from './attribute-type.ts';
import type { AttributeValue, BoxedAttributeValue, CustomAttributeValue, NamedAttributeArgument } from './custom-attribute-value.ts';
import { writeSerializedString } from './serialized-string.ts';

const mismatch = (type: string, value: AttributeValue): UsageError =>
  new UsageError(`A value of type ${type} cannot be written from ${value === null ? 'null' : typeof value}`);

function writeType(writer: ByteWriter, type: AttributeType): void {
  switch (type.kind) {
    case 'primitive':
      writer.u8(SerializationType[type.name]);
      break;
    case 'type':
    case 'boxed':
      writer.u8(SerializationType[type.kind]);
      break;
    case 'array':
      writer.u8(SerializationType.szArray);
      writeType(writer, type.element);
      break;
    case 'enum':
      if (type.reference.kind !== 'name')
        throw new UsageError('An enumeration in a value is written by its serialized name, not by a token');
      writer.u8(SerializationType.enum);
      writeSerializedString(writer, type.reference.name);
  }
}

function writeInteger(writer: ByteWriter, name: PrimitiveAttributeTypeName, value: number): void {
  switch (name) {
    case 'i1':
    case 'u1':
      writer.u8(value);
      break;
    case 'char':
    case 'i2':
    case 'u2':
      writer.u16(value);
      break;
    case 'i4':
    case 'u4':
      writer.u32(value);
      break;
    default:
      throw mismatch(name, value);
  }
}

const isFloat = (value: AttributeValue): value is FloatingPoint =>
  typeof value === 'number' || (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'nan');

function writePrimitive(writer: ByteWriter, name: PrimitiveAttributeTypeName, value: AttributeValue): void {
  if (name === 'string' && (value === null || typeof value === 'string')) writeSerializedString(writer, value);
  else if (name === 'boolean' && typeof value === 'boolean') writer.u8(Number(value));
  else if ((name === 'i8' || name === 'u8') && typeof value === 'bigint') writer.u64(BigInt.asUintN(64, value));
  else if (name === 'r4' && isFloat(value)) writeFloat32(writer, value);
  else if (name === 'r8' && isFloat(value)) writeFloat64(writer, value);
  else if (typeof value === 'number') writeInteger(writer, name, value);
  else throw mismatch(name, value);
}

const isBoxed = (value: AttributeValue): value is BoxedAttributeValue =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'boxed';

function writeArray(writer: ByteWriter, element: AttributeType, value: AttributeValue): void {
  if (value === null) {
    writer.u32(0xffffffff);
    return;
  }
  if (!Array.isArray(value)) throw mismatch('array', value);
  writer.u32(value.length);
  for (const item of value) writeValue(writer, element, item);
}

function writeValue(writer: ByteWriter, type: AttributeType, value: AttributeValue): void {
  switch (type.kind) {
    case 'primitive':
      writePrimitive(writer, type.name, value);
      break;
    case 'enum':
      if (type.underlying === undefined) throw new UsageError('The underlying type of an enumeration is needed to write its value');
      writePrimitive(writer, type.underlying, value);
      break;
    case 'type':
      writePrimitive(writer, 'string', value);
      break;
    case 'array':
      writeArray(writer, type.element, value);
      break;
    case 'boxed':
      if (!isBoxed(value)) throw mismatch('object', value);
      writeType(writer, value.type);
      writeValue(writer, value.type, value.value);
  }
}

/** The twin of `readNamedArguments`. */
export function writeNamedArguments(writer: ByteWriter, named: readonly NamedAttributeArgument[]): void {
  for (const argument of named) {
    writer.u8(SerializationType[argument.kind]);
    writeType(writer, argument.type);
    writeSerializedString(writer, argument.name);
    writeValue(writer, argument.type, argument.value);
  }
}

/** The twin of `readAttributeValue`. Throws `UsageError` where a value does not fit its type. */
export function writeAttributeValue(value: CustomAttributeValue): Uint8Array {
  const writer = new ByteWriter().u16(1);
  for (const { type, value: argument } of value.fixedArguments) writeValue(writer, type, argument);
  if (value.namedArguments.length > 0xffff) throw new UsageError('An attribute has at most 65535 named arguments');
  writer.u16(value.namedArguments.length);
  writeNamedArguments(writer, value.namedArguments);
  return writer.toBytes();
}
