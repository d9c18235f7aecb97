import type { Identifiers } from './lexical/identifier.ts';

/** A place in a source file, by IL offset. Lines and columns count from 1. */
export type LinePoint =
  | { readonly kind: 'hidden'; readonly offset: number }
  | {
      readonly kind: 'visible';
      readonly offset: number;
      readonly startLine: number;
      readonly startColumn: number;
      readonly endLine: number;
      readonly endColumn: number;
      readonly document: LineDocument;
    };

export interface LineDocument {
  readonly name: string;
  /** GUID of the language, lower case without braces. */
  readonly language?: string | undefined;
}

/** Finds the source lines of methods. */
export interface LineNumbers {
  /** In the order of their offsets; `undefined` where nothing is known of the method. */
  pointsOf(methodToken: number): readonly LinePoint[] | undefined;
}

/** corsym.h: CorSym_LanguageVendor_Microsoft and CorSym_DocumentType_Text. */
const VENDOR = '994B45C4-E6E9-11D2-903F-00C04FA302A1';
const TEXT_DOCUMENT = '5A869D0B-6611-11D3-BD2A-0000F80849BD';

/** The line that stands for code without source (portable PDB specification, "Sequence Points Blob"; ilasm's EmitOpcode tells it by 0xfeefee). */
const HIDDEN = '.line 16707566,16707566 : 0,0';

/**
 * `.line` and `.language` (ECMA-335 II.5.7). A `.line` holds for all that follows, also in the next method: where nothing is known, the hidden
 * one says so. The name of the file and the language stand where they change.
 */
export class LineDirectives {
  readonly #numbers: LineNumbers;
  readonly #identifiers: Identifiers;
  #line = '';
  #document = '';
  #language: string | undefined;

  constructor(numbers: LineNumbers, identifiers: Identifiers) {
    this.#numbers = numbers;
    this.#identifiers = identifiers;
  }

  /** The lines before the instructions of a method, by offset. Call it once for each method, in the order of the text. */
  linesOf(methodToken: number): ReadonlyMap<number, readonly string[]> {
    const lines = new Map<number, readonly string[]>();
    const points = this.#numbers.pointsOf(methodToken) ?? [];
    if (points[0]?.offset !== 0 && this.#line !== '' && this.#line !== HIDDEN)
      lines.set(0, this.#directives({ kind: 'hidden', offset: 0 }));
    for (const point of points) lines.set(point.offset, this.#directives(point));
    return lines;
  }

  #directives(point: LinePoint): readonly string[] {
    if (point.kind === 'hidden') {
      this.#line = HIDDEN;
      return [HIDDEN];
    }
    const { startLine, endLine, startColumn, endColumn, document } = point;
    this.#line = `.line ${startLine},${endLine} : ${startColumn},${endColumn}`;
    const language = this.#languageLine(document);
    if (document.name === this.#document) return [...language, this.#line];
    this.#document = document.name;
    return [...language, `${this.#line} ${this.#identifiers.quoted(document.name)}`];
  }

  #languageLine({ language }: LineDocument): readonly string[] {
    if (language === undefined || language === this.#language) return [];
    this.#language = language;
    return [`.language '{${language.toUpperCase()}}', '{${VENDOR}}', '{${TEXT_DOCUMENT}}'`];
  }
}
