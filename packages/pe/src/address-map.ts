import type { FileOffset, Rva } from './address.ts';
import type { OptionalHeader } from './headers/optional-header.ts';
import type { SectionHeader } from './headers/section-header.ts';

/** A run of addresses that one part of the file backs. */
export interface ImageSegment {
  readonly rva: Rva;
  /** First address after the segment. */
  readonly end: Rva;
  /** File offset of the first byte. */
  readonly offset: FileOffset;
  /** The number of bytes in the file according to the headers (the file may end earlier); the rest of the segment is zero. */
  readonly rawSize: number;
  /** Absent for the headers, and where the whole file is mapped flat. */
  readonly section?: SectionHeader;
}

export interface MappingInput {
  readonly fileSize: number;
  readonly layout: 'file' | 'mapped';
  readonly sections: readonly SectionHeader[];
  readonly optionalHeader: Pick<OptionalHeader, 'sectionAlignment' | 'fileAlignment' | 'sizeOfHeaders'>;
}

const PAGE = 0x1000;
const SECTOR = 0x200;
const ADDRESS_END = 0x1_0000_0000;

/**
 * Windows maps an image whose SectionAlignment is below a page as one piece, and refuses it when a section's PointerToRawData is not its
 * VirtualAddress. ReadyToRun images for Linux have such an alignment too and are mapped section by section (dotnet/runtime
 * `src/coreclr/vm/peimagelayout.cpp`), so what decides is where the sections are.
 */
const isFlat = ({ optionalHeader, sections }: MappingInput): boolean =>
  optionalHeader.sectionAlignment < PAGE &&
  sections.every((section) => section.pointerToRawData === section.virtualAddress || section.sizeOfRawData === 0);

const pageEnd = (value: number): number => Math.ceil(value / PAGE) * PAGE;

/**
 * The addresses of one section. Windows (`MiCreateImageFileMap`) reads raw data from the sector that PointerToRawData is in, takes a
 * VirtualSize of 0 for SizeOfRawData, backs whole pages, and fills what the raw data does not reach with zeroes.
 */
function sectionSegment(section: SectionHeader, input: MappingInput): ImageSegment {
  const { sectionAlignment, fileAlignment } = input.optionalHeader;
  const paged = sectionAlignment >= PAGE;
  const start = section.virtualAddress;
  const extent = section.virtualSize || section.sizeOfRawData;
  const end = Math.min(start + (paged ? pageEnd(extent) : Math.max(extent, section.sizeOfRawData)), ADDRESS_END);
  const pointer = section.pointerToRawData;
  const offset = paged && fileAlignment >= SECTOR ? pointer - (pointer % SECTOR) : pointer;
  const rawSize = pointer === 0 ? 0 : Math.min(section.sizeOfRawData, end - start);
  return { rva: start, end, offset, rawSize, section };
}

/** In a dump of a loaded image an RVA is the offset; addresses beyond the dump have no bytes. */
function dumpedSegment(section: SectionHeader, { fileSize }: MappingInput): ImageSegment {
  const start = section.virtualAddress;
  const end = Math.min(start + pageEnd(section.virtualSize || section.sizeOfRawData), fileSize);
  return { rva: start, end, offset: start, rawSize: Math.max(0, end - start), section };
}

function part(segment: ImageSegment, rva: Rva, end: Rva): ImageSegment {
  const skipped = rva - segment.rva;
  const rawSize = Math.max(0, Math.min(segment.rawSize - skipped, end - rva));
  return { ...segment, rva, end, offset: segment.offset + skipped, rawSize };
}

const isAscending = (segments: readonly ImageSegment[]): boolean =>
  segments.every((segment, index) => index === 0 || segments[index - 1]!.end <= segment.rva);

/**
 * Disjoint segments in ascending order, from segments of which an earlier one hides a later one. Each piece between two borders is given
 * to the first segment that covers it; `next` leads past the pieces that are given already, so that 65 535 overlapping sections cost no more
 * than a sort.
 */
function flatten(segments: readonly ImageSegment[]): readonly ImageSegment[] {
  const borders = [...new Set(segments.flatMap((segment) => [segment.rva, segment.end]))].sort((a, b) => a - b);
  const indexOf = new Map(borders.map((border, index) => [border, index]));
  const owners = new Array<ImageSegment | undefined>(borders.length);
  const next = Uint32Array.from({ length: borders.length + 1 }, (_, index) => index);
  const find = (index: number): number => {
    let found = index;
    while (next[found] !== found) {
      next[found] = next[next[found]!]!;
      found = next[found]!;
    }
    return found;
  };
  for (const segment of segments) {
    const stop = indexOf.get(segment.end)!;
    for (let index = find(indexOf.get(segment.rva)!); index < stop; index = find(index)) {
      owners[index] = segment;
      next[index] = index + 1;
    }
  }
  return mergePieces(borders, owners);
}

function mergePieces(borders: readonly number[], owners: readonly (ImageSegment | undefined)[]): readonly ImageSegment[] {
  const pieces: ImageSegment[] = [];
  for (let index = 0; index < borders.length; index++) {
    const owner = owners[index];
    if (owner === undefined) continue;
    let last = index;
    while (owners[last + 1] === owner) last++;
    pieces.push(part(owner, borders[index]!, borders[last + 1]!));
    index = last;
  }
  return pieces;
}

/** The segment of one section, without regard to other sections. */
export const placeSection = (section: SectionHeader, input: MappingInput): ImageSegment =>
  input.layout === 'mapped' ? dumpedSegment(section, input) : sectionSegment(section, input);

/** The address space of an image as the file fills it, in ascending order and without overlaps. A section hides the headers. */
export function mapSegments(input: MappingInput): readonly ImageSegment[] {
  const sections = input.sections.map((section) => placeSection(section, input)).filter((segment) => segment.end > segment.rva);
  const size = input.layout === 'mapped' || isFlat(input) ? input.fileSize : Math.min(input.optionalHeader.sizeOfHeaders, input.fileSize);
  const headers: ImageSegment = { rva: 0, end: size, offset: 0, rawSize: size };
  const inOrder = [headers, ...sections];
  return isAscending(inOrder) ? inOrder : flatten([...sections, headers]);
}

/** The segment that holds `rva`, by bisection. */
export function findSegment(segments: readonly ImageSegment[], rva: Rva): ImageSegment | undefined {
  let low = 0;
  let high = segments.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const segment = segments[middle]!;
    if (rva < segment.rva) high = middle - 1;
    else if (rva >= segment.end) low = middle + 1;
    else return segment;
  }
  return undefined;
}
