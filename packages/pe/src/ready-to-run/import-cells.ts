import type { ByteReader } from '@ijw/binary';
import type { Rva } from '../address.ts';
import * as parsers from '../generated/structure-parsers.ts';
import type { PEImage } from '../pe-image.ts';
import { type StructureOf, structure } from '../structure.ts';
import { type ReadyToRunCore, ReadyToRunSectionType } from './ready-to-run-header.ts';
import { readyToRunSection } from './runtime-functions.ts';

/** READYTORUN_IMPORT_SECTION of readytorun.h. */
export const importSectionLayout = structure(
  {
    rva: 'u32',
    size: 'u32',
    flags: 'u16',
    type: 'u8',
    entrySize: 'u8',
    signatures: 'u32',
    auxiliaryData: 'u32',
  },
  parsers.importSection,
);

/** Cells that the runtime fills with addresses of code and of its own structures, each with a signature that says with which. */
export type ImportSection = Readonly<StructureOf<typeof importSectionLayout>>;

/** READYTORUN_IMPORT_SECTION_FLAGS_EAGER: the runtime fills the cells when it loads the image. */
export const EAGER_IMPORTS = 1;

/** READYTORUN_IMPORT_SECTION_TYPE. */
export const importSectionTypes: Readonly<Record<number, string>> = {
  0: 'Unknown',
  2: 'StubDispatch',
  3: 'StringHandle',
  7: 'ILBodyFixups',
};

/** @throws BadImageError */
export function readImportSections(image: PEImage, core: ReadyToRunCore): readonly ImportSection[] {
  const reader = readyToRunSection(image, core, ReadyToRunSectionType.ImportSections, 'the import sections');
  const sections: ImportSection[] = [];
  while (reader !== undefined && reader.remaining >= importSectionLayout.size) sections.push(importSectionLayout.read(reader));
  return sections;
}

/** A cell by its section and its number there. */
export interface ImportCell {
  readonly section: number;
  readonly index: number;
}

/** Numbers of three bits a nibble, the lower nibble of a byte first; the fourth bit says that more follow (`inc/nibblestream.h`). */
class NibbleReader {
  readonly #reader: ByteReader;
  #rest: number | undefined;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  unsigned(): number {
    let value = 0;
    for (;;) {
      const nibble = this.#nibble();
      value = ((value << 3) | (nibble & 7)) >>> 0;
      if ((nibble & 8) === 0) return value;
    }
  }

  #nibble(): number {
    const rest = this.#rest;
    if (rest !== undefined) {
      this.#rest = undefined;
      return rest;
    }
    const byte = this.#reader.u8();
    this.#rest = byte >>> 4;
    return byte & 15;
  }
}

/**
 * The cells that must be filled before a method may run: for each import section the distance from the one before, then its cells by their distances, up to
 * a zero (`PEDecoder::... FixupDelayList`, inc/pedecoder.h). @throws BadImageError
 */
export function readFixupList(reader: ByteReader): readonly ImportCell[] {
  const nibbles = new NibbleReader(reader);
  const cells: ImportCell[] = [];
  let section = nibbles.unsigned();
  for (;;) {
    let index = nibbles.unsigned();
    for (let delta = -1; delta !== 0; index += delta) {
      cells.push({ section, index });
      delta = nibbles.unsigned();
    }
    const delta = nibbles.unsigned();
    if (delta === 0) return cells;
    section += delta;
  }
}

/** A reader at the signature of the cell at an address; `undefined` where no cell is there. @throws BadImageError */
export function importCellSignature(image: PEImage, sections: readonly ImportSection[], cell: Rva): ByteReader | undefined {
  const section = sections.find(({ rva, size }) => cell >= rva && cell < rva + size);
  if (section === undefined || section.entrySize === 0 || section.signatures === 0) return undefined;
  const index = (cell - section.rva) / section.entrySize;
  if (!Number.isInteger(index)) return undefined;
  const signature = image.u32At(section.signatures + index * 4, 'the signatures of the import sections');
  return signature === 0 ? undefined : image.readerAt(signature, undefined, 'the signature of an import cell');
}
