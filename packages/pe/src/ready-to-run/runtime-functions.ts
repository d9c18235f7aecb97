import type { ByteReader } from '@ijw/binary';
import type { Rva } from '../address.ts';
import type { PEImage } from '../pe-image.ts';
import { NativeArray, nativeHashtableEntries, readNativeUnsigned } from './native-format.ts';
import { type ReadyToRunCore, ReadyToRunSectionType } from './ready-to-run-header.ts';

/** A function of machine code, or a part of one (a funclet, the cold part). */
export interface ReadyToRunFunction {
  readonly start: Rva;
  /** First address behind it. */
  readonly end: Rva;
}

/** A section of the header by its type, as a reader; `undefined` where the image has none. @throws BadImageError */
export function readyToRunSection(image: PEImage, core: ReadyToRunCore, type: number, reading: string): ByteReader | undefined {
  const section = core.sections.find((each) => each.type === type);
  return section === undefined || section.size === 0 ? undefined : image.readerAt(section.rva, section.size, reading);
}

/** RUNTIME_FUNCTION of amd64 has the end of the function too. */
const AMD64_SIZE = 12;
const SIZE = 8;

/**
 * The RuntimeFunctions section, in the order of the file, which is that of their addresses. Where the machine's entries have no end, a function
 * ends where the next one starts. @throws BadImageError
 */
export function readRuntimeFunctions(image: PEImage, core: ReadyToRunCore): readonly ReadyToRunFunction[] {
  const reader = readyToRunSection(image, core, ReadyToRunSectionType.RuntimeFunctions, 'the runtime functions');
  if (reader === undefined) return [];
  const size = image.machine === 'amd64' ? AMD64_SIZE : SIZE;
  // The entry behind the last one is a sentinel.
  const starts: number[] = [];
  const ends: number[] = [];
  while (reader.remaining >= size) {
    starts.push(reader.u32());
    if (size === AMD64_SIZE) ends.push(reader.u32());
    reader.skip(4);
  }
  return starts
    .map((start, index) => ({ start, end: ends[index] ?? starts[index + 1] ?? sectionEnd(image, start) }))
    .filter(({ start, end }) => start !== 0xffffffff && end > start);
}

function sectionEnd(image: PEImage, rva: number): number {
  const section = image.sectionAt(rva);
  return section === undefined ? rva : section.virtualAddress + section.virtualSize;
}

/** Where the code of a method begins. */
export interface EntryPoint {
  /** In the RuntimeFunctions section. */
  readonly functionIndex: number;
  /** Where the list of the method's fixups is, in the section of the entry point (`readFixupList`). Many methods share one. */
  readonly fixups?: number;
}

export interface MethodEntryPoint extends EntryPoint {
  /** Row of MethodDef. */
  readonly rid: number;
}

/** What both tables of entry points hold (readytorun-format.md, "READYTORUN_SECTION_METHODDEF_ENTRYPOINTS"). */
export function readEntryPoint(reader: ByteReader): EntryPoint {
  const id = readNativeUnsigned(reader);
  if ((id & 1) === 0) return { functionIndex: id >>> 1 };
  const { position } = reader;
  // The list is here, or so many bytes before this number.
  const fixups = (id & 2) === 0 ? position : position - readNativeUnsigned(reader);
  return { functionIndex: id >>> 2, fixups };
}

/** The MethodDefEntryPoints section: methods that are not generic. @throws BadImageError */
export function readMethodEntryPoints(image: PEImage, core: ReadyToRunCore, methodCount: number): readonly MethodEntryPoint[] {
  const reader = readyToRunSection(image, core, ReadyToRunSectionType.MethodDefEntryPoints, 'the method entry points');
  if (reader === undefined) return [];
  const array = new NativeArray(reader);
  const entryPoints: MethodEntryPoint[] = [];
  for (let rid = 1; rid <= Math.min(array.count, methodCount); rid++) {
    const offset = array.offsetOf(rid - 1);
    if (offset === undefined) continue;
    reader.position = offset;
    entryPoints.push({ rid, ...readEntryPoint(reader) });
  }
  return entryPoints;
}

/** A reader at each entry of the InstanceEntryPoints section: a method's signature, then its entry point. @throws BadImageError */
export function* instanceEntryPoints(image: PEImage, core: ReadyToRunCore): Generator<ByteReader, void> {
  const reader = readyToRunSection(image, core, ReadyToRunSectionType.InstanceEntryPoints, 'the instance entry points');
  if (reader === undefined) return;
  for (const offset of nativeHashtableEntries(reader)) {
    const after = reader.position;
    reader.position = offset;
    yield reader;
    reader.position = after;
  }
}

/** Pairs of the HotColdMap section: the first function of a method's cold part by that of its hot part. A cold part belongs to one method, the first that names it. @throws BadImageError */
export function readHotColdMap(image: PEImage, core: ReadyToRunCore): ReadonlyMap<number, number> {
  const reader = readyToRunSection(image, core, ReadyToRunSectionType.HotColdMap, 'the hot and cold map');
  const coldOf = new Map<number, number>();
  const taken = new Set<number>();
  while (reader !== undefined && reader.remaining >= 8) {
    const cold = reader.u32();
    const hot = reader.u32();
    if (!taken.has(cold)) coldOf.set(hot, cold);
    taken.add(cold);
  }
  return coldOf;
}
