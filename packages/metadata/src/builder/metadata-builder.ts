import { UsageError } from '@ijw/binary';
import { writeMetadataRoot } from '../metadata-root.ts';
import { type PdbStream, writePdbStream } from '../pdb-stream.ts';
import type { StreamName } from '../stream-selection.ts';
import { encodeCodedIndex } from '../tables/coded-index.ts';
import { type ColumnKind, type ColumnName, tableSchemas } from '../tables/schema.ts';
import { TableId, type TableName } from '../tables/table-id.ts';
import { HeapSizes, type LayoutInput } from '../tables/table-layout.ts';
import { makeToken, type Token, type TokenOf, tokenRid } from '../tables/token.ts';
import { BlobHeapBuilder } from './blob-heap-builder.ts';
import { GuidHeapBuilder } from './guid-heap-builder.ts';
import { StringHeapBuilder } from './string-heap-builder.ts';
import { type RawRow, rowCountsOf, sortTables, type TablesHeaderOverrides, writeTables } from './tables-writer.ts';
import { UserStringHeapBuilder } from './user-string-heap-builder.ts';

/** The accepted values of a column; a number for a heap column is an offset (an index, for #GUID). */
export type CellInput<K extends ColumnKind> = K extends { kind: 'string' }
  ? string | number
  : K extends { kind: 'guid' }
    ? string | Uint8Array | number
    : K extends { kind: 'blob' }
      ? Uint8Array | number
      : K extends { kind: 'coded' }
        ? Token
        : number;

/** A row by column name. An absent column is 0; an absent run starts at the target's next row. */
export type RowInput<N extends TableName> = { readonly [C in ColumnName<N>]?: CellInput<(typeof tableSchemas)[N][C] & ColumnKind> };

export interface NamedStream {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface BuildOptions {
  /** Of the root; `v4.0.30319` when left out, `PDB v1.0` with a `pdb`. */
  readonly version?: string;
  /** The name of the tables stream. */
  readonly tablesStream?: '#~' | '#-';
  /** Adds the `#Pdb` stream of a portable PDB; its row counts widen the columns that name rows of the type system. */
  readonly pdb?: PdbStream;
  /** Adds `#JTD` and makes every index 4 bytes wide. */
  readonly minimalDelta?: boolean;
  /** Heaps to index with 4 bytes even when they are small: `HeapSizes` bits. */
  readonly largeHeaps?: number;
  /** Keeps the rows in the order they were added, in a compressed stream too. */
  readonly keepOrder?: boolean;
  readonly header?: TablesHeaderOverrides;
  /** Bytes in place of a stream's own. */
  readonly replace?: Partial<Record<StreamName, Uint8Array>>;
  /** Streams before and after the usual ones, of any name, also one that is there already. */
  readonly before?: readonly NamedStream[];
  readonly after?: readonly NamedStream[];
}

/**
 * Writes metadata: every table, every heap. `Metadata` reads back what it wrote; sizes of columns come from the same schema. A token is valid from
 * the moment its row was added, and stays so (only tables that no token names are put in order).
 */
export class MetadataBuilder {
  readonly strings = new StringHeapBuilder();
  readonly userStrings = new UserStringHeapBuilder();
  readonly guids = new GuidHeapBuilder();
  readonly blobs = new BlobHeapBuilder();
  readonly #tables = new Map<TableName, RawRow[]>();

  rowCount(table: TableName): number {
    return this.#tables.get(table)?.length ?? 0;
  }

  /** Adds a row and returns its token. @throws UsageError for a token that the column cannot hold */
  add<N extends TableName>(table: N, row: RowInput<N> = {}): TokenOf<N> {
    const input = row as Readonly<Record<string, string | number | Uint8Array | undefined>>;
    const cells = Object.entries<ColumnKind>(tableSchemas[table]).map(([name, kind]) => this.#cell(kind, input[name]));
    const rows = this.#tables.get(table) ?? [];
    this.#tables.set(table, rows);
    rows.push(cells);
    return makeToken(TableId[table], rows.length) as unknown as TokenOf<N>;
  }

  /** Overwrites a cell with a raw value, which may be one that no row has. */
  set<N extends TableName>(table: N, rid: number, column: ColumnName<N>, raw: number): void {
    const row = this.#tables.get(table)?.[rid - 1];
    const index = Object.keys(tableSchemas[table]).indexOf(column);
    if (row === undefined || index < 0) throw new UsageError(`${table} has no row ${rid} or no column "${column}"`);
    row[index] = raw;
  }

  /** The metadata from its `BSJB` signature on. */
  build(options: BuildOptions = {}): Uint8Array {
    const tablesStream = options.tablesStream ?? '#~';
    if (tablesStream === '#~' && !options.keepOrder) sortTables(this.#tables);
    const layout = this.#layoutInput(options);
    const streams: NamedStream[] = [
      { name: tablesStream, bytes: writeTables(this.#tables, layout, options.header) },
      { name: '#Strings', bytes: this.strings.toBytes() },
      { name: '#US', bytes: this.userStrings.toBytes() },
      { name: '#GUID', bytes: this.guids.toBytes() },
      { name: '#Blob', bytes: this.blobs.toBytes() },
    ];
    if (options.pdb !== undefined) streams.unshift({ name: '#Pdb', bytes: writePdbStream(options.pdb) });
    if (options.minimalDelta) streams.push({ name: '#JTD', bytes: new Uint8Array(0) });
    const replaced = streams.map(({ name, bytes }) => ({ name, bytes: options.replace?.[name as StreamName] ?? bytes }));
    const version = options.version ?? (options.pdb === undefined ? 'v4.0.30319' : 'PDB v1.0');
    return writeMetadataRoot({ version, streams: [...(options.before ?? []), ...replaced, ...(options.after ?? [])] });
  }

  #layoutInput({ pdb, largeHeaps = 0, minimalDelta = false, header }: BuildOptions): LayoutInput {
    const large = (size: number, bit: number) => (size > 0xffff ? bit : 0);
    const heapSizes =
      largeHeaps |
      large(this.strings.size, HeapSizes.LargeStrings) |
      large(this.guids.size / 16, HeapSizes.LargeGuids) |
      large(this.blobs.size, HeapSizes.LargeBlobs);
    const rowCounts = rowCountsOf(this.#tables).map((count, id) => count || (pdb?.typeSystemRowCounts[id] ?? 0));
    const schema1_1 = header?.majorVersion === 1 && header.minorVersion === 1;
    return { heapSizes, rowCounts, forceLarge: minimalDelta, schema1_1 };
  }

  #cell(kind: ColumnKind, value: string | number | Uint8Array | undefined): number {
    if (value === undefined) return kind.kind === 'run' ? this.rowCount(kind.table) + 1 : 0;
    if (typeof value !== 'number') return this.#heapCell(kind, value);
    if (kind.kind === 'coded') return encodeCodedIndex(kind.coded, value as Token);
    return kind.kind === 'table' || kind.kind === 'run' ? tokenRid(value) : value;
  }

  #heapCell(kind: ColumnKind, value: string | Uint8Array): number {
    if (kind.kind === 'guid') return this.guids.add(value);
    if (kind.kind === 'string' && typeof value === 'string') return this.strings.add(value);
    if (kind.kind === 'blob' && typeof value !== 'string') return this.blobs.add(value);
    throw new UsageError(`A ${kind.kind} column cannot hold ${typeof value === 'string' ? 'text' : 'bytes'}`);
  }
}
