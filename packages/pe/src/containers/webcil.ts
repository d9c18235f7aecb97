import { alignUp, ByteReader, ByteWriter } from '@ijw/binary';
import { PEBuilder } from '../builder/pe-builder.ts';
import { Machine } from '../headers/machine.ts';

/** `WbIL`. */
const WEBCIL_MAGIC = 0x4c496257;
const READING = 'the Webcil header';
const SECTION_HEADER = 16;
/** Of sections in the file. */
const ALIGNMENT = 16;

interface WebcilSection {
  readonly virtualSize: number;
  readonly virtualAddress: number;
  readonly bytes: Uint8Array;
}

/**
 * The parts of a PE image that Webcil keeps: its sections, and where its CLI header and debug directory are (dotnet/runtime
 * `docs/design/mono/webcil.md`, `src/coreclr/inc/webcildecoder.h`). Everything else of the headers was dropped when the file was made.
 */
export interface Webcil {
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** Version 1: where the functions of a precompiled image begin in the table. */
  readonly tableBase?: number;
  readonly cliHeader: { readonly rva: number; readonly size: number };
  readonly debug: { readonly rva: number; readonly size: number };
  readonly sections: readonly WebcilSection[];
}

/** Reads versions 0 and 1. `base` is the file offset of the first byte, for errors. Throws `BadImageError`. */
export function readWebcil(bytes: Uint8Array, base = 0): Webcil {
  const reader = new ByteReader(bytes, { base, reading: READING });
  if (reader.u32() !== WEBCIL_MAGIC) throw reader.error('NOT_WEBCIL', 'The bytes do not begin with WbIL', 0);
  const majorVersion = reader.u16();
  const minorVersion = reader.u16();
  if (majorVersion > 1) throw reader.error('UNKNOWN_WEBCIL_VERSION', `Webcil ${majorVersion}.${minorVersion} is not known, 0 and 1 are`, 4);
  const count = reader.u16();
  reader.skip(2);
  const cliHeader = { rva: reader.u32(), size: reader.u32() };
  const debug = { rva: reader.u32(), size: reader.u32() };
  const tableBase = majorVersion === 1 ? { tableBase: reader.u32() } : {};
  reader.count(count, SECTION_HEADER);
  const sections = Array.from({ length: count }, () => readSection(reader, bytes));
  // Sections do not share bytes: otherwise 65 535 of them could each be the whole file.
  if (sections.reduce((sum, section) => sum + section.bytes.length, 0) > bytes.length) {
    throw reader.error('TOO_MUCH_DATA', 'The sections overlap each other');
  }
  return { majorVersion, minorVersion, ...tableBase, cliHeader, debug, sections };
}

function readSection(reader: ByteReader, bytes: Uint8Array): WebcilSection {
  const start = reader.position;
  const virtualSize = reader.u32();
  const virtualAddress = reader.u32();
  const size = reader.u32();
  const offset = reader.u32();
  if (offset + size > bytes.length)
    throw reader.error('TRUNCATED', `A section of ${size} bytes at ${offset} goes beyond the ${bytes.length} bytes`, start);
  return { virtualSize, virtualAddress, bytes: bytes.subarray(offset, offset + size) };
}

/** The twin of `readWebcil`. */
export function writeWebcil({ majorVersion, minorVersion, tableBase, cliHeader, debug, sections }: Webcil): Uint8Array {
  const writer = new ByteWriter().u32(WEBCIL_MAGIC).u16(majorVersion).u16(minorVersion).u16(sections.length).u16(0);
  writer.u32(cliHeader.rva).u32(cliHeader.size).u32(debug.rva).u32(debug.size);
  if (majorVersion === 1) writer.u32(tableBase ?? 0);
  let offset = alignUp(writer.length + sections.length * SECTION_HEADER, ALIGNMENT);
  for (const { virtualSize, virtualAddress, bytes } of sections) {
    writer.u32(virtualSize).u32(virtualAddress).u32(bytes.length).u32(offset);
    offset = alignUp(offset + bytes.length, ALIGNMENT);
  }
  for (const { bytes } of sections) writer.align(ALIGNMENT).bytes(bytes);
  return writer.toBytes();
}

/** A PE image with the sections at their addresses, which every reader of images takes. Headers that Webcil does not keep have their usual values. */
export function imageOfWebcil(webcil: Webcil): Uint8Array {
  const builder = new PEBuilder({ machine: Machine.I386, coff: { characteristics: 0x2102 } });
  for (const [index, { virtualSize, virtualAddress, bytes }] of webcil.sections.entries()) {
    builder.addSection(`.s${index}`, { rva: virtualAddress, virtualSize }).add(bytes, { rva: virtualAddress });
  }
  builder.setDirectory('cliHeader', webcil.cliHeader);
  builder.setDirectory('debug', webcil.debug);
  return builder.build();
}
