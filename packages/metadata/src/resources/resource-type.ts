/** `ResourceTypeCode` of the runtime (System.Resources.ResourceTypeCode): the types that a `.resources` file of version 2 knows by number. */
export const ResourceValueType = {
  null: 0x00,
  string: 0x01,
  boolean: 0x02,
  char: 0x03,
  byte: 0x04,
  sbyte: 0x05,
  int16: 0x06,
  uint16: 0x07,
  int32: 0x08,
  uint32: 0x09,
  int64: 0x0a,
  uint64: 0x0b,
  single: 0x0c,
  double: 0x0d,
  decimal: 0x0e,
  dateTime: 0x0f,
  timeSpan: 0x10,
  byteArray: 0x20,
  stream: 0x21,
} as const;

export type ResourceTypeName = keyof typeof ResourceValueType;

/** Type codes from here on count into the file's own list of types. */
export const FIRST_USER_TYPE = 0x40;

/** The types that a file of version 1 writes as plain values, by the name before the comma of the assembly. */
export const versionOneTypes: ReadonlyMap<string, ResourceTypeName> = new Map([
  ['System.String', 'string'],
  ['System.Boolean', 'boolean'],
  ['System.Char', 'char'],
  ['System.Byte', 'byte'],
  ['System.SByte', 'sbyte'],
  ['System.Int16', 'int16'],
  ['System.UInt16', 'uint16'],
  ['System.Int32', 'int32'],
  ['System.UInt32', 'uint32'],
  ['System.Int64', 'int64'],
  ['System.UInt64', 'uint64'],
  ['System.Single', 'single'],
  ['System.Double', 'double'],
  ['System.Decimal', 'decimal'],
  ['System.DateTime', 'dateTime'],
  ['System.TimeSpan', 'timeSpan'],
]);

const names = new Map<number, ResourceTypeName>(
  Object.entries(ResourceValueType).map(([name, value]) => [value, name as ResourceTypeName]),
);

/** The name of a type code, `undefined` for one that no runtime defines and for user types. */
export const resourceTypeName = (code: number): ResourceTypeName | undefined => names.get(code);
