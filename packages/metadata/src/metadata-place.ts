import { BadImageError } from '@ijw/binary';

/** The place of some bytes of the metadata, for errors. */
export class MetadataPlace {
  /** Absolute file offset. */
  readonly base: number;
  readonly rva: number | undefined;

  constructor(base: number, rva?: number) {
    this.base = base;
    this.rva = rva;
  }

  /** The place of something `offset` bytes further on. */
  at(offset: number): MetadataPlace {
    return new MetadataPlace(this.base + offset, this.rva === undefined ? undefined : this.rva + offset);
  }

  error(code: string, offset: number, reading: string, message: string): BadImageError {
    return new BadImageError({
      code,
      offset: this.base + offset,
      ...(this.rva !== undefined && { rva: this.rva + offset }),
      reading,
      message,
    });
  }
}
