import { BadImageError, hex, Lazy } from '@ijw/binary';
import { type CodedIndexDecoder, codedIndexDecoder } from './coded-index.ts';
import { KeyIndex } from './key-index.ts';
import type { ColumnKind } from './schema.ts';
import { TableId, type TableName } from './table-id.ts';
import type { ColumnLayout, ColumnWidth } from './table-layout.ts';
import { nilToken, type Token } from './token.ts';

/** The rows of one table as they lie in the stream. */
export interface RowBytes {
  readonly view: DataView;
  /** Of the first row in `view`. */
  readonly start: number;
  readonly rowSize: number;
  readonly rowCount: number;
  /** Absolute file offset of `view`, for errors. */
  readonly base: number;
  /** RVA of `view`, when the metadata has one. */
  readonly rva: number | undefined;
}

/** One column of one table: reads a cell straight from the bytes. */
export class Column {
  readonly table: TableName;
  readonly name: string;
  readonly kind: ColumnKind;
  readonly width: ColumnWidth;
  readonly rowCount: number;
  /** From the start of the row. */
  readonly offset: number;
  readonly #view: DataView;
  readonly #stride: number;
  /** The place of row 0, so that row 1 is one stride later. */
  readonly #origin: number;
  readonly #rows: RowBytes;
  readonly #targetTag: number;
  readonly #coded: CodedIndexDecoder | undefined;
  readonly #index = new Lazy(() => new KeyIndex(this));

  constructor(table: TableName, layout: ColumnLayout, rows: RowBytes) {
    this.table = table;
    this.name = layout.name;
    this.kind = layout.kind;
    this.width = layout.width;
    this.offset = layout.offset;
    this.rowCount = rows.rowCount;
    this.#view = rows.view;
    this.#stride = rows.rowSize;
    this.#origin = rows.start + layout.offset - rows.rowSize;
    this.#rows = rows;
    this.#targetTag = 'table' in layout.kind ? TableId[layout.kind.table] << 24 : -1;
    this.#coded = layout.kind.kind === 'coded' ? codedIndexDecoder(layout.kind.coded) : undefined;
  }

  /**
   * The cell as stored, unsigned.
   * @param rid row number, from 1
   * @throws BadImageError BAD_ROW when the table has no such row
   */
  at(rid: number): number {
    if (!(rid >= 1 && rid <= this.rowCount)) throw this.#badRow(rid);
    const position = this.#origin + rid * this.#stride;
    return this.width === 2 ? this.#view.getUint16(position, true) : this.#view.getUint32(position, true);
  }

  /**
   * The token that a table or coded column holds; nil (0) for row 0. The row need not exist.
   * @throws BadImageError BAD_ROW, BAD_CODED_INDEX
   */
  token(rid: number): Token {
    const token = this.tokenOrBad(rid);
    if (token !== -1) return token;
    throw this.error('BAD_CODED_INDEX', `${hex(this.at(rid))} is not a row that ${this.table}.${this.name} can name`, rid);
  }

  /** As `token`, with -1 for a value that can name no row. @throws BadImageError BAD_ROW */
  tokenOrBad(rid: number): Token | -1 {
    const raw = this.at(rid);
    if (this.#coded !== undefined) return this.#coded.decode(raw);
    if (this.#targetTag < 0 || raw > 0xffffff) return -1;
    return raw === 0 ? nilToken : ((this.#targetTag | raw) as Token);
  }

  /** Finds rows by their value here; kept. */
  get index(): KeyIndex {
    return this.#index.value;
  }

  /** A `BadImageError` that points at a cell. */
  error(code: string, message: string, rid: number): BadImageError {
    const position = Math.max(0, this.#origin + rid * this.#stride);
    const { base, rva } = this.#rows;
    return new BadImageError({
      code,
      offset: base + position,
      ...(rva !== undefined && { rva: rva + position }),
      reading: `the ${this.table} table`,
      message,
    });
  }

  #badRow(rid: number): BadImageError {
    return this.error(
      'BAD_ROW',
      `The ${this.table} table has ${this.rowCount} rows, not a row ${rid}`,
      this.rowCount === 0 ? 1 : this.rowCount,
    );
  }
}
