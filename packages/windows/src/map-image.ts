import { alignUp, hex, UsageError } from '@ijw/binary';
import {
  ALLOCATION_GRANULARITY,
  HOST_AREA_SIZE,
  isRefusal,
  PAGE_SIZE,
  type PageFill,
  type PageRightBits,
  PageRights,
  pageRightsText,
} from '@ijw/machine';
import { CoffCharacteristics, PE_SIGNATURE, type PEImage, SectionCharacteristics, type SectionHeader } from '@ijw/pe';
import type { AddressRange, GuestProcess } from './guest-process.ts';
import type { LoadRun } from './load-run.ts';
import { windowsRefusal } from './windows-error.ts';

export interface MapRequest {
  readonly image: PEImage;
  /** For the trace. */
  readonly module: string;
  /** The base to use instead of the preferred base. */
  readonly base?: number;
  /** False: the image is mapped at the requested base and not relocated. */
  readonly relocate: boolean;
}

export interface Mapping {
  readonly base: number;
  readonly size: number;
  /** Base minus preferred base. */
  readonly delta: bigint;
}

const { MEM_EXECUTE, MEM_READ, MEM_WRITE } = SectionCharacteristics;

/** Page rights of a section. A section with both write and execute rights gets write: no page here has both. */
export function sectionRights(characteristics: number): PageRightBits {
  if (characteristics & MEM_WRITE) return PageRights.readWrite;
  if (characteristics & MEM_EXECUTE) return PageRights.readExecute;
  return characteristics & MEM_READ ? PageRights.read : PageRights.none;
}

/** Bytes a section takes in memory: VirtualSize, or the raw size where a linker left that 0. */
export const mappedSize = (section: SectionHeader): number => section.virtualSize || section.sizeOfRawData;

/**
 * Maps headers and sections as `MmCreateSection` and `MmMapViewOfSection` do: a page is read from the file when it is touched. All of it is writable until relocations and imports are done;
 * `protectSections` gives every page its rights. An image that does not fit its own headers is refused.
 */
export function mapImage({ process, trace }: LoadRun, request: MapRequest): Mapping {
  const { image, module } = request;
  const { imageBase, sizeOfImage } = image.optionalHeader;
  const size = alignUp(Math.max(sizeOfImage, 1), PAGE_SIZE);
  checkHeaders(image);
  checkSections(image, size);
  if (size > process.memory.commitLimit) throw imageTooLarge(sizeOfImage, `a process commits ${hex(process.memory.commitLimit)} at most`);
  const preferred = imageBase < 1n << 47n ? Number(imageBase) : -1;
  const base = placeImage(process, request, size, preferred);
  const committed = process.memory.commit(base, size, PageRights.readWrite);
  if (committed) {
    process.memory.release(base);
    throw imageTooLarge(sizeOfImage, committed.message);
  }
  backWithFile(process, image, base, size);
  trace.add({ step: 'map', module, base, size: sizeOfImage, preferredBase: preferred, moved: base !== preferred });
  return { base, size, delta: BigInt(base) - imageBase };
}

const imageTooLarge = (size: number, reason: string): Error =>
  windowsRefusal('COMMITMENT_LIMIT', 'imageTooLarge', `The image claims ${hex(size)} bytes: ${reason}`);

/** `MiVerifyImageHeader`: Windows takes no other signature, and no table of sections that is cut off. */
function checkHeaders({ coffHeader, sections, signature }: PEImage): void {
  if (signature !== PE_SIGNATURE)
    throw windowsRefusal('BAD_EXE_FORMAT', 'peSignature', `The PE signature is ${hex(signature, 8)}`, { structure: 'PE signature' });
  if (sections.length < coffHeader.numberOfSections)
    throw windowsRefusal('BAD_EXE_FORMAT', 'sectionTable', 'The file ends within the section table', { structure: 'section table' });
}

function checkSections(image: PEImage, size: number): void {
  const bad = (section: string, reason: string): Error =>
    windowsRefusal('BAD_EXE_FORMAT', 'sectionOutsideImage', reason, { structure: `section ${section}` });
  const { sizeOfHeaders } = image.optionalHeader;
  if (sizeOfHeaders > size) throw bad('headers', `The headers claim ${hex(sizeOfHeaders)} bytes of an image of ${hex(size)}`);
  const isLowAligned = image.optionalHeader.sectionAlignment < PAGE_SIZE;
  for (const section of image.sections) {
    const end = section.virtualAddress + mappedSize(section);
    if (!isLowAligned && section.virtualAddress % PAGE_SIZE !== 0) throw bad(section.name, `Section ${section.name} begins inside a page`);
    if (end > size) throw bad(section.name, `Section ${section.name} ends at ${hex(end)}, the image at ${hex(size)}`);
    const rawEnd = section.pointerToRawData + section.sizeOfRawData;
    if (image.layout === 'file' && section.sizeOfRawData > 0 && section.pointerToRawData > 0 && rawEnd > image.bytes.length) {
      throw bad(section.name, `Section ${section.name} ends at file offset ${hex(rawEnd)}, the file at ${hex(image.bytes.length)}`);
    }
  }
}

function placeImage(process: GuestProcess, request: MapRequest, size: number, preferred: number): number {
  const wanted = request.base ?? preferred;
  if (request.base !== undefined && !isBase(process, request.base, size)) {
    throw new UsageError(
      `${hex(request.base)} is not a base for an image of ${hex(size)} bytes: it must be a multiple of 64 KiB inside the process`,
    );
  }
  const stuck = request.relocate && wanted !== preferred && !canMove(request);
  // The first 64 KiB are never mapped.
  const at = stuck || wanted < ALLOCATION_GRANULARITY ? undefined : process.memory.reserve(size, wanted);
  if (typeof at === 'number') return at;
  if (!canMove(request)) {
    const reason = stuck ? `cannot go to ${hex(wanted)}` : `its base ${hex(wanted)} is taken`;
    throw windowsRefusal('INVALID_ADDRESS', 'baseTaken', `The image has no relocations and ${reason}`, {
      structure: 'optional header',
      field: 'ImageBase',
    });
  }
  const elsewhere = process.memory.reserve(size);
  if (isRefusal(elsewhere)) throw windowsRefusal('COMMITMENT_LIMIT', 'noAddressSpace', elsewhere.message);
  return elsewhere;
}

const isBase = (process: GuestProcess, base: number, size: number): boolean =>
  base >= process.memory.windowBase + HOST_AREA_SIZE && base % ALLOCATION_GRANULARITY === 0 && base + size <= process.memory.addressLimit;

/** RELOCS_STRIPPED, or no relocation directory: the image runs at its preferred base or not at all. */
const { RELOCS_STRIPPED } = CoffCharacteristics;

function canMove({ image, relocate }: MapRequest): boolean {
  return relocate && (image.coffHeader.characteristics & RELOCS_STRIPPED) === 0;
}

/** The address range of an image, from its headers. */
export const placeOf = ({ optionalHeader }: PEImage, base = Number(optionalHeader.imageBase)): AddressRange => ({
  base,
  size: optionalHeader.sizeOfImage,
});

/** The initial content of the image's pages: bytes of the file, or zeroes. Later sections overwrite earlier ones. */
function backWithFile({ memory }: GuestProcess, image: PEImage, base: number, size: number): void {
  const back = (rva: number, bytes: Uint8Array): void => {
    if (bytes.length > 0) memory.back(base + rva, bytes.length, bytesAt(base + rva, bytes));
  };
  if (image.layout === 'mapped') {
    back(0, image.bytes.subarray(0, size));
    return;
  }
  back(0, image.bytes.subarray(0, image.optionalHeader.sizeOfHeaders));
  for (const section of image.sections) {
    if (section.pointerToRawData === 0) continue;
    const length = Math.min(section.sizeOfRawData, alignUp(mappedSize(section), PAGE_SIZE), size - section.virtualAddress);
    back(section.virtualAddress, image.bytes.subarray(section.pointerToRawData, section.pointerToRawData + length));
  }
}

const bytesAt =
  (base: number, bytes: Uint8Array): PageFill =>
  (page, address) => {
    const from = Math.max(0, address - base);
    page.set(bytes.subarray(from, address - base + PAGE_SIZE), base + from - address);
  };

/** Gives headers and sections the rights that the section table asks for. */
export function protectSections({ process, trace }: LoadRun, image: PEImage, module: string, mapping: Mapping): void {
  const { memory } = process;
  memory.protect(mapping.base, mapping.size, PageRights.read);
  for (const section of image.sections) {
    const size = mappedSize(section);
    if (size === 0) continue;
    const rights = sectionRights(section.characteristics);
    memory.protect(mapping.base + section.virtualAddress, size, rights);
    const lost = (section.characteristics & MEM_WRITE) !== 0 && (section.characteristics & MEM_EXECUTE) !== 0;
    trace.add({
      step: 'mapSection',
      module,
      section: section.name,
      rva: section.virtualAddress,
      size,
      rights: pageRightsText(rights),
      ...(lost && { note: 'asks for writing and executing at once and gets writing' }),
    });
  }
  trace.add({ step: 'protectSections', module });
}
