import { alignUp } from '@ijw/binary';
import { CoffCharacteristics, type CoffHeader } from '../headers/coff-header.ts';
import { DOS_MAGIC, type DosHeader } from '../headers/dos-header.ts';
import { DllCharacteristics, type OptionalHeader, Subsystem } from '../headers/optional-header.ts';
import { SectionCharacteristics, type SectionHeader } from '../headers/section-header.ts';
import type { ImagePlan, PlacedSection } from './image-plan.ts';

const encoder = new TextEncoder();

/** PE/COFF "MS-DOS Stub": prints its message (int 21h, function 9) and exits (function 4Ch). */
export const DOS_STUB: Uint8Array = (() => {
  const code = [0x0e, 0x1f, 0xba, 0x0e, 0x00, 0xb4, 0x09, 0xcd, 0x21, 0xb8, 0x01, 0x4c, 0xcd, 0x21];
  const text = encoder.encode('This program cannot be run in DOS mode.\r\r\n$');
  const stub = new Uint8Array(64);
  stub.set(code);
  stub.set(text, code.length);
  return stub;
})();

/** The form of ECMA-335 II.25.2.1: a program of one page and a header of four paragraphs. */
export const defaultDosHeader = (newHeaderOffset: number): DosHeader => ({
  magic: DOS_MAGIC,
  lastPageBytes: 0x90,
  pages: 3,
  relocations: 0,
  headerParagraphs: 4,
  minimumParagraphs: 0,
  maximumParagraphs: 0xffff,
  initialSs: 0,
  initialSp: 0xb8,
  checksum: 0,
  initialIp: 0,
  initialCs: 0,
  relocationTableOffset: 0x40,
  overlayNumber: 0,
  reserved: new Uint8Array(8),
  oemId: 0,
  oemInfo: 0,
  reserved2: new Uint8Array(20),
  newHeaderOffset,
});

export const defaultCoffHeader = (machine: number, sections: number, sizeOfOptionalHeader: number, pointerSize: 4 | 8): CoffHeader => ({
  machine,
  numberOfSections: sections,
  timeDateStamp: 0,
  pointerToSymbolTable: 0,
  numberOfSymbols: 0,
  sizeOfOptionalHeader,
  characteristics:
    CoffCharacteristics.EXECUTABLE_IMAGE |
    CoffCharacteristics.DLL |
    (pointerSize === 8 ? CoffCharacteristics.LARGE_ADDRESS_AWARE : CoffCharacteristics.MACHINE_32BIT),
});

const rawSizeOf = (sections: readonly PlacedSection[], flag: number): number =>
  sections.reduce((sum, section) => (defaultSectionHeader(section).characteristics & flag ? sum + section.rawSize : sum), 0);

export function defaultOptionalHeader(
  builder: Pick<OptionalHeader, 'magic' | 'imageBase' | 'sectionAlignment' | 'fileAlignment'>,
  plan: ImagePlan,
  sizeOfHeaders: number,
  numberOfRvaAndSizes: number,
  addressOfEntryPoint: number,
): OptionalHeader {
  const code = plan.sections.find((section) => defaultSectionHeader(section).characteristics & SectionCharacteristics.CNT_CODE);
  const end = plan.sections.reduce((address, section) => Math.max(address, section.rva + section.virtualSize), sizeOfHeaders);
  return {
    magic: builder.magic,
    majorLinkerVersion: 14,
    minorLinkerVersion: 0,
    sizeOfCode: rawSizeOf(plan.sections, SectionCharacteristics.CNT_CODE),
    sizeOfInitializedData: rawSizeOf(plan.sections, SectionCharacteristics.CNT_INITIALIZED_DATA),
    sizeOfUninitializedData: 0,
    addressOfEntryPoint,
    baseOfCode: code?.rva ?? 0,
    baseOfData: 0,
    imageBase: builder.imageBase,
    sectionAlignment: builder.sectionAlignment,
    fileAlignment: builder.fileAlignment,
    majorOperatingSystemVersion: 6,
    minorOperatingSystemVersion: 0,
    majorImageVersion: 0,
    minorImageVersion: 0,
    majorSubsystemVersion: 6,
    minorSubsystemVersion: 0,
    win32VersionValue: 0,
    sizeOfImage: alignUp(end, builder.sectionAlignment),
    sizeOfHeaders,
    checkSum: 0,
    subsystem: Subsystem.WINDOWS_CUI,
    dllCharacteristics: DllCharacteristics.DYNAMIC_BASE | DllCharacteristics.NX_COMPAT,
    sizeOfStackReserve: 0x100000n,
    sizeOfStackCommit: 0x1000n,
    sizeOfHeapReserve: 0x100000n,
    sizeOfHeapCommit: 0x1000n,
    loaderFlags: 0,
    numberOfRvaAndSizes,
  };
}

export const defaultSectionHeader = ({ section, rva, virtualSize, offset, rawSize }: PlacedSection): SectionHeader => ({
  name: section.name,
  nameBytes: encoder.encode(section.name).subarray(0, 8),
  virtualSize,
  virtualAddress: rva,
  sizeOfRawData: rawSize,
  pointerToRawData: offset,
  pointerToRelocations: 0,
  pointerToLineNumbers: 0,
  numberOfRelocations: 0,
  numberOfLineNumbers: 0,
  characteristics: section.options.characteristics ?? SectionCharacteristics.CNT_INITIALIZED_DATA | SectionCharacteristics.MEM_READ,
});
