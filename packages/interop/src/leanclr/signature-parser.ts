import { LEANCLR_CONVENTIONS, type LeanClrConvention, type LeanClrSignature, type LeanClrType } from './signature.ts';

/** The limits of length and nesting; no method of a real assembly exceeds them. */
const MAXIMUM_LENGTH = 65_536;
const MAXIMUM_DEPTH = 64;

/** The place of an error in a signature string; `excerpt` shows it with a caret. */
export class LeanClrSignatureError extends Error {
  override readonly name = 'LeanClrSignatureError';
  readonly position: number;
  readonly excerpt: string;

  constructor(text: string, position: number, message: string) {
    super(message);
    this.position = position;
    const start = Math.max(0, position - 60);
    this.excerpt = `${text.slice(start, position + 20)}\n${' '.repeat(position - start)}^`;
  }
}

/** Characters that end a name. A back-tick belongs to the name (`List`1`), and so does `/` between nested types. */
const STOP = new Set([...'[](){}<>,*& ']);

/** The grammar of `sig`, read once from left to right. Throws `LeanClrSignatureError`. */
export function parseLeanClrSignature(text: string): LeanClrSignature {
  if (text.length > MAXIMUM_LENGTH)
    throw new LeanClrSignatureError(text, MAXIMUM_LENGTH, `A signature is at most ${MAXIMUM_LENGTH} characters long`);
  return new SignatureParser(text).signature();
}

class SignatureParser {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  signature(): LeanClrSignature {
    const module = this.#accept('[') ? this.#until(']') : undefined;
    const type = this.#typeName();
    const open = this.#parameterList();
    const name = this.#text.slice(this.#position, open);
    const [, method = name, arity] = /^(.+?)<(,*)>$/.exec(name) ?? [];
    if (method === '') throw this.#error('Expected a method name');
    this.#position = open;
    const parameters = this.#accept('(') ? this.#parameters() : undefined;
    if (this.#position < this.#text.length) throw this.#error('Expected the end of the signature');
    return { module, type, method, genericArity: arity === undefined ? 0 : arity.length + 1, parameters };
  }

  /** The declaring type: up to the first `::` that no angle brackets hold (C++ names such as `Local<ns::Value>` do). */
  #typeName(): string {
    const start = this.#position;
    let depth = 0;
    for (; this.#position < this.#text.length; this.#position++) {
      const character = this.#text[this.#position];
      if (character === '<') depth++;
      else if (character === '>') depth--;
      else if (depth <= 0 && this.#text.startsWith('::', this.#position)) break;
    }
    const name = this.#text.slice(start, this.#position);
    if (!this.#accept('::')) throw this.#error('"::" between type and method is missing');
    if (name === '' || name.startsWith(' ')) throw this.#error('Expected a type name', start);
    return name;
  }

  /**
   * Where the parameter list opens, or the end of the text. Names may hold parentheses themselves (C++'s `operator()`), so a list that is closed is sought from
   * the end.
   */
  #parameterList(): number {
    const text = this.#text;
    let depth = 0;
    if (text.endsWith(')')) {
      for (let index = text.length - 1; index >= this.#position; index--) {
        if (text[index] === ')') depth++;
        else if (text[index] === '(' && --depth === 0) return index;
      }
    }
    depth = 0;
    for (let index = this.#position; index < text.length; index++) {
      if (text[index] === '<') depth++;
      else if (text[index] === '>') depth--;
      else if (text[index] === '(' && depth <= 0) return index;
    }
    return text.length;
  }

  #parameters(): LeanClrType[] {
    const parameters: LeanClrType[] = [];
    if (this.#accept(')')) return parameters;
    do parameters.push(this.#type(0));
    while (this.#accept(','));
    this.#expect(')');
    return parameters;
  }

  #type(depth: number): LeanClrType {
    if (depth > MAXIMUM_DEPTH) throw this.#error(`Types are nested deeper than ${MAXIMUM_DEPTH}`);
    let type = this.#text.startsWith('delegate*', this.#position) ? this.#functionPointer(depth) : this.#named(depth);
    for (let suffixes = 0; ; suffixes++) {
      if (suffixes > MAXIMUM_DEPTH) throw this.#error(`Types are nested deeper than ${MAXIMUM_DEPTH}`);
      if (this.#accept('*')) type = { kind: 'pointer', element: type };
      else if (this.#accept('&')) type = { kind: 'byReference', element: type };
      else if (this.#accept('[')) type = this.#array(type);
      else return type;
    }
  }

  #named(depth: number): LeanClrType {
    const start = this.#position;
    while (this.#position < this.#text.length && this.#isNameCharacter(depth)) this.#position++;
    if (this.#position === start || this.#text[start] === ' ') throw this.#error('Expected a type');
    const name = this.#text.slice(start, this.#position);
    return { kind: 'named', name, arguments: this.#accept('<') ? this.#typeArguments(depth) : [] };
  }

  /** C++ types as template arguments are written with spaces and parentheses: `vector<void __cdecl(int)>`. */
  #isNameCharacter(depth: number): boolean {
    const character = this.#text[this.#position]!;
    if (depth > 0 && character === ' ') return true;
    if (depth > 0 && character === '(') {
      this.#position = Math.max(this.#position, this.#text.indexOf(')', this.#position));
      return true;
    }
    return !STOP.has(character);
  }

  #typeArguments(depth: number): LeanClrType[] {
    const types: LeanClrType[] = [];
    do types.push(this.#type(depth + 1));
    while (this.#accept(','));
    this.#expect('>');
    return types;
  }

  #array(element: LeanClrType): LeanClrType {
    if (this.#accept(']')) return { kind: 'array', element, rank: 1, vector: true };
    if (this.#accept('*')) {
      this.#expect(']');
      return { kind: 'array', element, rank: 1, vector: false };
    }
    let rank = 1;
    while (this.#accept(',')) rank++;
    this.#expect(']');
    return { kind: 'array', element, rank, vector: false };
  }

  #functionPointer(depth: number): LeanClrType {
    this.#position += 'delegate*'.length;
    this.#expect(' unmanaged[');
    const convention = this.#convention();
    this.#expect('<');
    const types = this.#typeArguments(depth);
    return { kind: 'functionPointer', convention, parameters: types.slice(0, -1), result: types.at(-1)! };
  }

  #convention(): LeanClrConvention {
    const start = this.#position;
    const name = this.#until(']');
    const convention = LEANCLR_CONVENTIONS.find((candidate) => candidate === name);
    if (!convention) throw this.#error(`Expected a calling convention: ${LEANCLR_CONVENTIONS.join(', ')}`, start);
    return convention;
  }

  #until(end: string): string {
    const stop = this.#text.indexOf(end, this.#position);
    if (stop <= this.#position) throw this.#error(`Expected a name and "${end}"`);
    const name = this.#text.slice(this.#position, stop);
    this.#position = stop + end.length;
    return name;
  }

  #accept(word: string): boolean {
    if (!this.#text.startsWith(word, this.#position)) return false;
    this.#position += word.length;
    return true;
  }

  #expect(word: string): void {
    if (!this.#accept(word)) throw this.#error(`Expected "${word}"`);
  }

  #error(message: string, position = this.#position): LeanClrSignatureError {
    return new LeanClrSignatureError(this.#text, position, message);
  }
}
