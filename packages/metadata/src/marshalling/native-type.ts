/**
 * Unmanaged types of marshalling descriptors: ECMA-335 II.23.4 and, where the standard stops, `CorNativeType` of the runtime's corhdr.h
 * (src/coreclr/inc/corhdr.h). Keys are corhdr.h's names without the prefix, in camel case.
 */
export const NativeType = {
  end: 0x00,
  void: 0x01,
  boolean: 0x02,
  i1: 0x03,
  u1: 0x04,
  i2: 0x05,
  u2: 0x06,
  i4: 0x07,
  u4: 0x08,
  i8: 0x09,
  u8: 0x0a,
  r4: 0x0b,
  r8: 0x0c,
  sysChar: 0x0d,
  variant: 0x0e,
  currency: 0x0f,
  ptr: 0x10,
  decimal: 0x11,
  date: 0x12,
  bstr: 0x13,
  lpStr: 0x14,
  lpWStr: 0x15,
  lpTStr: 0x16,
  fixedSysString: 0x17,
  objectRef: 0x18,
  iUnknown: 0x19,
  iDispatch: 0x1a,
  struct: 0x1b,
  intf: 0x1c,
  safeArray: 0x1d,
  fixedArray: 0x1e,
  int: 0x1f,
  uint: 0x20,
  nestedStruct: 0x21,
  byValStr: 0x22,
  ansiBstr: 0x23,
  tBstr: 0x24,
  variantBool: 0x25,
  func: 0x26,
  asAny: 0x28,
  array: 0x2a,
  lpStruct: 0x2b,
  customMarshaler: 0x2c,
  error: 0x2d,
  iInspectable: 0x2e,
  hString: 0x2f,
  lpUtf8Str: 0x30,
  /** "Not given": the element type of an array without information about its elements. */
  max: 0x50,
} as const;

export type NativeTypeName = keyof typeof NativeType;

const names = new Map<number, NativeTypeName>(Object.entries(NativeType).map(([name, value]) => [value, name as NativeTypeName]));

/** The name of a native type, `undefined` for a value that no runtime defines. */
export const nativeTypeName = (value: number): NativeTypeName | undefined => names.get(value);
