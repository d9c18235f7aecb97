import { type PEImage, SectionCharacteristics } from '@ijw/pe';

/** A run of code bytes that one section backs, with what is needed to turn the operands of its instructions into RVAs. */
export interface CodeRegion {
  /** RVA of the first byte. */
  readonly rva: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The preferred base: absolute operands are relative to it. */
  readonly imageBase: bigint;
}

export const codeRegion = (rva: number, bytes: Uint8Array, imageBase: bigint): CodeRegion => ({
  rva,
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  imageBase,
});

const EXECUTABLE = SectionCharacteristics.MEM_EXECUTE | SectionCharacteristics.CNT_CODE;

interface Region extends CodeRegion {
  readonly executable: boolean;
}

/** The bytes of an image by section; views, not copies. */
export class ImageCode {
  readonly imageBase: bigint;
  readonly #regions: readonly Region[];

  constructor(image: PEImage) {
    this.imageBase = image.optionalHeader.imageBase;
    this.#regions = image.segments.map((segment) => {
      const bytes = image.bytes.subarray(segment.offset, segment.offset + segment.rawSize);
      const executable = ((segment.section?.characteristics ?? 0) & EXECUTABLE) !== 0;
      return { ...codeRegion(segment.rva, bytes, this.imageBase), executable };
    });
  }

  /** The sections that are loaded as code. */
  get executable(): readonly CodeRegion[] {
    return this.#regions.filter((region) => region.executable);
  }

  /** The region with bytes of the file at an address, whatever the rights of its section. */
  at(rva: number): CodeRegion | undefined {
    return this.#find(rva);
  }

  isExecutable(rva: number): boolean {
    return this.#find(rva)?.executable ?? false;
  }

  #find(rva: number): Region | undefined {
    let low = 0;
    let high = this.#regions.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const region = this.#regions[middle]!;
      if (rva < region.rva) high = middle - 1;
      else if (rva >= region.rva + region.bytes.length) low = middle + 1;
      else return region;
    }
    return undefined;
  }
}
