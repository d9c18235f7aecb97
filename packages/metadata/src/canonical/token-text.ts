import { BadImageError, hexDigits } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import { type TableId, tableNameOf } from '../tables/table-id.ts';
import { makeToken, type Token, tokenRid, tokenTable } from '../tables/token.ts';
import { escapeName } from './escape.ts';
import { RecentTexts } from './recent-texts.ts';
import { SignatureText } from './signature-text.ts';
import { tokenGrammar } from './token-grammar.ts';

/** Types within types, TypeSpecs that name TypeSpecs: deeper than this the text breaks off. */
const MAX_DEPTH = 100;

/** A name that adds up to more characters than this is left out: types within types may each have a long one. */
const MAX_TEXT = 1 << 20;

/** The tables whose rows are named many times, and those that can be named within their own text: their texts are kept. */
const kept: readonly boolean[] = Array.from({ length: 64 }, (_, id) =>
  ['TypeRef', 'TypeDef', 'ModuleRef', 'TypeSpec', 'AssemblyRef', 'File', 'ExportedType'].includes(tableNameOf(id) ?? ''),
);

/** How many of the latest texts are kept. */
const NAMES = 1 << 13;
const ROWS = 1 << 8;

const eightDigits = (token: number): string => hexDigits(token >>> 0, 8);

/**
 * The text of tokens in the canonical format. A missing or unreadable row gives `!bad:xxxxxxxx`, a token within its own
 * text `!cycle`.
 */
export class TokenText {
  readonly metadata: Metadata;
  readonly signatures: SignatureText;
  /** By table and row, of the tables in `kept`. */
  readonly #known: (string | undefined)[][] = new Array(64).fill(undefined);
  readonly #rowCounts: readonly number[];
  readonly #makers: (((rid: number) => string) | undefined)[] = new Array(64).fill(undefined);
  readonly #names: RecentTexts;
  /** By table, of the others. */
  readonly #recent: (RecentTexts | undefined)[] = new Array(64).fill(undefined);
  #depth = 0;

  constructor(metadata: Metadata) {
    this.metadata = metadata;
    metadata.budget.renew();
    this.signatures = new SignatureText(metadata.blobs, (token) => this.of(token));
    this.#rowCounts = Array.from({ length: 256 }, (_, id) => {
      const name = tableNameOf(id);
      return name === undefined ? 0 : metadata.tables[name].rowCount;
    });
    this.#names = new RecentTexts(NAMES, (offset) => escapeName(metadata.strings.get(offset)));
  }

  /** The text of a token; `-` for nil. */
  of(token: Token): string {
    const rid = tokenRid(token);
    if (rid === 0) return '-';
    const table = tokenTable(token);
    if (rid > this.#rowCounts[table]!) return `!bad:${eightDigits(token)}`;
    if (kept[table]) return this.#remembered(token, table, rid);
    this.#recent[table] ??= new RecentTexts(ROWS, (row) => this.#make(makeToken(table as TableId, row)));
    return this.#recent[table].get(rid);
  }

  /** A string of the #Strings heap, escaped. @throws BadImageError */
  string(offset: number): string {
    return this.#names.get(offset);
  }

  #remembered(token: Token, table: number, rid: number): string {
    this.#known[table] ??= new Array<string | undefined>(this.#rowCounts[table]! + 1).fill(undefined);
    const texts = this.#known[table]!;
    const text = texts[rid];
    if (text !== undefined) return text;
    texts[rid] = '!cycle';
    const made = this.#make(token);
    texts[rid] = made;
    return made;
  }

  #make(token: Token): string {
    if (this.#depth >= MAX_DEPTH) return `!deep:${eightDigits(token)}`;
    this.#depth++;
    try {
      const text = this.#maker(tokenTable(token))?.(tokenRid(token)) ?? `!tok:${eightDigits(token)}`;
      return text.length <= MAX_TEXT ? text : `!long:${eightDigits(token)}`;
    } catch (error) {
      if (error instanceof BadImageError) return `!bad:${eightDigits(token)}`;
      throw error;
    } finally {
      this.#depth--;
    }
  }

  #maker(table: number): ((rid: number) => string) | undefined {
    this.#makers[table] ??= tokenGrammar[tableNameOf(table) as keyof typeof tokenGrammar]?.(this);
    return this.#makers[table];
  }
}
