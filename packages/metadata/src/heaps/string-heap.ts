import type { MetadataPlace } from '../metadata-place.ts';
import { FREE, HeapBudget } from './heap-budget.ts';

const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const byteDecoder = new TextDecoder('latin1');

/** After this many strings the whole heap is turned into text once; from then on a string is a slice of it, which costs a third. */
const EAGER_AFTER = 256;

/** ECMA-335 II.24.2.3: NUL-terminated UTF-8, found by its offset; an offset may point into the middle of another string. */
export class StringHeap {
  readonly bytes: Uint8Array;
  readonly #place: MetadataPlace;
  readonly #budget: HeapBudget;
  #asked = 0;
  /** A character a byte; only the ASCII ones are right. */
  #text: string | undefined;

  constructor(bytes: Uint8Array, place: MetadataPlace, budget = new HeapBudget(bytes.length)) {
    this.bytes = bytes;
    this.#place = place;
    this.#budget = budget;
  }

  get size(): number {
    return this.bytes.length;
  }

  /**
   * The string at an offset. Bytes that are not UTF-8 become U+FFFD, as in the runtime. Offset 0 is the empty string, also without a heap.
   * @throws BadImageError BAD_STRING_OFFSET beyond the heap, UNTERMINATED_STRING, TOO_MUCH_DATA
   */
  get(offset: number): string {
    const { bytes } = this;
    if (!(offset < bytes.length)) return this.#beyond(offset);
    const near = Math.min(offset + FREE, bytes.length);
    let end = offset;
    let seen = 0;
    for (let byte = bytes[end]!; byte !== 0; byte = bytes[end]!) {
      seen |= byte;
      if (++end === near) return this.#long(offset, near);
    }
    if (seen >= 0x80) return utf8Decoder.decode(bytes.subarray(offset, end));
    if (this.#text !== undefined) return this.#text.slice(offset, end);
    return this.#ascii(offset, end);
  }

  /** A string whose first characters, up to `near`, are free; the rest is paid for. */
  #long(offset: number, near: number): string {
    const { bytes } = this;
    if (near < bytes.length && bytes[near] !== 0) this.check(offset);
    const end = bytes.indexOf(0, near);
    if (end < 0) throw this.#place.error('UNTERMINATED_STRING', offset, 'the #Strings heap', 'The string has no terminating NUL');
    this.pay(offset, end);
    return utf8Decoder.decode(bytes.subarray(offset, end));
  }

  /** For the characters from an offset to another, wherever they are copied. @throws BadImageError TOO_MUCH_DATA */
  pay(offset: number, end: number): void {
    this.#budget.name(end - offset, this.#place, offset);
  }

  /** Before a long string is looked at. @throws BadImageError TOO_MUCH_DATA */
  check(offset: number): void {
    this.#budget.check(this.#place, offset);
  }

  #ascii(offset: number, end: number): string {
    if (++this.#asked > EAGER_AFTER) this.#text = byteDecoder.decode(this.bytes);
    let text = '';
    for (let position = offset; position < end; position++) text += String.fromCharCode(this.bytes[position]!);
    return text;
  }

  #beyond(offset: number): string {
    if (offset === 0) return '';
    const { length } = this.bytes;
    throw this.#place.error('BAD_STRING_OFFSET', length, 'the #Strings heap', `${offset} is beyond the ${length} bytes of the heap`);
  }
}
