import type { PrimitiveName } from '@ijw/metadata/signatures';

/** The core library's names of the primitive types that a field can have without further ado (ECMA-335 II.7.2): all but `void` and `typedref`. */
export const coreTypeNames = {
  bool: 'System.Boolean',
  char: 'System.Char',
  int8: 'System.SByte',
  uint8: 'System.Byte',
  int16: 'System.Int16',
  uint16: 'System.UInt16',
  int32: 'System.Int32',
  uint32: 'System.UInt32',
  int64: 'System.Int64',
  uint64: 'System.UInt64',
  float32: 'System.Single',
  float64: 'System.Double',
  'native int': 'System.IntPtr',
  'native uint': 'System.UIntPtr',
  string: 'System.String',
  object: 'System.Object',
} as const satisfies Readonly<Partial<Record<PrimitiveName, string>>>;
