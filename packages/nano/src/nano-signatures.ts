import { ByteReader, ifReadable } from '@ijw/binary';
import type { NanoAssembly } from './nano-assembly.ts';
import { type NanoTableName, NO_INDEX } from './nano-tables.ts';

/** The data types by number, as IL names them (nanoframework.github.io, `Common-PE-Types-and-Enumerations.md`). */
const PRIMITIVES: readonly string[] = [
  'void',
  'bool',
  'int8',
  'uint8',
  'char',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'float32',
  'int64',
  'uint64',
  'float64',
  'System.DateTime',
  'System.TimeSpan',
  'string',
  'object',
];

const DataType = { Class: 17, ValueType: 18, SzArray: 19, ByRef: 20, Var: 21, GenericInst: 22, MVar: 23 } as const;
/** The data type of WeakReference: the second format has three more before it. */
const WEAK_CLASS: Readonly<Record<1 | 2, number>> = { 1: 24, 2: 27 };
const FIELD = 6;
const HAS_THIS = 0x20;
const DEEPEST = 50;

/** The tables of a compressed TypeDefOrRef in a signature (ECMA-335 II.23.2.8), which begins at 0 here. */
const TYPE_TABLES: readonly NanoTableName[] = ['TypeDef', 'TypeRef', 'TypeSpec'];

/** The name of a row of a table. */
type NameOf = (table: NanoTableName, index: number) => string;

/** Signatures as text. One that cannot be read is `?`. */
export class SignatureText {
  readonly #assembly: NanoAssembly;
  readonly #nameOf: NameOf;

  constructor(assembly: NanoAssembly, nameOf: NameOf) {
    this.#assembly = assembly;
    this.#nameOf = nameOf;
  }

  /** A type that stands alone, as a TypeSpec has it. */
  type(place: number): string {
    return this.#read(place, (reader) => this.#type(reader, 0));
  }

  field(place: number): string {
    return this.#read(place, (reader) => {
      if (reader.u8() !== FIELD) throw reader.error('BAD_SIGNATURE', 'is not the signature of a field', 0);
      return this.#type(reader, 0);
    });
  }

  /** `int32 name(string)`, with `instance` before it for a method that has a `this`. */
  method(place: number, name: string): string {
    return this.#read(place, (reader) => {
      const convention = reader.u8();
      const count = reader.u8();
      const result = this.#type(reader, 0);
      const parameters = this.#types(reader, count);
      return `${convention & HAS_THIS ? 'instance ' : ''}${result} ${name}(${parameters.join(', ')})`;
    });
  }

  /** A list of as many types: the locals of a method. */
  locals(place: number, count: number): string {
    return count === 0 || place === NO_INDEX ? '' : this.#read(place, (reader) => this.#types(reader, count).join(', '));
  }

  /** The types that a type implements: their number is in the signature. */
  interfaces(place: number): string {
    return place === NO_INDEX ? '' : this.#read(place, (reader) => this.#types(reader, reader.u8()).join(', '));
  }

  #read(place: number, read: (reader: ByteReader) => string): string {
    const reader = new ByteReader(this.#assembly.blob('Signatures'), { reading: 'a signature of a nanoFramework assembly' });
    return (
      ifReadable(() => {
        reader.take(place);
        const text = read(reader);
        this.#assembly.expansion.spend(reader.position - place, { offset: 0 });
        return text;
      }) ?? '?'
    );
  }

  #types(reader: ByteReader, count: number): readonly string[] {
    return Array.from({ length: count }, () => this.#type(reader, 0));
  }

  #type(reader: ByteReader, depth: number): string {
    if (depth > DEEPEST) throw reader.error('TOO_DEEP', 'nests too many types');
    const code = reader.u8();
    switch (code) {
      case DataType.Class:
      case DataType.ValueType:
        return `${code === DataType.Class ? 'class' : 'valuetype'} ${this.#named(reader)}`;
      case DataType.SzArray:
        return `${this.#type(reader, depth + 1)}[]`;
      case DataType.ByRef:
        return `${this.#type(reader, depth + 1)}&`;
      default:
        return PRIMITIVES[code] ?? this.#other(code, reader, depth);
    }
  }

  #other(code: number, reader: ByteReader, depth: number): string {
    const { format } = this.#assembly.header;
    if (code === WEAK_CLASS[format]) return 'class System.WeakReference';
    if (format === 2 && (code === DataType.Var || code === DataType.MVar)) return `${code === DataType.Var ? '!' : '!!'}${reader.u8()}`;
    if (format !== 2 || code !== DataType.GenericInst) throw reader.error('BAD_SIGNATURE', `${code} is not a data type`);
    const generic = this.#type(reader, depth + 1);
    const count = reader.u8();
    return `${generic}<${Array.from({ length: count }, () => this.#type(reader, depth + 1)).join(', ')}>`;
  }

  #named(reader: ByteReader): string {
    const coded = reader.compressedUnsigned();
    const table = TYPE_TABLES[coded & 3];
    if (table === undefined) throw reader.error('BAD_SIGNATURE', `${coded} is not a type`);
    return this.#nameOf(table, coded >>> 2);
  }
}
