import { alignUp } from '@ijw/binary';
import type { FileOffset, Rva } from '../address.ts';
import type { SectionHeader } from '../headers/section-header.ts';
import { bytesPart, type ImagePart } from './image-part.ts';
import type { ImagePlan, PlacedPart, PlacedSection } from './image-plan.ts';

export interface SectionOptions {
  /** Where it begins; behind the section before it when not said. */
  readonly rva?: Rva;
  /** When larger than the parts, the rest is zero-filled by the loader. */
  readonly virtualSize?: number;
  /** `SectionCharacteristics`; readable initialized data when not said. */
  readonly characteristics?: number;
  /** Written in place of what the layout says, however wrong. */
  readonly header?: Partial<SectionHeader>;
}

interface SectionEntry {
  readonly part: ImagePart;
  readonly rva?: Rva;
}

/** A section of an image that is being built: parts one after the other, or at chosen addresses. */
export class SectionBuilder {
  readonly name: string;
  readonly options: SectionOptions;
  readonly #entries: SectionEntry[] = [];

  constructor(name: string, options: SectionOptions) {
    this.name = name;
    this.options = options;
  }

  /** Adds a part, at `rva` (not before the section) or behind what was added before. Returns it, to refer to its address. */
  add(content: ImagePart | Uint8Array, options: { readonly rva?: Rva; readonly alignment?: number } = {}): ImagePart {
    const part = content instanceof Uint8Array ? bytesPart(content, options.alignment) : content;
    this.#entries.push({ part, ...(options.rva !== undefined && { rva: options.rva }) });
    return part;
  }

  /** Gives out addresses from `rva` on. */
  layout(plan: ImagePlan, rva: Rva, offset: FileOffset, fileAlignment: number): PlacedSection {
    const parts: PlacedPart[] = [];
    let next = rva;
    let end = rva;
    for (const entry of this.#entries) {
      const placed = plan.place(entry.part, entry.rva ?? alignUp(next, entry.part.alignment ?? 4));
      parts.push(placed);
      next = placed.rva + placed.size;
      end = Math.max(end, next);
    }
    const size = end - rva;
    const virtualSize = this.options.virtualSize ?? size;
    return { section: this, rva, virtualSize, offset: size === 0 ? 0 : offset, rawSize: alignUp(size, fileAlignment), parts };
  }
}
