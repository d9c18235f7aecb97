import { type Metadata, type Table, TableId, tokenTable, typeFullName } from '@ijw/metadata';
import {
  CallingConvention,
  type MethodSignature,
  SignatureDecoder,
  signatureKindOf,
  type TypeNode,
  typeNodes,
} from '@ijw/metadata/signatures';

export type Tally = Record<string, number>;

export const count = (tally: Tally, key: string): void => {
  tally[key] = (tally[key] ?? 0) + 1;
};

const conventions: Readonly<Record<number, string>> = {
  [CallingConvention.Default]: 'default',
  [CallingConvention.C]: 'C',
  [CallingConvention.StdCall]: 'stdcall',
  [CallingConvention.ThisCall]: 'thiscall',
  [CallingConvention.FastCall]: 'fastcall',
  [CallingConvention.VarArg]: 'vararg',
  [CallingConvention.Unmanaged]: 'unmanaged',
};

export const conventionOf = ({ header }: MethodSignature<TypeNode>): string =>
  conventions[header & 0xf] ?? `0x${(header & 0xf).toString(16)}`;

const modifierName = (metadata: Metadata, type: TypeNode & { kind: 'modified' }): string => {
  const { modifier } = type;
  if (modifier.kind !== 'named' || tokenTable(modifier.token) === TableId.TypeSpec) return 'TypeSpec';
  return typeFullName(metadata, modifier.token);
};

/** The calling conventions that modifiers of the return type tell. */
export function callConvModifiers(metadata: Metadata, { returnType }: MethodSignature<TypeNode>): string[] {
  const names: string[] = [];
  for (let type = returnType; type.kind === 'modified'; type = type.unmodified) {
    const name = modifierName(metadata, type).replace(/^.*\./, '');
    if (name.startsWith('CallConv')) names.push(name);
  }
  return names;
}

/** Function pointers and modifiers wherever they stand in a type. */
export class TypeCensus {
  readonly functionPointers: Tally = {};
  readonly modifiers: Tally = {};
  private readonly metadata: Metadata;

  constructor(metadata: Metadata) {
    this.metadata = metadata;
  }

  method({ returnType, parameterTypes }: MethodSignature<TypeNode>): void {
    this.type(returnType);
    this.types(parameterTypes);
  }

  types(types: readonly TypeNode[]): void {
    for (const type of types) this.type(type);
  }

  type(type: TypeNode): void {
    switch (type.kind) {
      case 'pointer':
      case 'byReference':
      case 'pinned':
      case 'szArray':
      case 'array':
        this.type(type.element);
        break;
      case 'genericInstance':
        this.types(type.arguments);
        break;
      case 'functionPointer':
        count(this.functionPointers, [conventionOf(type.signature), ...callConvModifiers(this.metadata, type.signature)].join('+'));
        this.method(type.signature);
        break;
      case 'modified':
        count(this.modifiers, `${type.required ? 'modreq' : 'modopt'} ${modifierName(this.metadata, type)}`);
        this.type(type.unmodified);
        break;
    }
  }
}

/** The columns that hold signatures. */
const signatureColumns = [
  ['Field', 'Signature'],
  ['MethodDef', 'Signature'],
  ['MemberRef', 'Signature'],
  ['StandAloneSig', 'Signature'],
  ['Property', 'Type'],
  ['TypeSpec', 'Signature'],
  ['MethodSpec', 'Instantiation'],
] as const;

/** What every signature of a file is made of. */
export function takeCensus(metadata: Metadata): TypeCensus {
  const census = new TypeCensus(metadata);
  const decoder = new SignatureDecoder(typeNodes);
  for (const [name, columnName] of signatureColumns) {
    const table: Table = metadata.tables[name];
    const column = table.columns.find((candidate) => candidate.name === columnName)!;
    for (let rid = 1; rid <= table.rowCount; rid++) {
      decoder.open(metadata.blobs, column.at(rid));
      if (name === 'TypeSpec') {
        census.type(decoder.type());
        continue;
      }
      const kind = signatureKindOf(decoder.header!);
      if (kind === 'field') census.type(decoder.field());
      else if (kind === 'locals') census.types(decoder.locals());
      else if (kind === 'methodSpec') census.types(decoder.methodSpec());
      else census.method(decoder.method());
    }
  }
  return census;
}
