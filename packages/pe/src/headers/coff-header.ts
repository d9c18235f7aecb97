import * as parsers from '../generated/structure-parsers.ts';
import { type StructureOf, structure } from '../structure.ts';

/** PE/COFF "COFF File Header (Object and Image)": IMAGE_FILE_HEADER. */
export const coffHeaderLayout = structure(
  {
    machine: 'u16',
    numberOfSections: 'u16',
    timeDateStamp: 'u32',
    pointerToSymbolTable: 'u32',
    numberOfSymbols: 'u32',
    sizeOfOptionalHeader: 'u16',
    characteristics: 'u16',
  },
  parsers.coffHeader,
);

/** `machine` is the field as it is stored; `PEImage.machine` is its name without the operating system's mask. */
export type CoffHeader = Readonly<StructureOf<typeof coffHeaderLayout>>;

/** PE/COFF "Characteristics": IMAGE_FILE_*. */
export const CoffCharacteristics = {
  RELOCS_STRIPPED: 0x0001,
  EXECUTABLE_IMAGE: 0x0002,
  LINE_NUMS_STRIPPED: 0x0004,
  LOCAL_SYMS_STRIPPED: 0x0008,
  AGGRESSIVE_WS_TRIM: 0x0010,
  LARGE_ADDRESS_AWARE: 0x0020,
  BYTES_REVERSED_LO: 0x0080,
  MACHINE_32BIT: 0x0100,
  DEBUG_STRIPPED: 0x0200,
  REMOVABLE_RUN_FROM_SWAP: 0x0400,
  NET_RUN_FROM_SWAP: 0x0800,
  SYSTEM: 0x1000,
  DLL: 0x2000,
  UP_SYSTEM_ONLY: 0x4000,
  BYTES_REVERSED_HI: 0x8000,
} as const;
