import type { MetadataPlace } from '../metadata-place.ts';

const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** ECMA-335 II.24.2.3: NUL-terminated UTF-8, found by its offset; an offset may point into the middle of another string. */
export class StringHeap {
  readonly bytes: Uint8Array;
  private readonly place: MetadataPlace;

  constructor(bytes: Uint8Array, place: MetadataPlace) {
    this.bytes = bytes;
    this.place = place;
  }

  get size(): number {
    return this.bytes.length;
  }

  /**
   * The string at an offset. Bytes that are no UTF-8 become U+FFFD, as in the runtime. Offset 0 is the empty string also when there is no heap.
   * @throws BadImageError BAD_STRING_OFFSET beyond the heap, UNTERMINATED_STRING
   */
  get(offset: number): string {
    const bytes = this.bytes;
    const end = this.end(offset);
    let text = '';
    for (let position = offset; position < end; position++) {
      const code = bytes[position]!;
      if (code >= 0x80) return utf8Decoder.decode(bytes.subarray(offset, end));
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** Where the string ends: the offset of its NUL. */
  end(offset: number): number {
    const bytes = this.bytes;
    if (offset === 0 && bytes.length === 0) return 0;
    if (!(offset < bytes.length)) {
      throw this.place.error(
        'BAD_STRING_OFFSET',
        bytes.length,
        'the #Strings heap',
        `${offset} is beyond the ${bytes.length} bytes of the heap`,
      );
    }
    let end = offset;
    while (end < bytes.length && bytes[end] !== 0) end++;
    if (end === bytes.length)
      throw this.place.error('UNTERMINATED_STRING', offset, 'the #Strings heap', 'The string has no terminating NUL');
    return end;
  }
}
