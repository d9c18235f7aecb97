import { keywords } from './keywords.ts';

/** One word for ilasm's scanner: a letter or one of `_ @ $`, then digits too and `? \``. `#` starts a directive of its preprocessor. */
const PLAIN = /^[A-Za-z_@$][A-Za-z0-9_@$?`]*$/;

/**
 * Invisible characters, and characters that change the display of later ones: controls, zero-width and bidirectional ones, separators of lines. Obfuscators
 * name things with them; as the bytes of their UTF-8 they do no harm, and ilasm reads them back.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const encoder = new TextEncoder();

/** The text of a name between quotes. */
function quoted(name: string): string {
  let text = "'";
  for (const character of name) {
    if (character === "'" || character === '\\') text += `\\${character}`;
    else if (UNSEEN.test(character)) for (const byte of encoder.encode(character)) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else text += character;
  }
  return `${text}'`;
}

export interface NameOptions {
  /** Quotes around every name, wanted or not. */
  readonly quoteAll?: boolean;
}

/** Writes names as ilasm reads them back. Results are kept: names repeat. */
export class Identifiers {
  readonly quoteAll: boolean;
  readonly #simple = new Map<string, string>();
  readonly #dotted = new Map<string, string>();

  constructor({ quoteAll = false }: NameOptions = {}) {
    this.quoteAll = quoteAll;
  }

  /** A name of one word: of a parameter, a local variable, a generic parameter. */
  simple(name: string): string {
    let text = this.#simple.get(name);
    if (text === undefined) {
      text = !this.quoteAll && PLAIN.test(name) && !keywords.has(name) ? name : quoted(name);
      this.#simple.set(name, text);
    }
    return text;
  }

  /** A name between quotes, whatever it is. */
  quoted(name: string): string {
    return quoted(name);
  }

  /** A name whose parts may stand between dots: of a namespace, a type, an assembly, a member. The rule for words restarts after each dot. */
  dotted(name: string): string {
    let text = this.#dotted.get(name);
    if (text === undefined) {
      text = this.#dottedText(name);
      this.#dotted.set(name, text);
    }
    return text;
  }

  #dottedText(name: string): string {
    if (name === '.ctor' || name === '.cctor') return this.quoteAll ? quoted(name) : name;
    if (!name.includes('.')) return this.simple(name);
    const parts = name.split('.');
    if (parts.includes('')) return quoted(name);
    return parts.map((part) => this.simple(part)).join('.');
  }
}
