import type { Rva } from '../address.ts';
import type { PEImage } from '../pe-image.ts';

/** PE/COFF "Base Relocation Types": IMAGE_REL_BASED_*. */
export const RelocationType = {
  ABSOLUTE: 0,
  HIGH: 1,
  LOW: 2,
  HIGHLOW: 3,
  HIGHADJ: 4,
  MACHINE_SPECIFIC_5: 5,
  MACHINE_SPECIFIC_7: 7,
  MACHINE_SPECIFIC_8: 8,
  MACHINE_SPECIFIC_9: 9,
  DIR64: 10,
} as const;

export interface BaseRelocation {
  readonly rva: Rva;
  readonly type: number;
  /** The low half of the value, which HIGHADJ takes from the entry after it. */
  readonly adjustment?: number;
}

export interface BaseRelocationBlock {
  readonly pageRva: Rva;
  readonly size: number;
  /** With the ABSOLUTE entries that pad the block. */
  readonly entries: readonly BaseRelocation[];
}

const BLOCK_HEADER = 8;

/** PE/COFF "The .reloc Section". @throws BadImageError */
export function readBaseRelocations(image: PEImage): readonly BaseRelocationBlock[] | undefined {
  const directory = image.directory('baseRelocation');
  if (directory === undefined || directory.rva === 0) return undefined;
  const reader = image.readerAt(directory.rva, directory.size, 'the base relocations');
  const blocks: BaseRelocationBlock[] = [];
  while (reader.remaining >= BLOCK_HEADER) {
    const start = reader.position;
    const pageRva = reader.u32();
    const size = reader.u32();
    if (size === 0) break;
    if (size < BLOCK_HEADER) throw reader.error('BAD_RELOCATION_BLOCK', `A block of ${size} bytes cannot hold its header`, start);
    const block = reader.slice(size - BLOCK_HEADER);
    const entries: BaseRelocation[] = [];
    while (block.remaining >= 2) {
      const entry = block.u16();
      const type = entry >> 12;
      const rva = pageRva + (entry & 0xfff);
      if (type === RelocationType.HIGHADJ) entries.push({ rva, type, adjustment: block.u16() });
      else entries.push({ rva, type });
    }
    blocks.push({ pageRva, size, entries });
  }
  return blocks;
}
