import { ifReadable } from '@ijw/binary';
import type { NanoAssembly } from './nano-assembly.ts';
import { SignatureText } from './nano-signatures.ts';
import { type NanoTableName, NO_INDEX } from './nano-tables.ts';

/** A reference of 16 bits: the highest bits say which table it is about. */
interface CompressedToken {
  readonly bits: number;
  readonly tables: readonly NanoTableName[];
}

/** By the number of the format: what types, methods and fields in code and rows refer to (metadata-processor, `CompressTokenHelper.cs`). */
const TOKENS: Readonly<Record<1 | 2, Readonly<Record<'type' | 'method' | 'field', CompressedToken>>>> = {
  1: {
    type: { bits: 2, tables: ['TypeDef', 'TypeSpec', 'TypeRef'] },
    method: { bits: 1, tables: ['MethodDef', 'MethodRef'] },
    field: { bits: 1, tables: ['FieldDef', 'FieldRef'] },
  },
  2: {
    type: { bits: 2, tables: ['TypeDef', 'TypeRef', 'TypeSpec', 'GenericParam'] },
    method: { bits: 1, tables: ['MethodDef', 'MethodRef'] },
    field: { bits: 1, tables: ['FieldDef', 'FieldRef'] },
  },
};

/** Types inside types; more of them are taken for a loop. */
const DEEPEST = 20;

/** Names of types and members. A name that cannot be read is `?`. */
export class NanoNames {
  readonly signatures: SignatureText;
  readonly #assembly: NanoAssembly;
  /** By the index of a method or field: the index of its type. */
  readonly #ownerOfMethod: ReadonlyMap<number, number>;
  readonly #ownerOfField: ReadonlyMap<number, number>;

  constructor(assembly: NanoAssembly) {
    this.#assembly = assembly;
    this.signatures = new SignatureText(assembly, (table, index) => this.of(table, index));
    this.#ownerOfMethod = owners(assembly, ['FirstMethod', 'VirtualMethodCount', 'InstanceMethodCount', 'StaticMethodCount']);
    const statics = owners(assembly, ['FirstStaticField', 'StaticFieldsCount']);
    this.#ownerOfField = new Map([...statics, ...owners(assembly, ['FirstInstanceField', 'InstanceFieldsCount'])]);
  }

  /** Of a row of a table, by the index. */
  of(table: NanoTableName, index: number): string {
    return ifReadable(() => this.#of(table, index, 0)) ?? '?';
  }

  /** Of a reference of 16 bits in code or in a row. */
  compressed(kind: 'type' | 'method' | 'field', value: number): string {
    const { bits, tables } = TOKENS[this.#assembly.header.format][kind];
    const table = tables[value >>> (16 - bits)];
    return table === undefined ? '?' : this.of(table, value & ((1 << (16 - bits)) - 1));
  }

  /** The simple name of a row. */
  simple(table: NanoTableName, index: number): string {
    return this.#assembly.string(this.#number(table, index, 'Name'));
  }

  #number(table: NanoTableName, index: number, column: string): number {
    return this.#assembly.table(table)?.number(index, column) ?? NO_INDEX;
  }

  #of(table: NanoTableName, index: number, depth: number): string {
    if (depth > DEEPEST) return '?';
    switch (table) {
      case 'TypeDef':
        return this.#typeDef(index, depth);
      case 'TypeRef':
        return this.#typeRef(index, depth);
      case 'TypeSpec':
        return this.signatures.type(this.#number('TypeSpec', index, 'Signature'));
      case 'MethodDef':
        return `${this.#owner(this.#ownerOfMethod.get(index), depth)}::${this.simple(table, index)}`;
      case 'FieldDef':
        return `${this.#owner(this.#ownerOfField.get(index), depth)}::${this.simple(table, index)}`;
      case 'MethodRef':
      case 'FieldRef':
        return `${this.compressed('type', this.#number(table, index, 'Container'))}::${this.simple(table, index)}`;
      default:
        return this.simple(table, index);
    }
  }

  #owner(type: number | undefined, depth: number): string {
    return type === undefined ? '?' : this.#typeDef(type, depth + 1);
  }

  #typeDef(index: number, depth: number): string {
    const outer = this.#number('TypeDef', index, 'EnclosingType');
    const name = this.simple('TypeDef', index);
    if (outer !== NO_INDEX) return `${this.#of('TypeDef', outer, depth + 1)}/${name}`;
    return qualified(this.#assembly.string(this.#number('TypeDef', index, 'NameSpace')), name);
  }

  #typeRef(index: number, depth: number): string {
    const scope = this.#number('TypeRef', index, 'Scope');
    const name = this.simple('TypeRef', index);
    if (scope & 0x8000) return `${this.#of('TypeRef', scope & 0x7fff, depth + 1)}/${name}`;
    const full = qualified(this.#assembly.string(this.#number('TypeRef', index, 'NameSpace')), name);
    return `[${this.simple('AssemblyRef', scope)}]${full}`;
  }
}

const qualified = (namespace: string, name: string): string => (namespace === '' ? name : `${namespace}.${name}`);

/** The type of each member of a list: columns of a TypeDef with the first index and the counts. */
function owners(assembly: NanoAssembly, [first = '', ...counts]: readonly string[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const types = assembly.table('TypeDef');
  for (let type = 0; types !== undefined && type < types.rowCount; type++) {
    const row = types.row(type);
    const count = counts.reduce((sum, column) => sum + Number(row[column]), 0);
    for (let index = 0; index < count; index++) found.set(Number(row[first]) + index, type);
  }
  return found;
}
