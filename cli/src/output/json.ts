import { hex, hexBytes, Repeated } from '@ijw/binary';

/** Receives text piece by piece. */
export type Write = (chunk: string) => void;

/** Enough text for one system call; a document is written in pieces of this many characters. */
const PIECE = 1 << 16;

const numberText = (value: bigint): string =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? value.toString() : `"${hex(value)}"`;

const isIterable = (value: object): value is Iterable<unknown> => Symbol.iterator in value;
const hasJson = (value: object): value is { toJSON(): unknown } => 'toJSON' in value && typeof value.toJSON === 'function';

/** What `JSON.stringify` leaves out of objects. */
const isAbsent = (value: unknown): boolean => value === undefined || typeof value === 'function' || typeof value === 'symbol';

/** Writes JSON as `JSON.stringify` prints it, but piece by piece: memory never holds the text of the whole document. */
class JsonWriter {
  readonly #write: Write;
  readonly #indented: boolean;
  /** The texts of keys: objects of a list have the same ones. */
  readonly #keys = new Map<string, string>();
  /** The texts of repeated parts, and the line break that they were made for. */
  readonly #repeated = new WeakMap<Repeated, { readonly line: string; readonly text: string }>();
  #text = '';

  constructor(write: Write, indented: boolean) {
    this.#write = write;
    this.#indented = indented;
  }

  document(value: unknown): void {
    this.#value(value, '\n');
    this.#write(`${this.#text}\n`);
  }

  /** `line` is the line break before what is as deep as `value`. */
  #value(value: unknown, line: string): void {
    if (typeof value === 'string') this.#append(JSON.stringify(value));
    else if (typeof value === 'number') this.#append(Number.isFinite(value) ? String(value) : 'null');
    else if (typeof value === 'bigint') this.#append(numberText(value));
    else if (typeof value !== 'object' || value === null) this.#append(typeof value === 'boolean' ? String(value) : 'null');
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (value instanceof Repeated) this.#append(this.#textOf(value, line));
    else if (isIterable(value)) this.#array(value, line);
    else if (hasJson(value)) this.#value(value.toJSON(), line);
    else this.#object(value, line);
  }

  #array(items: Iterable<unknown>, line: string): void {
    const inner = this.#indented ? `${line}  ` : '';
    let separator = '[';
    for (const item of items) {
      this.#append(separator + inner);
      this.#value(item, inner);
      separator = ',';
    }
    this.#append(separator === '[' ? '[]' : `${this.#indented ? line : ''}]`);
  }

  #object(value: object, line: string): void {
    const inner = this.#indented ? `${line}  ` : '';
    let separator = '{';
    for (const key of Object.keys(value)) {
      const field = (value as Readonly<Record<string, unknown>>)[key];
      if (isAbsent(field)) continue;
      this.#append(separator + inner + this.#key(key));
      this.#value(field, inner);
      separator = ',';
    }
    this.#append(separator === '{' ? '{}' : `${this.#indented ? line : ''}}`);
  }

  #textOf(part: Repeated, line: string): string {
    const known = this.#repeated.get(part);
    if (known?.line === line) return known.text;
    let text = '';
    const writer = new JsonWriter((chunk) => {
      text += chunk;
    }, this.#indented);
    writer.#value(part.value, line);
    text += writer.#text;
    this.#repeated.set(part, { line, text });
    return text;
  }

  #key(key: string): string {
    let text = this.#keys.get(key);
    if (text === undefined) {
      text = `${JSON.stringify(key)}:${this.#indented ? ' ' : ''}`;
      if (this.#keys.size < PIECE) this.#keys.set(key, text);
    }
    return text;
  }

  #bytes(bytes: Uint8Array): void {
    this.#append('"');
    for (let start = 0; start < bytes.length; start += PIECE) this.#append(hexBytes(bytes.subarray(start, start + PIECE)));
    this.#append('"');
  }

  #append(text: string): void {
    this.#text += text;
    if (this.#text.length < PIECE) return;
    this.#write(this.#text);
    this.#text = '';
  }
}

/**
 * Writes a JSON document of the contract: integers as numbers, beyond 2^53 as `"0x…"`, bytes as lower-case hexadecimal, absent things without a key.
 * Lists may be any iterable: their items are written as they are made.
 */
export const writeJson = (write: Write, value: unknown): void => new JsonWriter(write, true).document(value);

/** One document on one line, for several files. */
export const writeJsonLine = (write: Write, value: unknown): void => new JsonWriter(write, false).document(value);
