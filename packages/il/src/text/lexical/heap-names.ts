import { type Diagnostics, hex } from '@ijw/binary';
import type { StringHeap } from '@ijw/metadata';
import type { TextSink } from '../text-sink.ts';
import type { Identifiers } from './identifier.ts';
import { keywords } from './keywords.ts';

/** The roles of a byte in a name: start a word, continue one, separate two words. Bits as `Identifiers` has them for characters. */
const STARTS = 1;
const GOES_ON = 2;
const DOT = 0x2e;

const ROLES = new Uint8Array(256);
for (let code = 0; code < 0x80; code++) {
  const character = String.fromCharCode(code);
  ROLES[code] = (/[A-Za-z_@$]/.test(character) ? STARTS : 0) | (/[A-Za-z0-9_@$?`]/.test(character) ? GOES_ON : 0);
}

/** 1 for what stands between quotes as it is, dots apart: they part words. */
const QUOTABLE = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 0x20 && code < 0x7f && !"'\\.".includes(String.fromCharCode(code)) ? 1 : 0,
);

/** Shorter names are always checked. */
const LONG = 64;

const NOT_KNOWN = -1;
const NO_WORD = -2;

const HASH_MASK = 0x3fff;

/** Of the word between two places: its first byte, the one in its middle, its last one and its length. */
const hashOf = (bytes: Uint8Array, start: number, end: number): number =>
  (bytes[start]! * 1009 + bytes[(start + end) >>> 1]! * 151 + bytes[end - 1]! * 31 + (end - start)) & HASH_MASK;

/** 1 for the hash of each keyword: a word with any other hash is not a keyword. */
const KEYWORD_HASHES = new Uint8Array(HASH_MASK + 1);
for (const word of keywords) KEYWORD_HASHES[hashOf(new TextEncoder().encode(word), 0, word.length)] = 1;

/** Names of the #Strings heap as IL text. Most need no quotes, and go to the text byte by byte without ever being strings. */
export class HeapNames {
  readonly #heap: StringHeap;
  readonly #view: DataView;
  readonly #identifiers: Identifiers;
  readonly #quoteAll: boolean;
  /** The others, by their place in the heap. */
  readonly #dotted = new Map<number, string>();
  readonly #words = new Map<number, string>();
  readonly #diagnostics: Diagnostics;
  /** Replacements for strings that the heap does not have, by their place. */
  readonly #damaged = new Map<number, string>();

  constructor(heap: StringHeap, identifiers: Identifiers, diagnostics: Diagnostics) {
    this.#heap = heap;
    this.#diagnostics = diagnostics;
    this.#view = new DataView(heap.bytes.buffer, heap.bytes.byteOffset, heap.bytes.length);
    this.#identifiers = identifiers;
    this.#quoteAll = identifiers.quoteAll;
  }

  /** The string at a place of the heap. Where the heap has none, that is recorded once, and the string tells the place. */
  string(offset: number): string {
    const known = this.#damaged.get(offset);
    if (known !== undefined) return known;
    const text = this.#diagnostics.attempt(() => this.#heap.get(offset));
    if (text !== undefined) return text;
    const damaged = `<string ${hex(offset)}>`;
    this.#damaged.set(offset, damaged);
    return damaged;
  }

  /** A name whose parts may stand between dots. */
  write(sink: TextSink, offset: number): void {
    const end = this.plainEnd(offset, true);
    if (end >= 0) this.writePlain(sink, offset, end);
    else if (end !== NO_WORD || !this.#writeQuoted(sink, offset)) sink.text(this.dotted(offset));
  }

  /** A name of one word; nothing for one that is empty. */
  writeWord(sink: TextSink, offset: number): void {
    const end = this.plainEnd(offset, false);
    if (end < 0) sink.text(this.word(offset));
    else this.writePlain(sink, offset, end);
  }

  /** Writes a name whose parts need quotes but no escapes, such as compilers generate (`<Main>$`, `I<T>.Run`); or writes nothing. */
  #writeQuoted(sink: TextSink, offset: number): boolean {
    const { bytes } = this.#heap;
    const end = this.#quotableEnd(offset);
    if (end < 0) return false;
    this.#heap.pay(offset, end);
    for (let start = offset; start < end; ) {
      const wordEnd = (ROLES[bytes[start]!]! & STARTS) === 0 ? start : this.#wordEnd(start + 1, offset);
      let partEnd = wordEnd;
      while (partEnd < end && bytes[partEnd] !== DOT) partEnd++;
      if (start > offset) sink.text('.');
      if (wordEnd === partEnd) sink.run(this.#view, start, partEnd);
      else sink.text("'").run(this.#view, start, partEnd).text("'");
      start = partEnd + 1;
    }
    return true;
  }

  /** Where a name ends whose parts can stand between quotes as they are; negative for one with an empty part or one that may be a keyword. */
  #quotableEnd(offset: number): number {
    const { bytes } = this.#heap;
    let start = offset;
    for (let at = offset; at < bytes.length; at++) {
      if (at === offset + LONG) this.#heap.check(offset);
      const byte = bytes[at]!;
      if (QUOTABLE[byte] === 1) continue;
      if (at === start || KEYWORD_HASHES[hashOf(bytes, start, at)] === 1) return NO_WORD;
      if (byte === 0) return at;
      if (byte !== DOT) return NO_WORD;
      start = at + 1;
    }
    return NOT_KNOWN;
  }

  /** Characters of the heap as they are, up to where `plainEnd` says. */
  writePlain(sink: TextSink, offset: number, end: number): TextSink {
    this.#heap.pay(offset, end);
    return sink.run(this.#view, offset, end);
  }

  isEmpty(offset: number): boolean {
    return offset === 0 || this.#heap.bytes[offset] === 0;
  }

  /** Where a name that needs no quotes ends; negative for one that may need some, is empty, or is not there: `NO_WORD` where a character says so. */
  plainEnd(offset: number, dots: boolean): number {
    if (this.#quoteAll) return NOT_KNOWN;
    const { bytes } = this.#heap;
    for (let start = offset; start < bytes.length; ) {
      if (start >= offset + LONG) this.#heap.check(offset);
      if ((ROLES[bytes[start]!]! & STARTS) === 0) return NO_WORD;
      const end = this.#wordEnd(start + 1, offset);
      if (end === bytes.length || KEYWORD_HASHES[hashOf(bytes, start, end)] === 1) return NOT_KNOWN;
      if (bytes[end] === 0) return end;
      if (bytes[end] !== DOT || !dots) return NO_WORD;
      start = end + 1;
    }
    return NOT_KNOWN;
  }

  /** The first place from `at` on that a word does not go on in. */
  #wordEnd(at: number, offset: number): number {
    const { bytes } = this.#heap;
    let end = at;
    for (; end < bytes.length && (ROLES[bytes[end]!]! & GOES_ON) !== 0; end++) if (end === offset + LONG) this.#heap.check(offset);
    return end;
  }

  dotted(offset: number): string {
    let text = this.#dotted.get(offset);
    if (text === undefined) {
      text = this.#identifiers.dotted(this.string(offset));
      this.#dotted.set(offset, text);
    }
    return text;
  }

  word(offset: number): string {
    let text = this.#words.get(offset);
    if (text === undefined) {
      const name = this.string(offset);
      text = name === '' ? '' : this.#identifiers.simple(name);
      this.#words.set(offset, text);
    }
    return text;
  }
}
