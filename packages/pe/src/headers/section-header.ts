import type { ByteReader, Diagnostics } from '@ijw/binary';
import * as parsers from '../generated/structure-parsers.ts';
import { type StructureOf, structure } from '../structure.ts';
import { coffString, textUpToNul } from '../symbols/coff-string-table.ts';
import type { CoffHeader } from './coff-header.ts';

/** PE/COFF "Section Table (Section Headers)": IMAGE_SECTION_HEADER. */
export const sectionHeaderLayout = structure(
  {
    nameBytes: 8,
    virtualSize: 'u32',
    virtualAddress: 'u32',
    sizeOfRawData: 'u32',
    pointerToRawData: 'u32',
    pointerToRelocations: 'u32',
    pointerToLineNumbers: 'u32',
    numberOfRelocations: 'u16',
    numberOfLineNumbers: 'u16',
    characteristics: 'u32',
  },
  parsers.sectionHeader,
);

export type SectionHeader = Readonly<StructureOf<typeof sectionHeaderLayout>> & {
  /** Up to the first NUL; a MinGW name of the form `/n` is looked up in the COFF string table. */
  readonly name: string;
};

/** PE/COFF "Section Flags": IMAGE_SCN_*. */
export const SectionCharacteristics = {
  TYPE_NO_PAD: 0x00000008,
  CNT_CODE: 0x00000020,
  CNT_INITIALIZED_DATA: 0x00000040,
  CNT_UNINITIALIZED_DATA: 0x00000080,
  LNK_OTHER: 0x00000100,
  LNK_INFO: 0x00000200,
  LNK_REMOVE: 0x00000800,
  LNK_COMDAT: 0x00001000,
  GPREL: 0x00008000,
  LNK_NRELOC_OVFL: 0x01000000,
  MEM_DISCARDABLE: 0x02000000,
  MEM_NOT_CACHED: 0x04000000,
  MEM_NOT_PAGED: 0x08000000,
  MEM_SHARED: 0x10000000,
  MEM_EXECUTE: 0x20000000,
  MEM_READ: 0x40000000,
  MEM_WRITE: 0x80000000,
} as const;

/** Eight bytes of ASCII, nearly always. */
function shortName(bytes: Uint8Array): string {
  let name = '';
  for (const byte of bytes) {
    if (byte === 0) break;
    if (byte >= 0x80) return textUpToNul(bytes);
    name += String.fromCharCode(byte);
  }
  return name;
}

const LONG_NAME_LIMIT = 256;

/** PE/COFF says that images have no long section names; MinGW writes them all the same (`/4` for `.debug_info`). */
function sectionName(nameBytes: Uint8Array, bytes: Uint8Array, coffHeader: CoffHeader): string {
  const name = shortName(nameBytes);
  if (coffHeader.pointerToSymbolTable === 0 || !/^\/\d+$/.test(name)) return name;
  return coffString(bytes, coffHeader, Number(name.slice(1)), LONG_NAME_LIMIT) ?? name;
}

/** Reads NumberOfSections headers, as many as are there. `bytes` is the whole file, for long names. */
export function readSectionHeaders(
  reader: ByteReader,
  bytes: Uint8Array,
  coffHeader: CoffHeader,
  diagnostics: Diagnostics,
): SectionHeader[] {
  const { numberOfSections } = coffHeader;
  const count = Math.min(numberOfSections, Math.floor(reader.remaining / sectionHeaderLayout.size));
  const sections: SectionHeader[] = [];
  for (let index = 0; index < count; index++) {
    const raw = sectionHeaderLayout.read(reader);
    sections.push({ name: sectionName(raw.nameBytes, bytes, coffHeader), ...raw });
  }
  if (count < numberOfSections)
    diagnostics.record(
      reader.error('TRUNCATED', `The file ends within the section table: ${numberOfSections} sections, ${count} are there`),
    );
  return sections;
}
