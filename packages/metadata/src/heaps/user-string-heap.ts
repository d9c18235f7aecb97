import type { MetadataPlace } from '../metadata-place.ts';
import { BlobHeap } from './blob-heap.ts';
import { HeapBudget } from './heap-budget.ts';

/** UTF-16 units that become text at a time: a call takes no more arguments than the stack holds. */
const CHUNK = 4096;

/** ECMA-335 II.24.2.4: blobs of UTF-16 text with a last byte that tells whether any character needs more than 8-bit handling. */
export class UserStringHeap {
  readonly #blobs: BlobHeap;

  constructor(bytes: Uint8Array, place: MetadataPlace, budget = new HeapBudget(bytes.length)) {
    this.#blobs = new BlobHeap(bytes, place, budget, '#US');
  }

  get bytes(): Uint8Array {
    return this.#blobs.bytes;
  }

  get size(): number {
    return this.#blobs.size;
  }

  /** The text; unpaired surrogates are kept. @param offset the low 24 bits of an `ldstr` token */
  get(offset: number): string {
    const bytes = this.#blobs.get(offset);
    const units = new Array<number>(Math.min(bytes.length >>> 1, CHUNK));
    let text = '';
    for (let start = 0; start < bytes.length >>> 1; start += CHUNK) {
      units.length = Math.min((bytes.length >>> 1) - start, CHUNK);
      for (let index = 0; index < units.length; index++) {
        const position = (start + index) * 2;
        units[index] = bytes[position]! | (bytes[position + 1]! << 8);
      }
      text += String.fromCharCode.apply(null, units);
    }
    return text;
  }

  /** The stored bytes of the text, without the last one (no copy). */
  utf16(offset: number): Uint8Array {
    const bytes = this.#blobs.get(offset);
    return bytes.subarray(0, bytes.length & ~1);
  }

  /** The last byte, or `undefined` when the blob has an even length and so none. */
  terminal(offset: number): number | undefined {
    const bytes = this.#blobs.get(offset);
    return bytes.length & 1 ? bytes[bytes.length - 1] : undefined;
  }

  /** Every string with its offset, in order, until the heap ends or one is malformed. */
  *entries(): Generator<{ readonly offset: number; readonly text: string }> {
    let offset = 1;
    while (offset < this.bytes.length) {
      const start = this.#blobs.start(offset);
      const length = this.#blobs.length(offset);
      if (length > 0) yield { offset, text: this.get(offset) };
      offset = start + length;
    }
  }
}
