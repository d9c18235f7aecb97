import { type ByteReader, type ByteWriter, hex } from '@ijw/binary';
import * as parsers from '../generated/structure-parsers.ts';
import { type StructureOf, structure } from '../structure.ts';

/** PE/COFF "Optional Header Standard Fields" and "Windows-Specific Fields": IMAGE_OPTIONAL_HEADER32 without its directories. */
export const optionalHeader32Layout = structure(
  {
    magic: 'u16',
    majorLinkerVersion: 'u8',
    minorLinkerVersion: 'u8',
    sizeOfCode: 'u32',
    sizeOfInitializedData: 'u32',
    sizeOfUninitializedData: 'u32',
    addressOfEntryPoint: 'u32',
    baseOfCode: 'u32',
    baseOfData: 'u32',
    imageBase: 'u32',
    sectionAlignment: 'u32',
    fileAlignment: 'u32',
    majorOperatingSystemVersion: 'u16',
    minorOperatingSystemVersion: 'u16',
    majorImageVersion: 'u16',
    minorImageVersion: 'u16',
    majorSubsystemVersion: 'u16',
    minorSubsystemVersion: 'u16',
    win32VersionValue: 'u32',
    sizeOfImage: 'u32',
    sizeOfHeaders: 'u32',
    checkSum: 'u32',
    subsystem: 'u16',
    dllCharacteristics: 'u16',
    sizeOfStackReserve: 'u32',
    sizeOfStackCommit: 'u32',
    sizeOfHeapReserve: 'u32',
    sizeOfHeapCommit: 'u32',
    loaderFlags: 'u32',
    numberOfRvaAndSizes: 'u32',
  },
  parsers.optionalHeader32,
);

/** The same for PE32+: IMAGE_OPTIONAL_HEADER64. */
export const optionalHeader64Layout = structure(
  {
    magic: 'u16',
    majorLinkerVersion: 'u8',
    minorLinkerVersion: 'u8',
    sizeOfCode: 'u32',
    sizeOfInitializedData: 'u32',
    sizeOfUninitializedData: 'u32',
    addressOfEntryPoint: 'u32',
    baseOfCode: 'u32',
    imageBase: 'u64',
    sectionAlignment: 'u32',
    fileAlignment: 'u32',
    majorOperatingSystemVersion: 'u16',
    minorOperatingSystemVersion: 'u16',
    majorImageVersion: 'u16',
    minorImageVersion: 'u16',
    majorSubsystemVersion: 'u16',
    minorSubsystemVersion: 'u16',
    win32VersionValue: 'u32',
    sizeOfImage: 'u32',
    sizeOfHeaders: 'u32',
    checkSum: 'u32',
    subsystem: 'u16',
    dllCharacteristics: 'u16',
    sizeOfStackReserve: 'u64',
    sizeOfStackCommit: 'u64',
    sizeOfHeapReserve: 'u64',
    sizeOfHeapCommit: 'u64',
    loaderFlags: 'u32',
    numberOfRvaAndSizes: 'u32',
  },
  parsers.optionalHeader64,
);

/** The optional header of either format; what is wider in PE32+ is a `bigint` in both. */
export type OptionalHeader = Readonly<StructureOf<typeof optionalHeader64Layout>> & {
  /** PE32 only. */
  readonly baseOfData?: number;
};

export const PE32_MAGIC = 0x10b;
export const PE32_PLUS_MAGIC = 0x20b;
/** IMAGE_ROM_OPTIONAL_HDR_MAGIC: images for EFI and boards, which have no directories. */
const ROM_MAGIC = 0x107;

/** Offset of the CheckSum field, the same in both formats. */
export const CHECKSUM_OFFSET = optionalHeader64Layout.offsetOf('checkSum');

/** Size without the data directories: 96 or 112. */
export const optionalHeaderSize = (magic: number): number =>
  (magic === PE32_PLUS_MAGIC ? optionalHeader64Layout : optionalHeader32Layout).size;

export function readOptionalHeader(reader: ByteReader): OptionalHeader {
  const start = reader.position;
  const magic = reader.u16();
  reader.position = start;
  if (magic === PE32_PLUS_MAGIC) return optionalHeader64Layout.read(reader);
  if (magic !== PE32_MAGIC) {
    if (magic === ROM_MAGIC) throw reader.error('ROM_IMAGE', 'A ROM image (optional header magic 0x107), not PE32 or PE32+', start);
    throw reader.error('BAD_OPTIONAL_HEADER_MAGIC', `Magic ${hex(magic)} is neither 0x10b (PE32) nor 0x20b (PE32+)`, start);
  }
  const raw = optionalHeader32Layout.read(reader);
  return {
    ...raw,
    imageBase: BigInt(raw.imageBase),
    sizeOfStackReserve: BigInt(raw.sizeOfStackReserve),
    sizeOfStackCommit: BigInt(raw.sizeOfStackCommit),
    sizeOfHeapReserve: BigInt(raw.sizeOfHeapReserve),
    sizeOfHeapCommit: BigInt(raw.sizeOfHeapCommit),
  };
}

/** Writes the format that `magic` names; any other magic is written in the layout of PE32. */
export function writeOptionalHeader(writer: ByteWriter, header: OptionalHeader): void {
  if (header.magic === PE32_PLUS_MAGIC) {
    optionalHeader64Layout.write(writer, header);
    return;
  }
  const low = (value: bigint): number => Number(BigInt.asUintN(32, value));
  optionalHeader32Layout.write(writer, {
    ...header,
    baseOfData: header.baseOfData ?? 0,
    imageBase: low(header.imageBase),
    sizeOfStackReserve: low(header.sizeOfStackReserve),
    sizeOfStackCommit: low(header.sizeOfStackCommit),
    sizeOfHeapReserve: low(header.sizeOfHeapReserve),
    sizeOfHeapCommit: low(header.sizeOfHeapCommit),
  });
}

/** PE/COFF "Windows Subsystem": IMAGE_SUBSYSTEM_*. */
export const Subsystem = {
  UNKNOWN: 0,
  NATIVE: 1,
  WINDOWS_GUI: 2,
  WINDOWS_CUI: 3,
  OS2_CUI: 5,
  POSIX_CUI: 7,
  NATIVE_WINDOWS: 8,
  WINDOWS_CE_GUI: 9,
  EFI_APPLICATION: 10,
  EFI_BOOT_SERVICE_DRIVER: 11,
  EFI_RUNTIME_DRIVER: 12,
  EFI_ROM: 13,
  XBOX: 14,
  WINDOWS_BOOT_APPLICATION: 16,
  XBOX_CODE_CATALOG: 17,
} as const;

/** PE/COFF "DLL Characteristics": IMAGE_DLLCHARACTERISTICS_*. */
export const DllCharacteristics = {
  HIGH_ENTROPY_VA: 0x0020,
  DYNAMIC_BASE: 0x0040,
  FORCE_INTEGRITY: 0x0080,
  NX_COMPAT: 0x0100,
  NO_ISOLATION: 0x0200,
  NO_SEH: 0x0400,
  NO_BIND: 0x0800,
  APPCONTAINER: 0x1000,
  WDM_DRIVER: 0x2000,
  GUARD_CF: 0x4000,
  TERMINAL_SERVER_AWARE: 0x8000,
} as const;
