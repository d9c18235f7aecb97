import type { PEImage } from '@ijw/pe';

/** The bytes of a section from some place in it to its end. */
export interface SectionWindow {
  /** Of the first byte. */
  readonly rva: number;
  readonly bytes: Uint8Array;
  /** File offset of the first byte. */
  readonly base: number;
}

/** Gets the bytes around an RVA and keeps them for the next RVA, because the code of an image is nearly always in one section. */
export class SectionWindows {
  readonly #image: PEImage;
  #last: SectionWindow = { rva: 0, bytes: new Uint8Array(0), base: 0 };

  constructor(image: PEImage) {
    this.#image = image;
  }

  /** Bytes from the RVA or before it to the end of the section. Throws `BadImageError` if the RVA is outside the file's bytes. */
  at(rva: number, reading: string): SectionWindow {
    const last = this.#last;
    if (rva >= last.rva && rva < last.rva + last.bytes.length) return last;
    const { bytes, base } = this.#image.readerAt(rva, undefined, reading);
    this.#last = { rva, bytes: bytes.subarray(0, this.#virtualEnd(rva) - rva), base };
    return this.#last;
  }

  /** Where the section ends in memory: the file may hold more, up to its alignment, which the runtime and SRM ignore. */
  #virtualEnd(rva: number): number {
    const section = this.#image.sectionAt(rva);
    const end = section && section.virtualAddress + (section.virtualSize || section.sizeOfRawData);
    return end !== undefined && end > rva ? end : Number.POSITIVE_INFINITY;
  }
}
