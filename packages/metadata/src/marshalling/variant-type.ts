/** Element types of COM safe arrays: `VARENUM` of wtypes.h, of which ECMA-335 II.7.4 names a part. */
export const VariantType = {
  empty: 0,
  null: 1,
  i2: 2,
  i4: 3,
  r4: 4,
  r8: 5,
  cy: 6,
  date: 7,
  bstr: 8,
  dispatch: 9,
  error: 10,
  bool: 11,
  variant: 12,
  unknown: 13,
  decimal: 14,
  i1: 16,
  ui1: 17,
  ui2: 18,
  ui4: 19,
  i8: 20,
  ui8: 21,
  int: 22,
  uint: 23,
  void: 24,
  hresult: 25,
  ptr: 26,
  safeArray: 27,
  cArray: 28,
  userDefined: 29,
  lpStr: 30,
  lpWStr: 31,
  record: 36,
  fileTime: 64,
  blob: 65,
  stream: 66,
  storage: 67,
  streamedObject: 68,
  storedObject: 69,
  blobObject: 70,
  cf: 71,
  clsid: 72,
} as const;

export type VariantTypeName = keyof typeof VariantType;

/** Flags of a `VariantType` (wtypes.h). */
export const VariantTypeFlag = { vector: 0x1000, array: 0x2000, byRef: 0x4000 } as const;

const names = new Map<number, VariantTypeName>(Object.entries(VariantType).map(([name, value]) => [value, name as VariantTypeName]));

/** The name of a variant type without its flags, `undefined` for a value that wtypes.h does not define. */
export const variantTypeName = (value: number): VariantTypeName | undefined => names.get(value & 0xfff);
