import { type BadImageDetails, BadImageError, hex, UsageError } from '@ijw/binary';
import { TableId, type TableName } from './table-id.ts';
import { nilToken, type Token, tokenRid, tokenTable } from './token.ts';

/** The tables a coded index chooses from, by tag; `undefined` is a tag that is not used. */
interface CodedIndexSchema {
  readonly tagBits: number;
  readonly tables: readonly (TableName | undefined)[];
}

/** The possible parents of a custom attribute, by tag; custom debug information continues the list. */
const customAttributeParents = [
  'MethodDef',
  'Field',
  'TypeRef',
  'TypeDef',
  'Param',
  'InterfaceImpl',
  'MemberRef',
  'Module',
  'DeclSecurity',
  'Property',
  'Event',
  'StandAloneSig',
  'ModuleRef',
  'TypeSpec',
  'Assembly',
  'AssemblyRef',
  'File',
  'ExportedType',
  'ManifestResource',
  'GenericParam',
  'GenericParamConstraint',
  'MethodSpec',
] as const satisfies readonly TableName[];

/** ECMA-335 II.24.2.6; the last one is the Portable PDB specification's. */
export const codedIndexes = {
  TypeDefOrRef: { tagBits: 2, tables: ['TypeDef', 'TypeRef', 'TypeSpec'] },
  HasConstant: { tagBits: 2, tables: ['Field', 'Param', 'Property'] },
  HasCustomAttribute: {
    tagBits: 5,
    tables: customAttributeParents,
  },
  HasFieldMarshal: { tagBits: 1, tables: ['Field', 'Param'] },
  HasDeclSecurity: { tagBits: 2, tables: ['TypeDef', 'MethodDef', 'Assembly'] },
  MemberRefParent: { tagBits: 3, tables: ['TypeDef', 'TypeRef', 'ModuleRef', 'MethodDef', 'TypeSpec'] },
  HasSemantics: { tagBits: 1, tables: ['Event', 'Property'] },
  MethodDefOrRef: { tagBits: 1, tables: ['MethodDef', 'MemberRef'] },
  MemberForwarded: { tagBits: 1, tables: ['Field', 'MethodDef'] },
  Implementation: { tagBits: 2, tables: ['File', 'AssemblyRef', 'ExportedType'] },
  CustomAttributeType: { tagBits: 3, tables: [undefined, undefined, 'MethodDef', 'MemberRef', undefined] },
  ResolutionScope: { tagBits: 2, tables: ['Module', 'ModuleRef', 'AssemblyRef', 'TypeRef'] },
  TypeOrMethodDef: { tagBits: 1, tables: ['TypeDef', 'MethodDef'] },
  HasCustomDebugInformation: {
    tagBits: 5,
    tables: [...customAttributeParents, 'Document', 'LocalScope', 'LocalVariable', 'LocalConstant', 'ImportScope'],
  },
} as const satisfies Record<string, CodedIndexSchema>;

export type CodedIndexKind = keyof typeof codedIndexes;

/** -1 marks a tag without a table, so that the array stays one of small integers. */
const tableIdsByTag = Object.fromEntries<readonly number[]>(
  Object.entries(codedIndexes).map(([kind, schema]) => [kind, schema.tables.map((name) => (name === undefined ? -1 : TableId[name]))]),
) as Record<CodedIndexKind, readonly number[]>;

/** Decodes and encodes one kind of coded index; a column keeps its own, so that a row costs no lookup by name. */
export class CodedIndexDecoder {
  readonly kind: CodedIndexKind;
  readonly #bits: number;
  readonly #mask: number;
  readonly #tables: readonly number[];

  constructor(kind: CodedIndexKind) {
    this.kind = kind;
    this.#bits = codedIndexes[kind].tagBits;
    this.#mask = (1 << this.#bits) - 1;
    this.#tables = tableIdsByTag[kind];
  }

  /** The token, nil (0) for row 0 whatever the tag, or -1 when the tag names no table or the row is beyond 24 bits. */
  decode(raw: number): Token | -1 {
    const rid = raw >>> this.#bits;
    if (rid === 0) return nilToken;
    const tag = raw & this.#mask;
    const table = tag < this.#tables.length ? this.#tables[tag]! : -1;
    if (table < 0 || rid > 0xffffff) return -1;
    return ((table << 24) | rid) as Token;
  }

  /** The twin of `decode`. Nil is 0. @throws UsageError if the kind does not include the token's table */
  encode(token: Token): number {
    const rid = tokenRid(token);
    if (rid === 0) return 0;
    const tag = this.#tables.indexOf(tokenTable(token));
    if (tag < 0) throw new UsageError(`${hex(token, 8)} cannot be a ${this.kind}`);
    return rid * (this.#mask + 1) + tag;
  }
}

const decoders = Object.fromEntries(
  Object.keys(codedIndexes).map((kind) => [kind, new CodedIndexDecoder(kind as CodedIndexKind)]),
) as Record<CodedIndexKind, CodedIndexDecoder>;

/** The shared decoder of a kind. */
export const codedIndexDecoder = (kind: CodedIndexKind): CodedIndexDecoder => decoders[kind];

/**
 * The token a coded index stands for; row 0 gives the nil token 0.
 * @param place where the index was read, for the error
 * @throws BadImageError BAD_CODED_INDEX when the tag names no table
 */
export function decodeCodedIndex(
  kind: CodedIndexKind,
  raw: number,
  place: Partial<Pick<BadImageDetails, 'offset' | 'rva' | 'reading'>> = {},
): Token {
  const token = decoders[kind].decode(raw);
  if (token !== -1) return token;
  throw new BadImageError({
    code: 'BAD_CODED_INDEX',
    offset: place.offset ?? 0,
    ...(place.rva !== undefined && { rva: place.rva }),
    reading: place.reading ?? `a ${kind} index`,
    message: `${hex(raw)} is not a ${kind} index`,
  });
}

/** The twin of `decodeCodedIndex`. Nil is 0. @throws UsageError if the kind does not include the token's table */
export const encodeCodedIndex = (kind: CodedIndexKind, token: Token): number => decoders[kind].encode(token);
