import { hex, UsageError } from '@ijw/binary';
import type { FileOffset, Rva } from '../address.ts';
import type { ImagePart, PartPlace } from './image-part.ts';
import type { SectionBuilder } from './section-builder.ts';

export interface PlacedPart {
  readonly part: ImagePart;
  readonly rva: Rva;
  readonly size: number;
}

/** Where one section and its parts will be. */
export interface PlacedSection {
  readonly section: SectionBuilder;
  readonly rva: Rva;
  readonly virtualSize: number;
  readonly offset: FileOffset;
  /** A multiple of the file alignment. */
  readonly rawSize: number;
  readonly parts: readonly PlacedPart[];
}

/** Where everything of an image will be, before a byte of it is written. */
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
