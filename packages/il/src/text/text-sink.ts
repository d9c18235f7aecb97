import { printable } from '@ijw/binary';
import type { ByteSink } from '../listing/ascii-writer.ts';

/** So many bytes go to the output at a time, at the end of a line. */
const CHUNK = 0x20000;
/** Lines that need no more than this are never cut in two. */
const LINE = 0x8000;
/** Room for the first bytes of a text that is kept; it doubles soon, before V8 compiles for buffers that never grow. */
const KEPT = 0x400;
/** What is written without asking for room: indentation, a label, the end of a line. */
const SLACK = 0x400;
/** Texts are copied four bytes at a time: the last four may go beyond the end of a text, where the next one overwrites them. */
const WORD = 4;
const encoder = new TextEncoder();
/** Called as a function: `text.charCodeAt` is looked up for every character once V8 has seen more than four kinds of strings there. */
const { charCodeAt } = String.prototype;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const FOUR_SPACES = 0x20202020;
/** `IL_` and a space, which the first digit overwrites; `:`, two spaces and one to overwrite. Each as a little-endian word. */
const LABEL = 0x205f4c49;
const AFTER_LABEL = 0x2020203a;

/** The two digits of each byte, as a little-endian unit of two characters. */
const digitPairs = (digits: string): Uint16Array =>
  Uint16Array.from({ length: 256 }, (_, byte) => digits.charCodeAt(byte >>> 4) | (digits.charCodeAt(byte & 15) << 8));
const LOWER_DIGITS = digitPairs('0123456789abcdef');
const UPPER_DIGITS = digitPairs('0123456789ABCDEF');

/**
 * Text as UTF-8 bytes in a buffer. With an output it goes there chunk by chunk, so that memory does not grow with the length of the text; without one
 * it stays, and may be taken back from its end.
 */
export class TextSink {
  readonly #output: ByteSink | undefined;
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;
  /** What the buffer holds before the slack. */
  #room: number;
  /** Where the end of a line empties the buffer, or makes it larger. */
  #full: number;
  /** Whether the last byte that went to the output ended a line. */
  #atStart = true;
  /** Spaces before the next line. */
  indent = 0;
  /** Lines written so far. */
  lines = 0;

  constructor(output?: ByteSink) {
    this.#output = output;
    this.#full = output === undefined ? KEPT : CHUNK;
    this.#room = output === undefined ? KEPT : CHUNK + LINE;
    this.#bytes = new Uint8Array(this.#room + SLACK + WORD);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The buffer; the text is its first `length` bytes. Another one after it has grown. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The same, as `run` takes it. */
  get view(): DataView {
    return this.#view;
  }

  get length(): number {
    return this.#length;
  }

  /** Takes back what was written after the first `length` bytes. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** Makes room for so many bytes, which count as written: the caller fills them in. */
  extend(count: number): void {
    if (count > this.#room - this.#length) this.#makeRoom(count);
    this.#length += count;
  }

  flush(): void {
    if (this.#output === undefined || this.#length === 0) return;
    this.#atStart = this.#bytes[this.#length - 1] === NEWLINE;
    this.#output(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }

  /** With an output, room for no more than a line: longer texts go there in pieces. */
  #makeRoom(count: number): void {
    if (this.#output === undefined) this.#grow(this.#length + count);
    else this.flush();
  }

  #grow(length: number): void {
    if (length < this.#room) return;
    this.#room = Math.max(length, this.#room * 2);
    this.#full = this.#room;
    const larger = new Uint8Array(this.#room + SLACK + WORD);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  /** Text without line ends. */
  text(text: string): this {
    const { length } = text;
    if (length > this.#room - this.#length) return this.#long(text);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < length; index++) {
      const code = charCodeAt.call(text, index);
      if (code > 0x7f) return this.#encoded(text);
      bytes[at++] = code;
    }
    this.#length = at;
    return this;
  }

  /** Begins a line: its indentation. */
  start(): this {
    const bytes = this.#bytes;
    let at = this.#length;
    const end = at + Math.min(this.indent, SLACK / 2);
    while (at < end) bytes[at++] = SPACE;
    this.#length = at;
    return this;
  }

  end(): this {
    this.#bytes[this.#length++] = NEWLINE;
    this.lines++;
    if (this.#length >= this.#full) this.#makeRoom(0);
    return this;
  }

  /** Ends the line that was begun, if one was. */
  finishLine(): this {
    const atStart = this.#length === 0 ? this.#atStart : this.#bytes[this.#length - 1] === NEWLINE;
    return atStart ? this : this.end();
  }

  /** A whole line. */
  line(text = ''): this {
    if (text !== '') this.start().text(text);
    return this.end();
  }

  /** A comment on a line of its own, which it stays whatever names are in it. */
  comment(text: string): this {
    return this.line(`//${printable(text)}`);
  }

  /** `{` on a line of its own, and what follows is indented. */
  open(): this {
    this.line('{');
    this.indent += 2;
    return this;
  }

  /** `}` on a line of its own. */
  close(): this {
    this.indent -= 2;
    return this.line('}');
  }

  /** `IL_001f`: at least four digits. */
  label(offset: number): this {
    const at = this.#length;
    this.#view.setUint32(at, LABEL, true);
    this.#length = at + 3;
    return this.#digits(offset);
  }

  #digits(offset: number): this {
    const view = this.#view;
    let at = this.#length;
    for (let shift = offset > 0xffff ? (35 - Math.clz32(offset)) & ~3 : 16; shift > 16; shift -= 4)
      view.setUint8(at++, LOWER_DIGITS[(offset >>> (shift - 4)) & 15]! >>> 8);
    view.setUint16(at, LOWER_DIGITS[(offset >>> 8) & 0xff]!, true);
    view.setUint16(at + 2, LOWER_DIGITS[offset & 0xff]!, true);
    this.#length = at + 4;
    return this;
  }

  /** Begins the line of an instruction: indentation, label, colon, two spaces. */
  startInstruction(offset: number): this {
    const view = this.#view;
    let at = this.#length;
    const margin = at + Math.min(this.indent, SLACK / 2);
    for (; at < margin; at += WORD) view.setUint32(at, FOUR_SPACES, true);
    view.setUint32(margin, LABEL, true);
    this.#length = margin + 3;
    this.#digits(offset);
    this.#view.setUint32(this.#length, AFTER_LABEL, true);
    this.#length += 3;
    return this;
  }

  /** A whole number from 0 to 2³²-1 in decimal digits. */
  decimal(value: number): this {
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    if (digits > this.#room - this.#length) this.#makeRoom(digits);
    const bytes = this.#bytes;
    let rest = value;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      bytes[at] = 0x30 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.#length += digits;
    return this;
  }

  /** Bytes, or a run of them, as `01 0A FF`. */
  hexBytes(values: Uint8Array, start = 0, end = values.length): this {
    for (let index = start; index < end; index++) {
      if (this.#length > this.#room) this.#makeRoom(0);
      if (index > start) this.#bytes[this.#length++] = SPACE;
      this.#view.setUint16(this.#length, UPPER_DIGITS[values[index]!]!, true);
      this.#length += 2;
    }
    return this;
  }

  /** Bytes of a run in a buffer (this one's too): UTF-8 without line ends. */
  run(from: DataView, start: number, end: number): this {
    if (end - start > this.#room - this.#length) return this.#longRun(from, start, end);
    const view = this.#view;
    const words = Math.min(end, from.byteLength - WORD + 1);
    let at = this.#length;
    let index = start;
    for (; index < words; index += WORD, at += WORD) view.setUint32(at, from.getUint32(index, true), true);
    for (; index < end; index++, at++) view.setUint8(at, from.getUint8(index));
    this.#length += end - start;
    return this;
  }

  #longRun(from: DataView, start: number, end: number): this {
    this.#makeRoom(end - start);
    for (let at = start; at < end; at += LINE) {
      const pieceEnd = Math.min(at + LINE, end);
      if (pieceEnd - at > this.#room - this.#length) this.#makeRoom(pieceEnd - at);
      this.run(from, at, pieceEnd);
    }
    return this;
  }

  #long(text: string): this {
    this.#makeRoom(text.length);
    return text.length <= this.#room - this.#length ? this.text(text) : this.#pieces(text);
  }

  /** A UTF-16 unit is three bytes of UTF-8 at most. */
  #encoded(text: string): this {
    const most = text.length * 3;
    if (most > this.#room - this.#length) this.#makeRoom(most);
    if (most > this.#room - this.#length) return this.#pieces(text);
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
    return this;
  }

  #pieces(text: string): this {
    for (let start = 0; start < text.length; ) {
      let end = Math.min(start + LINE, text.length);
      // A surrogate pair is not cut in two.
      if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end++;
      this.text(text.slice(start, end));
      start = end;
    }
    return this;
  }
}
