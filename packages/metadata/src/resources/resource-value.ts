import { type ByteReader, type ByteWriter, hex } from '@ijw/binary';
import { readUtf8 } from '../attributes/serialized-string.ts';
import { type FloatingPoint, readFloat32, readFloat64, writeFloat32, writeFloat64 } from '../constants/floating-point.ts';
import { FIRST_USER_TYPE, ResourceValueType } from './resource-type.ts';

/** One value of a `.resources` file. Bytes are views of the file. */
export type ResourceValue =
  | { readonly type: 'null' }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** `char` is a UTF-16 unit. */
  | { readonly type: 'char' | 'byte' | 'sbyte' | 'int16' | 'uint16' | 'int32' | 'uint32'; readonly value: number }
  /** `dateTime` is what `DateTime.ToBinary` gives (version 1: ticks), `timeSpan` is ticks of 100 ns. */
  | { readonly type: 'int64' | 'uint64' | 'dateTime' | 'timeSpan'; readonly value: bigint }
  | { readonly type: 'single' | 'double'; readonly value: FloatingPoint }
  | { readonly type: 'decimal'; readonly value: ResourceDecimal }
  | { readonly type: 'byteArray' | 'stream'; readonly value: Uint8Array }
  /** A value of a type of the file's own list, as it was serialized. */
  | { readonly type: 'user'; readonly typeIndex: number; readonly value: Uint8Array };

/** `mantissa * 10 ** -scale`. */
export interface ResourceDecimal {
  readonly negative: boolean;
  /** At most 96 bits. */
  readonly mantissa: bigint;
  /** 0 to 28. */
  readonly scale: number;
}

type ValueReader = (reader: ByteReader) => ResourceValue;
type ValueWriter = (writer: ByteWriter, value: ResourceValue) => void;

/** `BinaryReader.Read7BitEncodedInt`: seven bits a byte, the lowest first; five bytes at most. */
export function read7BitEncodedInt(reader: ByteReader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.u8();
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw reader.error('BAD_7BIT_INTEGER', 'A 7-bit encoded integer is longer than five bytes', reader.position - 5);
}

/** `BinaryWriter.Write7BitEncodedInt`. */
export function write7BitEncodedInt(writer: ByteWriter, value: number): void {
  let rest = value >>> 0;
  for (; rest >= 0x80; rest >>>= 7) writer.u8((rest & 0x7f) | 0x80);
  writer.u8(rest);
}

function readDecimal(reader: ByteReader): ResourceDecimal {
  const low = BigInt(reader.u32());
  const middle = BigInt(reader.u32());
  const high = BigInt(reader.u32());
  const flags = reader.u32();
  return { negative: flags >= 0x80000000, mantissa: low | (middle << 32n) | (high << 64n), scale: (flags >>> 16) & 0xff };
}

function writeDecimal(writer: ByteWriter, { negative, mantissa, scale }: ResourceDecimal): void {
  writer.u64(mantissa & 0xffffffffffffffffn).u32(Number(mantissa >> 64n));
  writer.u32(((negative ? 0x80000000 : 0) | (scale << 16)) >>> 0);
}

const bytes = (reader: ByteReader): Uint8Array => reader.view(reader.u32());

/** What follows the type code, by type code. */
const valueReaders: ReadonlyMap<number, ValueReader> = new Map<number, ValueReader>([
  [ResourceValueType.null, () => ({ type: 'null' })],
  [ResourceValueType.string, (reader) => ({ type: 'string', value: readUtf8(reader, read7BitEncodedInt(reader)) })],
  [ResourceValueType.boolean, (reader) => ({ type: 'boolean', value: reader.u8() !== 0 })],
  [ResourceValueType.char, (reader) => ({ type: 'char', value: reader.u16() })],
  [ResourceValueType.byte, (reader) => ({ type: 'byte', value: reader.u8() })],
  [ResourceValueType.sbyte, (reader) => ({ type: 'sbyte', value: reader.i8() })],
  [ResourceValueType.int16, (reader) => ({ type: 'int16', value: reader.i16() })],
  [ResourceValueType.uint16, (reader) => ({ type: 'uint16', value: reader.u16() })],
  [ResourceValueType.int32, (reader) => ({ type: 'int32', value: reader.i32() })],
  [ResourceValueType.uint32, (reader) => ({ type: 'uint32', value: reader.u32() })],
  [ResourceValueType.int64, (reader) => ({ type: 'int64', value: reader.i64() })],
  [ResourceValueType.uint64, (reader) => ({ type: 'uint64', value: reader.u64() })],
  [ResourceValueType.single, (reader) => ({ type: 'single', value: readFloat32(reader) })],
  [ResourceValueType.double, (reader) => ({ type: 'double', value: readFloat64(reader) })],
  [ResourceValueType.decimal, (reader) => ({ type: 'decimal', value: readDecimal(reader) })],
  [ResourceValueType.dateTime, (reader) => ({ type: 'dateTime', value: reader.i64() })],
  [ResourceValueType.timeSpan, (reader) => ({ type: 'timeSpan', value: reader.i64() })],
  [ResourceValueType.byteArray, (reader) => ({ type: 'byteArray', value: bytes(reader) })],
  [ResourceValueType.stream, (reader) => ({ type: 'stream', value: bytes(reader) })],
]);

/** Reads the value after a type code; the reader ends where the next value starts. Throws `BadImageError`. */
export function readResourceValue(reader: ByteReader, typeCode: number): ResourceValue {
  if (typeCode >= FIRST_USER_TYPE) return { type: 'user', typeIndex: typeCode - FIRST_USER_TYPE, value: reader.view(reader.remaining) };
  const read = valueReaders.get(typeCode);
  if (!read) throw reader.error('BAD_RESOURCE_TYPE', `${hex(typeCode)} is not a type of a resource`);
  return read(reader);
}

/** The type code that `writeResourceValue` needs before the value. */
export const resourceTypeCode = (value: ResourceValue): number =>
  value.type === 'user' ? FIRST_USER_TYPE + value.typeIndex : ResourceValueType[value.type];

/** The twin of `readResourceValue`, without the type code. */
export const writeResourceValue: ValueWriter = (writer, value) => {
  switch (value.type) {
    case 'null':
      break;
    case 'string': {
      const text = new TextEncoder().encode(value.value);
      write7BitEncodedInt(writer, text.length);
      writer.bytes(text);
      break;
    }
    case 'boolean':
    case 'byte':
    case 'sbyte':
      writer.u8(Number(value.value));
      break;
    case 'char':
    case 'int16':
    case 'uint16':
      writer.u16(value.value);
      break;
    case 'int32':
    case 'uint32':
      writer.u32(value.value);
      break;
    case 'int64':
    case 'uint64':
    case 'dateTime':
    case 'timeSpan':
      writer.u64(BigInt.asUintN(64, value.value));
      break;
    case 'single':
      writeFloat32(writer, value.value);
      break;
    case 'double':
      writeFloat64(writer, value.value);
      break;
    case 'decimal':
      writeDecimal(writer, value.value);
      break;
    case 'byteArray':
    case 'stream':
      writer.u32(value.value.length).bytes(value.value);
      break;
    case 'user':
      writer.bytes(value.value);
  }
};
