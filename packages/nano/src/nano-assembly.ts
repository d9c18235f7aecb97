import { ByteReader, ExpansionBudget } from '@ijw/binary';
import { type NanoHeader, readNanoHeader, readVersion } from './nano-header.ts';
import { columnSizes, type NanoColumns, type NanoTableName, NO_INDEX, nanoLayouts } from './nano-tables.ts';
import { wellKnownString } from './well-known-strings.ts';

/** A row: numbers, and text for a version. */
export type NanoRow = Readonly<Record<string, number | string>>;

/** Rows that are read when they are asked for. Indexes start at 0. */
export class NanoRows {
  readonly columns: NanoColumns;
  readonly rowCount: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #rowSize: number;

  constructor(columns: NanoColumns, bytes: Uint8Array, start: number, end: number) {
    this.columns = columns;
    this.#bytes = bytes;
    this.#start = start;
    this.#rowSize = columns.reduce((size, [, kind]) => size + columnSizes[kind], 0);
    // Indexes have 16 bits, and the highest stands for none.
    this.rowCount = Math.min(NO_INDEX, Math.floor((end - start) / this.#rowSize));
  }

  /** @throws BadImageError for an index behind the last row */
  row(index: number): NanoRow {
    const reader = new ByteReader(this.#bytes, { reading: 'a row of a nanoFramework table' });
    if (!(index >= 0 && index < this.rowCount)) throw reader.error('BAD_INDEX', `row ${index} of ${this.rowCount}`, 0);
    reader.position = this.#start + index * this.#rowSize;
    const row: Record<string, number | string> = {};
    for (const [name, kind] of this.columns) {
      const value = kind === 'version' ? readVersion(reader) : kind === 'u8' ? reader.u8() : kind === 'u32' ? reader.u32() : reader.u16();
      if (kind !== 'padding') row[name] = value;
    }
    return row;
  }

  /** A number of a row. */
  number(index: number, column: string): number {
    return Number(this.row(index)[column] ?? NO_INDEX);
  }
}

/** A `.pe` file of .NET nanoFramework. Opening reads the header; rows, names and code are read when they are asked for. */
export class NanoAssembly {
  readonly header: NanoHeader;
  readonly bytes: Uint8Array;
  /** What strings, signatures and code may give in one pass: any number of rows may name the same. */
  readonly expansion: ExpansionBudget;
  readonly #tables = new Map<NanoTableName, NanoRows>();
  readonly #blobs = new Map<NanoTableName, Uint8Array>();

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.header = readNanoHeader(bytes);
    this.expansion = ExpansionBudget.ofSharedData(bytes.length, 'a nanoFramework assembly');
    for (const [index, { name, columns }] of nanoLayouts[this.header.format].entries()) {
      const { start, end } = this.header.tables[index] ?? { start: 0, end: 0 };
      if (columns === undefined) this.#blobs.set(name, bytes.subarray(start, end));
      else this.#tables.set(name, new NanoRows(columns, bytes, start, end));
    }
  }

  /** @throws BadImageError */
  static parse(bytes: Uint8Array): NanoAssembly {
    return new NanoAssembly(bytes);
  }

  get name(): string {
    return this.string(this.header.name);
  }

  get tables(): ReadonlyMap<NanoTableName, NanoRows> {
    return this.#tables;
  }

  get blobs(): ReadonlyMap<NanoTableName, Uint8Array> {
    return this.#blobs;
  }

  /** Undefined for a blob, and for a table that the format does not have. */
  table(name: NanoTableName): NanoRows | undefined {
    return this.#tables.get(name);
  }

  blob(name: 'Strings' | 'Signatures' | 'ByteCode' | 'ResourcesData'): Uint8Array {
    return this.#blobs.get(name) ?? new Uint8Array(0);
  }

  /** A text of the string table: UTF-8 up to a zero byte, or one of those that every runtime has. Replacement characters stand for what is not UTF-8. @throws BadImageError */
  string(index: number): string {
    const strings = this.blob('Strings');
    if (index >= strings.length) return wellKnownString(index);
    const zero = strings.indexOf(0, index);
    const end = zero < 0 ? strings.length : zero;
    this.expansion.spend(end - index, { offset: strings.byteOffset - this.bytes.byteOffset + index });
    return utf8.decode(strings.subarray(index, end));
  }
}

const utf8 = new TextDecoder();
