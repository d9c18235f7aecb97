import { BadImageError } from '@ijw/binary';
import type { Rva } from './address.ts';
import type { PEImage } from './pe-image.ts';

/** Looking for the end of a text that has none is cheap beside decoding one. */
const SCAN_SHARE = 16;

/**
 * The names of a directory do not share bytes, so all of them together are no longer than the file. A file that makes thousands of entries
 * point into the same long name would cost its square otherwise.
 */
export class TextBudget {
  #left: number;
  readonly #reading: string;

  constructor(fileSize: number, reading: string) {
    this.#left = fileSize * 2 + 0x10000;
    this.#reading = reading;
  }

  /** A text up to its NUL, paid for, also when it has none. Throws `BadImageError`. */
  cstring(image: PEImage, rva: Rva, limit: number): string {
    try {
      const text = image.cstringAt(rva, this.#reading, limit);
      this.spend(text.length, rva);
      return text;
    } catch (error) {
      if (error instanceof BadImageError && error.code === 'UNTERMINATED_STRING')
        this.spend(Math.min(limit, image.bytes.length) / SCAN_SHARE, rva);
      throw error;
    }
  }

  /** Takes `length` bytes at `rva` from what is left. Throws `BadImageError` `TOO_MUCH_DATA` when there is not as much. */
  spend(length: number, rva: number): void {
    this.#left -= length + 1;
    if (this.#left >= 0) return;
    const message = 'The parts of the directory overlap: together they are larger than the file';
    throw new BadImageError({ code: 'TOO_MUCH_DATA', offset: 0, rva, reading: this.#reading, message });
  }
}
