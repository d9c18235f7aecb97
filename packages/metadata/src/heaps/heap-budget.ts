import { ExpansionBudget } from '@ijw/binary';
import type { MetadataPlace } from '../metadata-place.ts';

/** Data of this length cost no more than the row that refers to them. */
export const FREE = 64;

/** Copying characters is cheap beside decoding the bytes of a signature or of an attribute. */
const CHARACTER_SHARE = 4;

/** The budget for repeated reads of long data in the heaps: any number of rows may have the same name, signature or value. */
export class HeapBudget {
  readonly #budget: ExpansionBudget;

  /** @param size of the metadata, in bytes */
  constructor(size: number) {
    this.#budget = ExpansionBudget.ofSharedData(size, 'the heaps of the metadata');
  }

  /** Pays for the bytes of a blob that are about to be decoded. @throws BadImageError TOO_MUCH_DATA */
  blob(length: number, place: MetadataPlace, offset: number): void {
    if (length > FREE) this.#budget.spend(length - FREE, { offset: place.base + offset, rva: place.rva && place.rva + offset });
  }

  /** Pays for a name. @throws BadImageError TOO_MUCH_DATA */
  name(length: number, place: MetadataPlace, offset: number): void {
    if (length > FREE) this.blob(FREE + (length - FREE) / CHARACTER_SHARE, place, offset);
  }

  /** Checks that something is left, before a long name is read. @throws BadImageError TOO_MUCH_DATA when nothing is */
  check(place: MetadataPlace, offset: number): void {
    this.#budget.spend(0, { offset: place.base + offset });
  }

  /** Pays for other work that the metadata multiplies: types within types, data of fields. @throws BadImageError TOO_MUCH_DATA */
  spend(amount: number, place: MetadataPlace): void {
    this.blob(amount, place, 0);
  }

  /** Begins another pass over the metadata. */
  renew(): void {
    this.#budget.renew();
  }
}
