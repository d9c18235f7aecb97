import { NativeType, type NativeTypeName } from '@ijw/metadata/marshalling';
import type { PrimitiveName } from '@ijw/metadata/signatures';

/** The values of MarshalAs for a number; they do not change the number. */
export const NUMBERS: Partial<Record<PrimitiveName, readonly NativeTypeName[]>> = {
  int8: ['i1', 'u1'],
  uint8: ['i1', 'u1'],
  int16: ['i2', 'u2'],
  uint16: ['i2', 'u2'],
  int32: ['i4', 'u4', 'error'],
  uint32: ['i4', 'u4', 'error'],
  int64: ['i8', 'u8'],
  uint64: ['i8', 'u8'],
  'native int': ['int', 'uint'],
  'native uint': ['int', 'uint'],
  float32: ['r4'],
  float64: ['r8'],
};

/** MarshalAs names the type that a number has in any case. */
export const keepsNumber = (type: PrimitiveName, nativeType: number): boolean => isAllowed(nativeType, NUMBERS[type] ?? []);

export const isInteger = (type: PrimitiveName): boolean => type in NUMBERS && !type.startsWith('float');

/** Nothing is always allowed. */
export const isAllowed = (nativeType: number | undefined, names: readonly NativeTypeName[]): boolean =>
  nativeType === undefined || names.some((name) => NativeType[name] === nativeType);
