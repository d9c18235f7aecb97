import type { ByteWriter } from '@ijw/binary';
import type { BlobSource } from '../heaps/blob-cursor.ts';

/** A "not a number" with its bits, which a JavaScript number does not keep: `0xffc00000` for `float.NaN`, `0xfff8000000000000` for `double.NaN`. */
export interface NotANumber {
  readonly kind: 'nan';
  readonly bits: bigint;
}

/** A float of 4 or 8 bytes, bit for bit: numbers (also infinities and negative zero) are numbers. */
export type FloatingPoint = number | NotANumber;

export function readFloat32(reader: BlobSource): FloatingPoint {
  const value = reader.f32();
  if (!Number.isNaN(value)) return value;
  reader.position -= 4;
  return { kind: 'nan', bits: BigInt(reader.u32()) };
}

export function readFloat64(reader: BlobSource): FloatingPoint {
  const value = reader.f64();
  if (!Number.isNaN(value)) return value;
  reader.position -= 8;
  return { kind: 'nan', bits: reader.u64() };
}

export function writeFloat32(writer: ByteWriter, value: FloatingPoint): void {
  if (typeof value === 'number') writer.f32(value);
  else writer.u32(Number(value.bits));
}

export function writeFloat64(writer: ByteWriter, value: FloatingPoint): void {
  if (typeof value === 'number') writer.f64(value);
  else writer.u64(value.bits);
}

const view = new DataView(new ArrayBuffer(8));

/** The bits of a 4-byte float as an unsigned integer. */
export function float32Bits(value: FloatingPoint): bigint {
  if (typeof value !== 'number') return value.bits;
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}

/** The bits of an 8-byte float as an unsigned integer. */
export function float64Bits(value: FloatingPoint): bigint {
  if (typeof value !== 'number') return value.bits;
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
