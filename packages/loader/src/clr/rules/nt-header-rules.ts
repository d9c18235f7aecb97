import { alignUp, hex } from '@ijw/binary';
import { PE_SIGNATURE, SectionCharacteristics } from '@ijw/pe';
import { type ImageView, rvaProblem } from '../image/image-view.ts';

/** A rule by its name, and the place that it checks. */
export interface RuleIdentity {
  readonly rule: string;
  readonly structure: string;
  readonly field?: string;
}

/** One check of `PEDecoder`. `broken` says what is wrong, in words that complete "The image …", or is `undefined`. */
export interface FormatRule<V extends ImageView = ImageView> extends RuleIdentity {
  readonly broken: (view: V) => string | undefined;
}

const S = SectionCharacteristics;
const KNOWN_SECTION_FLAGS =
  S.CNT_CODE | S.CNT_INITIALIZED_DATA | S.CNT_UNINITIALIZED_DATA | S.MEM_DISCARDABLE | S.MEM_NOT_CACHED | S.MEM_NOT_PAGED | S.MEM_SHARED;
const KNOWN_SECTION_RIGHTS = S.MEM_EXECUTE + S.MEM_READ + S.MEM_WRITE;

const isPowerOfTwo = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));
const isMultiple = (value: number, of: number): boolean => of > 0 && value % of === 0;
const FILE_SYSTEM = 0x1000;
const SIZE_OF_OPTIONAL_HEADER = { pe32: 224, pe32Plus: 240 } as const;

const optional =
  (check: (header: ImageView['image']['optionalHeader']) => boolean, text: string) =>
  (view: ImageView): string | undefined =>
    check(view.image.optionalHeader) ? undefined : text;

/** dotnet/runtime `utilcode/pedecoder.cpp`, HasNTHeaders and CheckNTHeaders, in their order. */
export const NT_HEADER_RULES: readonly FormatRule[] = [
  {
    rule: 'peSignature',
    structure: 'PE signature',
    broken: ({ image }) => (image.signature === PE_SIGNATURE ? undefined : `has the signature ${hex(image.signature, 8)}`),
  },
  {
    rule: 'sectionTable',
    structure: 'section table',
    broken: ({ image: { coffHeader, sections } }) =>
      sections.length === coffHeader.numberOfSections
        ? undefined
        : `has ${coffHeader.numberOfSections} sections, of which ${sections.length} are in the file`,
  },
  {
    rule: 'optionalHeaderSize',
    structure: 'COFF header',
    field: 'SizeOfOptionalHeader',
    broken: ({ image }) => {
      const expected = image.is64Bit ? SIZE_OF_OPTIONAL_HEADER.pe32Plus : SIZE_OF_OPTIONAL_HEADER.pe32;
      const { sizeOfOptionalHeader } = image.coffHeader;
      return sizeOfOptionalHeader === expected ? undefined : `has an optional header of ${sizeOfOptionalHeader} bytes, not ${expected}`;
    },
  },
  {
    rule: 'systemFile',
    structure: 'COFF header',
    field: 'Characteristics',
    broken: ({ image }) => (image.coffHeader.characteristics & FILE_SYSTEM ? 'is marked as a system file' : undefined),
  },
  {
    rule: 'fileAlignment',
    structure: 'optional header',
    field: 'FileAlignment',
    broken: optional(
      (h) => isPowerOfTwo(h.fileAlignment) && isMultiple(h.fileAlignment, 512),
      'has a FileAlignment that is not a power of two from 512 on',
    ),
  },
  {
    rule: 'sectionAlignment',
    structure: 'optional header',
    field: 'SectionAlignment',
    broken: optional(
      (h) => isPowerOfTwo(h.sectionAlignment) && isMultiple(h.sectionAlignment, h.fileAlignment),
      'has a SectionAlignment that is not a power of two and multiple of FileAlignment',
    ),
  },
  {
    rule: 'sizeOfImage',
    structure: 'optional header',
    field: 'SizeOfImage',
    broken: optional((h) => isMultiple(h.sizeOfImage, h.sectionAlignment), 'has a SizeOfImage that is not a multiple of SectionAlignment'),
  },
  {
    rule: 'sizeOfHeaders',
    structure: 'optional header',
    field: 'SizeOfHeaders',
    broken: optional((h) => isMultiple(h.sizeOfHeaders, h.fileAlignment), 'has a SizeOfHeaders that is not a multiple of FileAlignment'),
  },
  {
    rule: 'imageBase',
    structure: 'optional header',
    field: 'ImageBase',
    broken: optional((h) => h.imageBase % 0x10000n === 0n, 'has an ImageBase that is not a multiple of 64 KiB'),
  },
  {
    rule: 'stackAndHeap',
    structure: 'optional header',
    field: 'SizeOfStackCommit',
    broken: optional(
      (h) => h.sizeOfStackCommit <= h.sizeOfStackReserve && h.sizeOfHeapCommit <= h.sizeOfHeapReserve,
      'commits more stack or heap than it reserves',
    ),
  },
  { rule: 'sections', structure: 'section table', broken: sectionsProblem },
  {
    rule: 'cliHeaderDirectory',
    structure: 'data directories',
    field: 'CLI header',
    broken: (view) => {
      const directory = view.image.dataDirectories[14];
      if (!directory) return undefined;
      const problem = rvaProblem(view, directory.rva, directory.size, 0, true);
      return problem && `has a CLI header that ${problem}`;
    },
  },
];

/** CheckSection for the headers and for every section, each after the one before. */
function sectionsProblem({ image, mapped }: ImageView): string | undefined {
  const { sizeOfHeaders, sectionAlignment, fileAlignment, sizeOfImage } = image.optionalHeader;
  let addressEnd = sizeOfHeaders;
  let offsetEnd = sizeOfHeaders;
  if (sizeOfHeaders > sizeOfImage) return 'has headers beyond its size';
  for (const section of image.sections) {
    const { name, virtualAddress, virtualSize, pointerToRawData, sizeOfRawData, characteristics } = section;
    const size = alignUp(virtualSize, sectionAlignment);
    const unknown = (characteristics & ~(KNOWN_SECTION_FLAGS | KNOWN_SECTION_RIGHTS)) >>> 0;
    if (unknown !== 0) return `has a section ${name} with the flags ${hex(unknown)}`;
    if (characteristics & S.CNT_CODE && characteristics & S.MEM_WRITE) return `has writable code in ${name}`;
    if (!isMultiple(virtualAddress, sectionAlignment)) return `has a section ${name} that is not aligned`;
    if (!isMultiple(pointerToRawData, fileAlignment) || !isMultiple(sizeOfRawData, fileAlignment))
      return `has bytes of ${name} that are not aligned`;
    if (virtualAddress < addressEnd || (sizeOfRawData !== 0 && pointerToRawData < offsetEnd))
      return `has a section ${name} over the one before`;
    if (virtualAddress + size > sizeOfImage) return `has a section ${name} beyond its size`;
    if (!mapped && pointerToRawData + sizeOfRawData > image.bytes.length) return `has a section ${name} beyond the file's end`;
    if (sizeOfRawData > size) return `has a section ${name} with more bytes than it takes in memory`;
    addressEnd = virtualAddress + size;
    offsetEnd = pointerToRawData + sizeOfRawData;
  }
  return undefined;
}
