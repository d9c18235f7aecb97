import { type ByteReader, ByteWriter, hex } from '@ijw/binary';
import { ElementType, valueElementTypes } from '../signatures/element-type.ts';
import { type FloatingPoint, readFloat32, readFloat64, writeFloat32, writeFloat64 } from './floating-point.ts';

/** ECMA-335 II.23.1.16: the element types that a Constant row may have. */
export const ConstantType = {
  ...valueElementTypes,
  /** The null reference: the only constant of a class type (ECMA-335 II.22.9). */
  nullReference: ElementType.Class,
} as const;

/**
 * The value of a Constant row (ECMA-335 II.22.9). `char` is a UTF-16 unit; a string keeps unpaired surrogates. A boolean is whatever is not zero,
 * as the runtime has it, so `raw` tells a byte that is neither 0 nor 1.
 */
export type ConstantValue =
  | { readonly type: 'boolean'; readonly value: boolean; readonly raw?: number }
  | { readonly type: 'char' | 'i1' | 'u1' | 'i2' | 'u2' | 'i4' | 'u4'; readonly value: number }
  | { readonly type: 'i8' | 'u8'; readonly value: bigint }
  | { readonly type: 'r4' | 'r8'; readonly value: FloatingPoint }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'nullReference'; readonly value: null };

/** UTF-16 in units: `TextDecoder` would replace what is unpaired. */
function utf16Units(reader: ByteReader): string {
  const units = new Array<string>(reader.remaining >> 1);
  for (let index = 0; index < units.length; index++) units[index] = String.fromCharCode(reader.u16());
  return units.join('');
}

function readBoolean(reader: ByteReader): ConstantValue {
  const raw = reader.u8();
  return raw > 1 ? { type: 'boolean', value: true, raw } : { type: 'boolean', value: raw === 1 };
}

function readNullReference(reader: ByteReader): ConstantValue {
  const value = reader.u32();
  if (value !== 0) throw reader.error('BAD_CONSTANT', `A constant of class type is the null reference, not ${hex(value)}`, 0);
  return { type: 'nullReference', value: null };
}

const readers: ReadonlyMap<number, (reader: ByteReader) => ConstantValue> = new Map([
  [ConstantType.boolean, readBoolean],
  [ConstantType.char, (reader) => ({ type: 'char', value: reader.u16() })],
  [ConstantType.i1, (reader) => ({ type: 'i1', value: reader.i8() })],
  [ConstantType.u1, (reader) => ({ type: 'u1', value: reader.u8() })],
  [ConstantType.i2, (reader) => ({ type: 'i2', value: reader.i16() })],
  [ConstantType.u2, (reader) => ({ type: 'u2', value: reader.u16() })],
  [ConstantType.i4, (reader) => ({ type: 'i4', value: reader.i32() })],
  [ConstantType.u4, (reader) => ({ type: 'u4', value: reader.u32() })],
  [ConstantType.i8, (reader) => ({ type: 'i8', value: reader.i64() })],
  [ConstantType.u8, (reader) => ({ type: 'u8', value: reader.u64() })],
  [ConstantType.r4, (reader) => ({ type: 'r4', value: readFloat32(reader) })],
  [ConstantType.r8, (reader) => ({ type: 'r8', value: readFloat64(reader) })],
  [ConstantType.string, (reader) => ({ type: 'string', value: utf16Units(reader) })],
  [ConstantType.nullReference, readNullReference],
] as [number, (reader: ByteReader) => ConstantValue][]);

/**
 * Reads the blob of a Constant row whose type column says `elementType`. Bytes after the value are passed over, as every reader of metadata does.
 * Throws `BadImageError` for another element type and where the blob is too short.
 */
export function readConstantValue(elementType: number, reader: ByteReader): ConstantValue {
  const read = readers.get(elementType);
  if (!read) throw reader.error('BAD_CONSTANT_TYPE', `${hex(elementType)} is not the type of a constant`);
  return read(reader);
}

/** The twin of `readConstantValue`; the element type is `ConstantType[constant.type]`. */
export function writeConstantValue(constant: ConstantValue): Uint8Array {
  const writer = new ByteWriter();
  switch (constant.type) {
    case 'boolean':
      writer.u8(constant.raw ?? Number(constant.value));
      break;
    case 'i1':
    case 'u1':
      writer.u8(constant.value);
      break;
    case 'char':
    case 'i2':
    case 'u2':
      writer.u16(constant.value);
      break;
    case 'i4':
    case 'u4':
      writer.u32(constant.value);
      break;
    case 'i8':
    case 'u8':
      writer.u64(BigInt.asUintN(64, constant.value));
      break;
    case 'r4':
      writeFloat32(writer, constant.value);
      break;
    case 'r8':
      writeFloat64(writer, constant.value);
      break;
    case 'string':
      writer.utf16(constant.value);
      break;
    case 'nullReference':
      writer.u32(0);
  }
  return writer.toBytes();
}
