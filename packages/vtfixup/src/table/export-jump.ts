// ExportAddressTableJumps of the CLI header (ECMA-335 II.25.3.3, where it is always 0): IMAGE_COR_EATJ_THUNK_SIZE of clr `corhdr.h`, DumpEATTable of ildasm.
// The first version of the .NET Framework made the code of managed exports there.

import { BadImageError, type ByteReader, ByteWriter, type Diagnostics, hex } from '@ijw/binary';
import { type PEImage, readCliHeader } from '@ijw/pe';

/** The space for the code of an export, which the runtime fills. */
export interface ExportJump {
  /** RVA of the vtable slot whose method the code is for. */
  readonly slotRva: number;
  /** Zero in a valid file. */
  readonly reserved: number;
}

/** IMAGE_COR_EATJ_THUNK_SIZE: slot and flag, the rest is room. */
export const EXPORT_JUMP_SIZE = 32;
const READ_SIZE = 8;

export function readExportJump(reader: ByteReader): ExportJump {
  const jump = { slotRva: reader.u32(), reserved: reader.u32() };
  reader.skip(EXPORT_JUMP_SIZE - READ_SIZE);
  return jump;
}

export function writeExportJump(writer: ByteWriter, { slotRva, reserved }: ExportJump): void {
  writer
    .u32(slotRva)
    .u32(reserved)
    .fill(EXPORT_JUMP_SIZE - READ_SIZE);
}

/** The content of an ExportAddressTableJumps directory. */
export function writeExportJumps(jumps: Iterable<ExportJump>): Uint8Array {
  const writer = new ByteWriter();
  for (const jump of jumps) writeExportJump(writer, jump);
  return writer.toBytes();
}

/** An entry with the RVA at which it is, which is what the export directory has. */
export interface PlacedExportJump extends ExportJump {
  readonly rva: number;
}

/**
 * The entries of the ExportAddressTableJumps directory, as many as fit its size; none if the image has no such directory. Errors go to
 * `diagnostics`.
 * @throws BadImageError when the CLI header cannot be read, or the directory is not in the image and no diagnostics are given
 */
export function readExportJumps(image: PEImage, diagnostics?: Diagnostics): readonly PlacedExportJump[] {
  const directory = readCliHeader(image)?.exportAddressTableJumps;
  if (directory === undefined || directory.rva === 0 || directory.size === 0) return [];
  const read = () => jumpsAt(image, directory.rva, Math.floor(directory.size / EXPORT_JUMP_SIZE));
  const jumps = diagnostics === undefined ? read() : (diagnostics.attempt(read) ?? []);
  if (diagnostics) judge(image, directory.rva, directory.size, jumps, diagnostics);
  return jumps;
}

function jumpsAt(image: PEImage, rva: number, count: number): readonly PlacedExportJump[] {
  const size = count * EXPORT_JUMP_SIZE;
  if (size > image.bytes.length) {
    const message = `${count} entries are more than the file has bytes for`;
    const offset = image.rvaToOffset(rva) ?? 0;
    throw new BadImageError({ code: 'COUNT_TOO_LARGE', offset, rva, reading: 'the ExportAddressTableJumps directory', message });
  }
  const reader = image.readerAt(rva, size, 'the ExportAddressTableJumps directory');
  return Array.from({ length: count }, (_, index) => ({ rva: rva + index * EXPORT_JUMP_SIZE, ...readExportJump(reader) }));
}

function judge(image: PEImage, rva: number, size: number, jumps: readonly PlacedExportJump[], diagnostics: Diagnostics): void {
  const warn = (code: string, at: number, message: string): void => {
    const offset = image.rvaToOffset(at) ?? 0;
    diagnostics.report({ severity: 'warning', code, offset, rva: at, reading: 'the ExportAddressTableJumps directory', message });
  };
  if (size % EXPORT_JUMP_SIZE)
    warn('EXPORT_JUMP_SIZE', rva, `${size} bytes are not a multiple of ${EXPORT_JUMP_SIZE}, the size of an entry`);
  const flagged = jumps.find(({ reserved }) => reserved !== 0);
  if (flagged) warn('EXPORT_JUMP_RESERVED', flagged.rva, `The reserved flag is ${hex(flagged.reserved)}, not 0`);
}
