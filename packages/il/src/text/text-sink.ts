import type { ByteSink } from '../listing/ascii-writer.ts';

const CHUNK = 0x20000;
/** Room that is always left behind the flush mark, for what is written without asking. */
const SLACK = 0x400;
const encoder = new TextEncoder();
const NEWLINE = 0x0a;
const SPACE = 0x20;
const DIGITS = '0123456789ABCDEF';
const HEX = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0));

/** Text as UTF-8 bytes in a buffer that goes to the sink chunk by chunk: memory does not grow with the length of the text. */
export class TextSink {
  readonly #sink: ByteSink;
  readonly #bytes = new Uint8Array(CHUNK + SLACK);
  #length = 0;
  /** Whether the last byte that went to the sink ended a line. */
  #atStart = true;
  /** Spaces before the next line. */
  indent = 0;
  /** Lines written so far. */
  lines = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#atStart = this.#bytes[this.#length - 1] === NEWLINE;
    this.#sink(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }

  /** Text without line ends. */
  text(text: string): this {
    const { length } = text;
    if (length * 3 + this.#length > CHUNK + SLACK) return this.#long(text);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return this.#encoded(text);
      bytes[at++] = code;
    }
    this.#length = at;
    if (at > CHUNK) this.flush();
    return this;
  }

  /** Begins a line: its indentation. */
  start(): this {
    const bytes = this.#bytes;
    let at = this.#length;
    const end = at + Math.min(this.indent, SLACK / 2);
    while (at < end) bytes[at++] = SPACE;
    this.#length = at;
    if (at > CHUNK) this.flush();
    return this;
  }

  end(): this {
    this.#bytes[this.#length++] = NEWLINE;
    this.lines++;
    if (this.#length > CHUNK) this.flush();
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

  /** `{` on a line of its own, and what follows is indented. */
  open(): this {
    this.line('{');
    this.indent += 2;
    return this;
  }

  /** `}`, with `// end of class Name` behind it where something is said. */
  close(what = '', name = ''): this {
    this.indent -= 2;
    this.start().text('}');
    if (what !== '') this.text(' // ').text(what).text(name);
    return this.end();
  }

  /** `IL_001f`: at least four digits. */
  label(offset: number): this {
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = 0x49;
    bytes[at++] = 0x4c;
    bytes[at++] = 0x5f;
    for (let shift = offset > 0xffff ? ((32 - Math.clz32(offset) + 3) & ~3) - 4 : 12; shift >= 0; shift -= 4) {
      const digit = (offset >>> shift) & 15;
      bytes[at++] = digit < 10 ? 0x30 + digit : 0x57 + digit;
    }
    this.#length = at;
    if (at > CHUNK) this.flush();
    return this;
  }

  /** Bytes as `01 0A FF`. */
  hexBytes(values: Uint8Array): this {
    for (let index = 0; index < values.length; index++) {
      const byte = values[index]!;
      const bytes = this.#bytes;
      if (index > 0) bytes[this.#length++] = SPACE;
      bytes[this.#length++] = HEX[byte >>> 4]!;
      bytes[this.#length++] = HEX[byte & 15]!;
      if (this.#length > CHUNK) this.flush();
    }
    return this;
  }

  /** What was made before: ASCII bytes, fewer than the slack. */
  ascii(ready: Uint8Array): this {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < ready.length; index++) bytes[at++] = ready[index]!;
    this.#length = at;
    if (at > CHUNK) this.flush();
    return this;
  }

  /** Bytes of a run in a buffer: UTF-8 without line ends. */
  run(from: Uint8Array, start: number, end: number): this {
    if (end - start > SLACK) return this.#longRun(from, start, end);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = start; index < end; index++) bytes[at++] = from[index]!;
    this.#length = at;
    if (at > CHUNK) this.flush();
    return this;
  }

  #longRun(from: Uint8Array, start: number, end: number): this {
    for (let at = start; at < end; at += SLACK) this.run(from, at, Math.min(at + SLACK, end));
    return this;
  }

  #long(text: string): this {
    this.flush();
    if (text.length * 3 <= CHUNK) return this.text(text);
    // A surrogate pair is not cut in two.
    let cut = CHUNK / 4;
    if ((text.charCodeAt(cut - 1) & 0xfc00) === 0xd800) cut++;
    return this.text(text.slice(0, cut)).text(text.slice(cut));
  }

  #encoded(text: string): this {
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
    if (this.#length > CHUNK) this.flush();
    return this;
  }
}
