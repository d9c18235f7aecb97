import { DemangleError } from '../demangle-error.ts';
import { type DemangleOptions, partsOf, type TextParts, type TextStyle } from '../options.ts';

/** Characters of text that a name may expand to: back references can double it again and again. */
const MAXIMUM_TEXT = 1 << 18;
/** Nesting while printing: types found through back references nest deeper than the name they stand in. */
const MAXIMUM_DEPTH = 1000;

/** The text that is being written, and its style. */
export class TextWriter {
  readonly style: TextStyle;
  readonly parts: TextParts;
  /** Between the elements of a list. */
  readonly separator: string;
  text = '';
  #last = 0;
  #depth = 0;

  constructor(options: DemangleOptions) {
    this.style = options.style ?? 'llvm';
    this.parts = partsOf(options);
    this.separator = this.style === 'undname' ? ',' : ', ';
  }

  write(text: string): void {
    if (text === '') return;
    this.text += text;
    this.#last = text.charCodeAt(text.length - 1);
    if (this.text.length > MAXIMUM_TEXT) throw new DemangleError(0, `The text is longer than ${MAXIMUM_TEXT} characters`);
  }

  endsWith(character: string): boolean {
    return this.#last === character.charCodeAt(0);
  }

  /** A space after a word or a template. LLVM takes an underscore for no word, and so writes none before a `symbol`. */
  space(before: 'word' | 'symbol' = 'word'): void {
    const last = this.#last;
    const word = (last >= 48 && last <= 57) || (last >= 65 && last <= 90) || (last >= 97 && last <= 122);
    if (word || last === 62 || (last === 95 && before === 'word')) this.write(' ');
  }

  /** A keyword of Microsoft's language, given with its two underscores. */
  keyword(name: string): string {
    return this.parts.leadingUnderscores ? name : name.replace(/^__/, '');
  }

  /** Elements with separators between them. */
  list<T>(elements: readonly T[], print: (writer: TextWriter, element: T) => void): void {
    elements.forEach((element, index) => {
      if (index > 0) this.write(this.separator);
      print(this, element);
    });
  }

  nested(print: () => void): void {
    if (this.#depth >= MAXIMUM_DEPTH) throw new DemangleError(0, `The name is nested deeper than ${MAXIMUM_DEPTH} levels`);
    this.#depth++;
    print();
    this.#depth--;
  }
}
