import { BadImageError } from './bad-image-error.ts';

/** The place in the file of the data that is expanded. */
export interface ExpansionPlace {
  readonly offset: number;
  readonly rva?: number | undefined;
}

/**
 * The amount of data that one pass over a file may expand. Many rows may refer to one datum: each row is small, and the cost of reading the datum for every row is their
 * product. The pass pays for what it reads, and ends with `TOO_MUCH_DATA` when it is far beyond the size of the file.
 */
export class ExpansionBudget {
  readonly #limit: number;
  readonly #reading: string;
  #left: number;

  /** @param reading what is expanded, as it completes "while reading …" */
  constructor(limit: number, reading: string) {
    this.#limit = limit;
    this.#left = limit;
    this.#reading = reading;
  }

  /** For data that do not share bytes: their total length is at most that of the file. */
  static ofDistinctData(fileSize: number, reading: string): ExpansionBudget {
    return new ExpansionBudget(fileSize * 2 + 0x10000, reading);
  }

  /** For data that are named from many places, as the heaps of metadata are. */
  static ofSharedData(fileSize: number, reading: string): ExpansionBudget {
    return new ExpansionBudget(fileSize * 4 + 0x400000, reading);
  }

  /** Takes `amount` from what is left. @throws BadImageError TOO_MUCH_DATA when there is less */
  spend(amount: number, { offset, rva }: ExpansionPlace): void {
    this.#left -= amount;
    if (this.#left >= 0) return;
    throw new BadImageError({
      code: 'TOO_MUCH_DATA',
      offset,
      ...(rva !== undefined && { rva }),
      reading: this.#reading,
      message: `Data that several places share expands to more than ${this.#limit} units, far beyond the size of the file`,
    });
  }

  /** Begins another pass: the reads of earlier passes do not count. */
  renew(): void {
    this.#left = this.#limit;
  }
}
