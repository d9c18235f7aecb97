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

/** @throws BadImageError */
export function readImportSections(image: PEImage, core: ReadyToRunCore): readonly ImportSection[] {
  const reader = readyToRunSection(image, core, ReadyToRunSectionType.ImportSections, 'the import sections');
  const sections: ImportSection[] = [];
  while (reader !== undefined && reader.remaining >= importSectionLayout.size) sections.push(importSectionLayout.read(reader));
  return sections;
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
