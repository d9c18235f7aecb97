import { hex, UsageError } from '@ijw/binary';
import type { FileOffset, Rva } from '../address.ts';
import type { SectionHeader } from '../headers/section-header.ts';

/**
 * A part with addresses in an image that is being built. Its size is known before addresses are assigned; its content
 * may depend on all of them. (A size that depends on addresses, as that of base relocations, may use earlier ones.)
 */
export interface ImagePart {
  /** In bytes, a power of two. Default 4. */
  readonly alignment?: number;
  readonly size: number | ((plan: ImagePlan) => number);
  /** The size of the directory, if the part contains more than the directory. */
  readonly directorySize?: number;
  /** As many bytes as `size`. */
  write(plan: ImagePlan): Uint8Array;
}

/** A place in a part, or an address. */
export type PartPlace = Rva | { readonly part: ImagePart; readonly offset?: number };

/** A part whose bytes depend on no address. */
export const bytesPart = (bytes: Uint8Array, alignment = 4): ImagePart => ({ alignment, size: bytes.length, write: () => bytes });

export interface SectionOptions {
  /** Its address. Default: behind the previous section. */
  readonly rva?: Rva;
  /** If larger than the parts, the loader fills the rest with zeroes. */
  readonly virtualSize?: number;
  /** `SectionCharacteristics`. Default: readable initialized data. */
  readonly characteristics?: number;
  /** Replaces the value of the layout, also by a wrong one. */
  readonly header?: Partial<SectionHeader>;
}

export interface PlacedPart {
  readonly part: ImagePart;
  readonly rva: Rva;
  readonly size: number;
}

/** The place of one section and its parts. */
export interface PlacedSection {
  readonly section: { readonly name: string; readonly options: SectionOptions };
  readonly rva: Rva;
  readonly virtualSize: number;
  readonly offset: FileOffset;
  /** A multiple of the file alignment. */
  readonly rawSize: number;
  readonly parts: readonly PlacedPart[];
}

/** The places of all parts of an image, before a byte is written. */
export class ImagePlan {
  readonly imageBase: bigint;
  readonly pointerSize: 4 | 8;
  readonly sections: PlacedSection[] = [];
  readonly #places = new Map<ImagePart, PlacedPart>();

  constructor(imageBase: bigint, pointerSize: 4 | 8) {
    this.imageBase = imageBase;
    this.pointerSize = pointerSize;
  }

  place(part: ImagePart, rva: Rva): PlacedPart {
    const size = typeof part.size === 'number' ? part.size : part.size(this);
    const placed = { part, rva, size };
    this.#places.set(part, placed);
    return placed;
  }

  #placeOf(part: ImagePart): PlacedPart {
    const placed = this.#places.get(part);
    if (placed === undefined) throw new UsageError('The part is not in a section, or in a later one');
    return placed;
  }

  /** The address of a place, or of the byte `offset` bytes into a part. */
  rvaOf(place: PartPlace | ImagePart, offset = 0): Rva {
    if (typeof place === 'number') return place + offset;
    if ('part' in place) return this.#placeOf(place.part).rva + (place.offset ?? 0) + offset;
    return this.#placeOf(place).rva + offset;
  }

  sizeOf(part: ImagePart): number {
    return this.#placeOf(part).size;
  }

  /** The same as an address in the loaded image. */
  vaOf(place: PartPlace | ImagePart, offset = 0): bigint {
    return this.imageBase + BigInt(this.rvaOf(place, offset));
  }

  /** File offset of an address in one of the sections. */
  offsetOf(rva: Rva): FileOffset {
    const found = this.sections.find((section) => rva >= section.rva && rva < section.rva + Math.max(section.rawSize, section.virtualSize));
    if (found === undefined) throw new UsageError(`${hex(rva)} is outside the sections`);
    return found.offset + (rva - found.rva);
  }
}
