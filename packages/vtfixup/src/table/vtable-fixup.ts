// ECMA-335 II.25.3.3.3 "VTable fixup"; IMAGE_COR_VTABLEFIXUP of clr `corhdr.h`.

import { BadImageError, type ByteReader, ByteWriter, type Diagnostics, hex } from '@ijw/binary';
import { type PEImage, readCliHeader } from '@ijw/pe';
import { hasOneWidth, unknownTypeBits } from './vtable-fixup-type.ts';

/** One record of the VTableFixups directory: an array of slots that the runtime replaces by addresses of code. */
export interface VTableFixup {
  /** RVA of the first slot. */
  readonly rva: number;
  /** How many slots follow one another. */
  readonly count: number;
  /** `VTableFixupType` bits. */
  readonly type: number;
}

/** Bytes of a record: u32 RVA, u16 Count, u16 Type. */
export const VTABLE_FIXUP_SIZE = 8;

export function readVTableFixup(reader: ByteReader): VTableFixup {
  return { rva: reader.u32(), count: reader.u16(), type: reader.u16() };
}

export function writeVTableFixup(writer: ByteWriter, { rva, count, type }: VTableFixup): void {
  writer.u32(rva).u16(count).u16(type);
}

/** The content of a VTableFixups directory. */
export function writeVTableFixups(fixups: Iterable<VTableFixup>): Uint8Array {
  const writer = new ByteWriter();
  for (const fixup of fixups) writeVTableFixup(writer, fixup);
  return writer.toBytes();
}

/**
 * The records of the VTableFixups directory, as many as fit its size (the runtime ignores what is left over), as they are stored; none when the image
 * has no CLI header or no such directory. What is odd about a record goes to `diagnostics`.
 * @throws BadImageError when the CLI header cannot be read, or the directory is not in the image and no diagnostics are given
 */
export function readVTableFixups(image: PEImage, diagnostics?: Diagnostics): readonly VTableFixup[] {
  const directory = readCliHeader(image)?.vTableFixups;
  if (directory === undefined || directory.size < VTABLE_FIXUP_SIZE) return [];
  const read = () => recordsAt(image, directory.rva, Math.floor(directory.size / VTABLE_FIXUP_SIZE));
  const fixups = diagnostics === undefined ? read() : (diagnostics.attempt(read) ?? []);
  if (diagnostics !== undefined) judgeTypes(fixups, directory.rva, image, diagnostics);
  return fixups;
}

function recordsAt(image: PEImage, rva: number, count: number): readonly VTableFixup[] {
  const size = count * VTABLE_FIXUP_SIZE;
  if (size > image.bytes.length) {
    const message = `${count} records are more than the file has bytes for`;
    throw new BadImageError({
      code: 'COUNT_TOO_LARGE',
      offset: image.rvaToOffset(rva) ?? 0,
      rva,
      reading: 'the VTableFixups directory',
      message,
    });
  }
  const reader = image.readerAt(rva, size, 'the VTableFixups directory');
  return Array.from({ length: count }, () => readVTableFixup(reader));
}

/** A problem of a type is reported once, at the first record with that type. */
function judgeTypes(fixups: readonly VTableFixup[], rva: number, image: PEImage, diagnostics: Diagnostics): void {
  const seen = new Set<number>();
  for (const [index, fixup] of fixups.entries()) {
    if (!seen.has(fixup.type)) judgeType(fixup, rva + index * VTABLE_FIXUP_SIZE, image, diagnostics);
    seen.add(fixup.type);
  }
}

function judgeType({ type }: VTableFixup, rva: number, image: PEImage, diagnostics: Diagnostics): void {
  const offset = image.rvaToOffset(rva) ?? 0;
  const place = { severity: 'warning', offset, rva, reading: 'the VTableFixups directory' } as const;
  if (!hasOneWidth(type)) {
    const which = type & 3 ? 'both size bits' : 'no size bit';
    diagnostics.report({
      ...place,
      code: 'FIXUP_WIDTH_AMBIGUOUS',
      message: `Type ${hex(type)} has ${which}: read as ${type & 1 ? 4 : 8}-byte slots`,
    });
  } else if (Boolean(type & 2) !== image.is64Bit) {
    diagnostics.report({
      ...place,
      code: 'FIXUP_WIDTH_FOREIGN',
      message: `Type ${hex(type)} has slots of another size than the pointers of this image`,
    });
  }
  const unknown = unknownTypeBits(type);
  if (unknown)
    diagnostics.report({ ...place, code: 'FIXUP_TYPE_UNKNOWN', message: `Type ${hex(type)} has the unknown bits ${hex(unknown)}` });
}
