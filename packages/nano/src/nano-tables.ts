/** How a column is stored. `string` and `signature` are places in the blobs of those names; `version` is four numbers of two bytes. */
export type NanoColumnKind = 'u8' | 'u16' | 'u32' | 'string' | 'signature' | 'version' | 'padding';

export const columnSizes: Readonly<Record<NanoColumnKind, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  string: 2,
  signature: 2,
  version: 8,
  padding: 2,
};

export type NanoColumns = readonly (readonly [name: string, kind: NanoColumnKind])[];

/** A table of rows or, without columns, a blob. */
export interface NanoTableLayout {
  readonly name: NanoTableName;
  readonly columns?: NanoColumns;
}

export type NanoTableName =
  | 'AssemblyRef'
  | 'TypeRef'
  | 'FieldRef'
  | 'MethodRef'
  | 'TypeDef'
  | 'FieldDef'
  | 'MethodDef'
  | 'GenericParam'
  | 'GenericParamConstraint'
  | 'MethodSpec'
  | 'Attributes'
  | 'TypeSpec'
  | 'Resources'
  | 'ResourcesData'
  | 'Strings'
  | 'Signatures'
  | 'ByteCode'
  | 'ResourcesFiles';

const REFERENCE: NanoColumns = [
  ['Name', 'string'],
  ['Container', 'u16'],
  ['Signature', 'signature'],
  ['', 'padding'],
];

const GENERIC: NanoColumns = [
  ['FirstGenericParam', 'u16'],
  ['GenericParamCount', 'u8'],
];

const typeDef = (generic: NanoColumns): NanoColumns => [
  ['Name', 'string'],
  ['NameSpace', 'string'],
  ['Extends', 'u16'],
  ['EnclosingType', 'u16'],
  ['Interfaces', 'signature'],
  ['FirstMethod', 'u16'],
  ['VirtualMethodCount', 'u8'],
  ['InstanceMethodCount', 'u8'],
  ['StaticMethodCount', 'u8'],
  ['DataType', 'u8'],
  ['FirstStaticField', 'u16'],
  ['FirstInstanceField', 'u16'],
  ['StaticFieldsCount', 'u8'],
  ['InstanceFieldsCount', 'u8'],
  ...generic,
  ['Flags', 'u16'],
];

const methodDef = (generic: NanoColumns): NanoColumns => [
  ['Name', 'string'],
  ['RVA', 'u16'],
  ['Flags', 'u32'],
  ['RetVal', 'u8'],
  ['ArgumentsCount', 'u8'],
  ['LocalsCount', 'u8'],
  ['LengthEvalStack', 'u8'],
  ['Locals', 'signature'],
  ...generic,
  ['Signature', 'signature'],
];

const REFERENCES: readonly NanoTableLayout[] = [
  {
    name: 'AssemblyRef',
    columns: [
      ['Name', 'string'],
      ['', 'padding'],
      ['Version', 'version'],
    ],
  },
  {
    name: 'TypeRef',
    columns: [
      ['Name', 'string'],
      ['NameSpace', 'string'],
      ['Scope', 'u16'],
      ['', 'padding'],
    ],
  },
  { name: 'FieldRef', columns: REFERENCE },
  { name: 'MethodRef', columns: REFERENCE },
];

const FIELD_DEF: NanoTableLayout = {
  name: 'FieldDef',
  columns: [
    ['Name', 'string'],
    ['Signature', 'signature'],
    ['DefaultValue', 'signature'],
    ['Flags', 'u16'],
  ],
};

const REST: readonly NanoTableLayout[] = [
  {
    name: 'Attributes',
    columns: [
      ['OwnerType', 'u16'],
      ['OwnerIndex', 'u16'],
      ['Constructor', 'u16'],
      ['Data', 'signature'],
    ],
  },
  {
    name: 'TypeSpec',
    columns: [
      ['Signature', 'signature'],
      ['', 'padding'],
    ],
  },
  {
    name: 'Resources',
    columns: [
      ['Id', 'u16'],
      ['Kind', 'u8'],
      ['Flags', 'u8'],
      ['Offset', 'u32'],
    ],
  },
  { name: 'ResourcesData' },
  { name: 'Strings' },
  { name: 'Signatures' },
  { name: 'ByteCode' },
  {
    name: 'ResourcesFiles',
    columns: [
      ['Version', 'u32'],
      ['SizeOfHeader', 'u32'],
      ['SizeOfResourceHeader', 'u32'],
      ['NumberOfResources', 'u32'],
      ['Name', 'string'],
      ['', 'padding'],
      ['Offset', 'u32'],
    ],
  },
];

/** The tables in the order of the header (nanoframework.github.io, `pe-file/AssemblyHeader.md`), by the number in the marker `NFMRK1` or `NFMRK2`. */
export const nanoLayouts: Readonly<Record<1 | 2, readonly NanoTableLayout[]>> = {
  1: [...REFERENCES, { name: 'TypeDef', columns: typeDef([]) }, FIELD_DEF, { name: 'MethodDef', columns: methodDef([]) }, ...REST],
  2: [
    ...REFERENCES,
    { name: 'TypeDef', columns: typeDef(GENERIC) },
    FIELD_DEF,
    { name: 'MethodDef', columns: methodDef(GENERIC) },
    {
      name: 'GenericParam',
      columns: [
        ['Number', 'u16'],
        ['Flags', 'u16'],
        ['Owner', 'u16'],
        ['Name', 'string'],
      ],
    },
    {
      name: 'GenericParamConstraint',
      columns: [
        ['Owner', 'u16'],
        ['Constraint', 'u16'],
      ],
    },
    {
      name: 'MethodSpec',
      columns: [
        ['Method', 'u16'],
        ['Instantiation', 'signature'],
      ],
    },
    ...REST,
  ],
};

/** Bits of `Flags` of a TypeDef and a MethodDef. */
export const NanoTypeFlags = { SemanticsMask: 0x30, ValueType: 0x10, Interface: 0x20, Enum: 0x30, Abstract: 0x40, Sealed: 0x80 } as const;
export const NanoMethodFlags = { Static: 0x10, Virtual: 0x40, Abstract: 0x200, HasExceptionHandlers: 0x40000000 } as const;

/** What is not there: an index of 0xFFFF. */
export const NO_INDEX = 0xffff;
