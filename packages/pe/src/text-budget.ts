import { BadImageError, ExpansionBudget } from '@ijw/binary';
import type { Rva } from './address.ts';
import type { PEImage } from './pe-image.ts';

/** The cost of a search for the end of a text is low beside that of decoding it. */
const SCAN_SHARE = 16;

/**
 * The names of a directory, which do not share bytes. A file that makes thousands of entries point into the same long name would cost its square
 * otherwise.
 */
export class TextBudget {
  readonly #budget: ExpansionBudget;
  readonly #reading: string;

  constructor(fileSize: number, reading: string) {
    this.#budget = ExpansionBudget.ofDistinctData(fileSize, reading);
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

  /** Pays for a text of `length` bytes at `rva` and its NUL. Throws `BadImageError`. */
  spend(length: number, rva: number): void {
    this.#budget.spend(length + 1, { offset: 0, rva });
  }
}
