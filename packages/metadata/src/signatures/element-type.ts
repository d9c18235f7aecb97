/** ECMA-335 II.23.1.16. */
export const ElementType = {
  End: 0x00,
  Void: 0x01,
  Boolean: 0x02,
  Char: 0x03,
  I1: 0x04,
  U1: 0x05,
  I2: 0x06,
  U2: 0x07,
  I4: 0x08,
  U4: 0x09,
  I8: 0x0a,
  U8: 0x0b,
  R4: 0x0c,
  R8: 0x0d,
  String: 0x0e,
  Ptr: 0x0f,
  ByRef: 0x10,
  ValueType: 0x11,
  Class: 0x12,
  Var: 0x13,
  Array: 0x14,
  GenericInst: 0x15,
  TypedByRef: 0x16,
  I: 0x18,
  U: 0x19,
  FnPtr: 0x1b,
  Object: 0x1c,
  SzArray: 0x1d,
  MVar: 0x1e,
  CModReqd: 0x1f,
  CModOpt: 0x20,
  Internal: 0x21,
  Modifier: 0x40,
  Sentinel: 0x41,
  Pinned: 0x45,
  /** The four below stand in custom attributes only (II.23.3). */
  Type: 0x50,
  Boxed: 0x51,
  Field: 0x53,
  Property: 0x54,
  Enum: 0x55,
} as const;

export type ElementType = (typeof ElementType)[keyof typeof ElementType];

/** The types whose values stand in a blob as they are, by the names that constants (II.22.9) and attributes (II.23.3) share. */
export const valueElementTypes = {
  boolean: ElementType.Boolean,
  char: ElementType.Char,
  i1: ElementType.I1,
  u1: ElementType.U1,
  i2: ElementType.I2,
  u2: ElementType.U2,
  i4: ElementType.I4,
  u4: ElementType.U4,
  i8: ElementType.I8,
  u8: ElementType.U8,
  r4: ElementType.R4,
  r8: ElementType.R8,
  string: ElementType.String,
} as const;

/** The types that are an element type and nothing more, by the names that IL gives them (ECMA-335 II.7.1). */
export const primitiveElementTypes = {
  void: ElementType.Void,
  bool: ElementType.Boolean,
  char: ElementType.Char,
  int8: ElementType.I1,
  uint8: ElementType.U1,
  int16: ElementType.I2,
  uint16: ElementType.U2,
  int32: ElementType.I4,
  uint32: ElementType.U4,
  int64: ElementType.I8,
  uint64: ElementType.U8,
  float32: ElementType.R4,
  float64: ElementType.R8,
  string: ElementType.String,
  typedref: ElementType.TypedByRef,
  'native int': ElementType.I,
  'native uint': ElementType.U,
  object: ElementType.Object,
} as const satisfies Record<string, ElementType>;

export type PrimitiveName = keyof typeof primitiveElementTypes;

const namesByElementType: readonly (PrimitiveName | undefined)[] = Array.from({ length: 0x20 }, (_, code) =>
  (Object.keys(primitiveElementTypes) as PrimitiveName[]).find((name) => primitiveElementTypes[name] === code),
);

/** The primitive type of an element type, or `undefined` when there is more to it. */
export const primitiveNameOf = (code: number): PrimitiveName | undefined => namesByElementType[code];
