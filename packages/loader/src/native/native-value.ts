import { UsageError } from '@ijw/binary';
import { integerOf } from '@ijw/machine';
import type { AbiType } from '@ijw/marshalling';

/** A value that native code gets or gives: numbers and addresses, `bigint` for what a number cannot hold, the bytes of a structure. */
export type NativeValue = number | bigint | boolean | Uint8Array;

const mismatch = (type: AbiType, value: unknown): UsageError =>
  new UsageError(`${typeof value} is not a value for a native ${type.kind}${type.kind === 'void' ? '' : ` of ${type.size} bytes`}`);

/** The bytes of a value. @throws UsageError where the value does not fit the type */
export function nativeBytes(type: AbiType, value: unknown): Uint8Array {
  if (type.kind === 'void') return new Uint8Array();
  const bytes = new Uint8Array(type.size);
  const view = new DataView(bytes.buffer);
  if (type.kind === 'aggregate') {
    if (!(value instanceof Uint8Array) || value.length !== type.size) throw mismatch(type, value);
    bytes.set(value);
  } else if (type.kind === 'float') {
    if (typeof value !== 'number') throw mismatch(type, value);
    if (type.size === 4) view.setFloat32(0, value, true);
    else view.setFloat64(0, value, true);
  } else {
    if (typeof value !== 'bigint' && typeof value !== 'boolean' && !(typeof value === 'number' && Number.isInteger(value)))
      throw mismatch(type, value);
    writeInteger(view, type.size, BigInt(value));
  }
  return bytes;
}

function writeInteger(view: DataView, size: number, value: bigint): void {
  for (let index = 0; index < size; index++) view.setUint8(index, Number((value >> BigInt(index * 8)) & 0xffn));
}

/** The value of bytes: integers of eight bytes as `bigint`, smaller ones as numbers. */
export function nativeValue(type: AbiType, bytes: Uint8Array): NativeValue | undefined {
  if (type.kind === 'void') return undefined;
  if (type.kind === 'aggregate') return bytes.slice(0, type.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type.kind === 'float') return type.size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  const value = integerOf(bytes.subarray(0, type.size));
  const wanted = type.signed ? BigInt.asIntN(type.size * 8, value) : value;
  return type.size === 8 ? wanted : Number(wanted);
}
