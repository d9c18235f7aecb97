import type { PrimitiveName } from '../signatures/element-type.ts';

/** C#'s keywords for the primitive types; a typed reference has none. */
export const csharpKeywords = {
  void: 'void',
  bool: 'bool',
  char: 'char',
  int8: 'sbyte',
  uint8: 'byte',
  int16: 'short',
  uint16: 'ushort',
  int32: 'int',
  uint32: 'uint',
  int64: 'long',
  uint64: 'ulong',
  float32: 'float',
  float64: 'double',
  string: 'string',
  typedref: 'System.TypedReference',
  'native int': 'nint',
  'native uint': 'nuint',
  object: 'object',
} as const satisfies Readonly<Record<PrimitiveName, string>>;

/** The core library's names of the primitive types (ECMA-335 II.7.2). */
export const coreTypeNames = {
  void: 'System.Void',
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
  string: 'System.String',
  typedref: 'System.TypedReference',
  'native int': 'System.IntPtr',
  'native uint': 'System.UIntPtr',
  object: 'System.Object',
} as const satisfies Readonly<Record<PrimitiveName, string>>;
