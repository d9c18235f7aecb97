import { BackReferences } from './back-references.ts';
import { DemangleError } from './demangle-error.ts';

/** Nesting of names in types in names. The compilers' own names, which end at 4,096 characters, stay far below. */
const MAXIMUM_DEPTH = 200;

/** A position in a decorated name, the back references collected up to it, and how deep the grammar is nested. */
export class Cursor {
  readonly text: string;
  position: number;
  backReferences = new BackReferences();
  #depth = 0;

  constructor(text: string, position = 0) {
    this.text = text;
    this.position = position;
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The character `ahead` places on, or `''` past the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.position + ahead);
  }

  startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.position);
  }

  /** Moves over `prefix` when it comes next. */
  accept(prefix: string): boolean {
    if (!this.text.startsWith(prefix, this.position)) return false;
    this.position += prefix.length;
    return true;
  }

  expect(prefix: string, reading: string): void {
    if (!this.accept(prefix)) this.fail(`Expected "${prefix}" ${reading}`);
  }

  /** One character, which must be there. */
  next(reading: string): string {
    if (this.atEnd) this.fail(`The name ends within ${reading}`);
    return this.text.charAt(this.position++);
  }

  /** The text up to the next `terminator`, which is consumed but not given back. Empty text is an error. */
  until(terminator: string, reading: string): string {
    const end = this.text.indexOf(terminator, this.position);
    if (end < 0) this.fail(`Found no "${terminator}" after ${reading}`);
    if (end === this.position) this.fail(`Found no ${reading}`);
    const text = this.text.slice(this.position, end);
    this.position = end + terminator.length;
    return text;
  }

  /** Whether a decimal digit (a back reference) comes next. */
  get atDigit(): boolean {
    const code = this.text.charCodeAt(this.position);
    return code >= 48 && code <= 57;
  }

  fail(message: string, position = this.position): never {
    throw new DemangleError(position, message);
  }

  /** Reads one level down; too many levels are an error. */
  nested<T>(read: (cursor: Cursor) => T): T {
    if (this.#depth >= MAXIMUM_DEPTH) this.fail(`The name is nested deeper than ${MAXIMUM_DEPTH} levels`);
    this.#depth++;
    const value = read(this);
    this.#depth--;
    return value;
  }

  /** Reads with fresh back references, as the arguments of a template are written. */
  isolated<T>(read: (cursor: Cursor) => T): T {
    const outer = this.backReferences;
    this.backReferences = new BackReferences();
    const value = read(this);
    this.backReferences = outer;
    return value;
  }
}

/** Reads the rest of the name with `read`; trailing characters are an error. */
export function readToEnd<T>(cursor: Cursor, read: (cursor: Cursor) => T): T {
  const value = read(cursor);
  if (!cursor.atEnd) cursor.fail('Unexpected text after the name');
  return value;
}
