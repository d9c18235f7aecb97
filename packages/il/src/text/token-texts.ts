import { type Metadata, tableNameOf } from '@ijw/metadata';
import { TextSink } from './text-sink.ts';

/** Bytes of all texts together: the largest assemblies need some ten million. */
const MAX_LENGTH = 0x8000000;

/** Texts of tokens as UTF-8 in one buffer: each is made once, and copied as bytes wherever it stands. */
export class TokenTexts {
  readonly #metadata: Metadata;
  readonly #texts = new TextSink();
  /** Where texts start, by table and row; 0 for none. A text's length stands in the four bytes before it. */
  readonly #starts: (Uint32Array | undefined)[] = [];

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  /** Where the text of a token starts; 0 where none is kept. */
  startOf(token: number): number {
    const starts = this.#starts[token >>> 24];
    return starts === undefined ? 0 : (starts[token & 0xffffff] ?? 0);
  }

  /** Copies the text that starts at a place. */
  write(sink: TextSink, start: number): void {
    const { view } = this.#texts;
    sink.run(view, start, start + view.getUint32(start - 4));
  }

  /**
   * Keeps what another buffer holds from a place on as the text of a token that has a row, and returns where it starts here.
   * @throws BadImageError TEXT_TOO_LONG when types name each other so that their texts have no end
   */
  keep(token: number, from: TextSink, start: number): number {
    const texts = this.#texts;
    const length = from.length - start;
    if (texts.length + length > MAX_LENGTH)
      throw this.#metadata.place.error('TEXT_TOO_LONG', 0, 'names in IL text', `They need more than ${MAX_LENGTH} bytes`);
    const kept = texts.length + 4;
    texts.extend(4);
    texts.view.setUint32(kept - 4, length);
    texts.run(from.view, start, from.length);
    this.#startsOf(token >>> 24)[token & 0xffffff] = kept;
    return kept;
  }

  #startsOf(table: number): Uint32Array {
    let starts = this.#starts[table];
    if (starts === undefined) {
      const name = tableNameOf(table);
      starts = new Uint32Array(name === undefined ? 0 : this.#metadata.tables[name].rowCount + 1);
      this.#starts[table] = starts;
    }
    return starts;
  }
}
