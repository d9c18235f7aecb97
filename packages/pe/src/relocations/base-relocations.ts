import { type ByteReader, lazyFor } from '@ijw/binary';
import type { Rva } from '../address.ts';
import type { MachineName } from '../headers/machine.ts';
import type { PEImage } from '../pe-image.ts';

/** PE/COFF "Base Relocation Types": IMAGE_REL_BASED_*. What 5, 7, 8 and 9 mean depends on the machine. */
export const RelocationType = {
  ABSOLUTE: 0,
  HIGH: 1,
  LOW: 2,
  HIGHLOW: 3,
  HIGHADJ: 4,
  MACHINE_SPECIFIC_5: 5,
  RESERVED: 6,
  MACHINE_SPECIFIC_7: 7,
  MACHINE_SPECIFIC_8: 8,
  MACHINE_SPECIFIC_9: 9,
  DIR64: 10,
} as const;

const commonNames: Readonly<Record<number, string>> = {
  0: 'ABSOLUTE',
  1: 'HIGH',
  2: 'LOW',
  3: 'HIGHLOW',
  4: 'HIGHADJ',
  6: 'RESERVED',
  10: 'DIR64',
};

const mips = { 5: 'MIPS_JMPADDR', 9: 'MIPS_JMPADDR16' };
const arm = { 5: 'ARM_MOV32', 7: 'THUMB_MOV32' };
const riscv = { 5: 'RISCV_HIGH20', 7: 'RISCV_LOW12I', 8: 'RISCV_LOW12S' };

const machineNames: Readonly<Partial<Record<MachineName, Readonly<Record<number, string>>>>> = {
  r3000: mips,
  r4000: mips,
  r10000: mips,
  wcemipsv2: mips,
  mips16: mips,
  mipsfpu: mips,
  mipsfpu16: mips,
  arm,
  thumb: arm,
  riscv32: riscv,
  riscv64: riscv,
  riscv128: riscv,
  loongarch32: { 8: 'LOONGARCH32_MARK_LA' },
  loongarch64: { 8: 'LOONGARCH64_MARK_LA' },
  ia64: { 9: 'IA64_IMM64' },
};

/** The name of a type without IMAGE_REL_BASED_; a number in decimal where the machine has no such type. */
export const relocationTypeName = (type: number, machine: MachineName): string =>
  commonNames[type] ?? machineNames[machine]?.[type] ?? String(type);

export interface BaseRelocation {
  /** The place to change. */
  readonly rva: Rva;
  /** `RelocationType`. */
  readonly type: number;
  /** HIGHADJ: the low 16 bits, which the next entry of the block holds. */
  readonly adjustment?: number;
}

/** The relocations of one page. */
export interface BaseRelocationBlock {
  readonly pageRva: Rva;
  /** SizeOfBlock, its 8-byte header counted. */
  readonly size: number;
  readonly entries: readonly BaseRelocation[];
}

const READING = 'the base relocations';
const BLOCK_HEADER = 8;

function readEntries(block: ByteReader, pageRva: Rva): BaseRelocation[] {
  const entries: BaseRelocation[] = [];
  while (block.remaining >= 2) {
    const entry = block.u16();
    const type = entry >> 12;
    const rva = pageRva + (entry & 0xfff);
    entries.push(type === RelocationType.HIGHADJ ? { rva, type, adjustment: block.u16() } : { rva, type });
  }
  return entries;
}

function readBlock(reader: ByteReader): BaseRelocationBlock | undefined {
  const pageRva = reader.u32();
  const size = reader.u32();
  if (size === 0 && pageRva === 0) return undefined;
  if (size < BLOCK_HEADER)
    throw reader.error('BAD_RELOCATION_BLOCK', `A block of ${size} bytes cannot hold its own header`, reader.position - 8);
  return { pageRva, size, entries: readEntries(reader.slice(size - BLOCK_HEADER), pageRva) };
}

/**
 * PE/COFF "The .reloc Section"; `undefined` when the image has none. The table ends at its size or at a null block; a malformed block ends it too
 * and is recorded in the image's diagnostics. Entries of type ABSOLUTE, which pad a block, are given.
 */
export const readBaseRelocations = lazyFor((image: PEImage): readonly BaseRelocationBlock[] | undefined => {
  const directory = image.directory('baseRelocation');
  if (directory === undefined || directory.rva === 0) return undefined;
  const blocks: BaseRelocationBlock[] = [];
  image.diagnostics.attempt(() => {
    const reader = image.readerAt(directory.rva, directory.size, READING);
    while (reader.remaining >= BLOCK_HEADER) {
      const block = readBlock(reader);
      if (block === undefined) return;
      blocks.push(block);
    }
  });
  return blocks;
});
