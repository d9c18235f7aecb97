import { alignUp } from '@ijw/binary';
import type { FileOffset, Rva } from '../address.ts';
import { bytesPart, type ImagePart, type ImagePlan, type PlacedPart, type PlacedSection, type SectionOptions } from './image-plan.ts';

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

  /** Assigns addresses from `rva` on. */
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
