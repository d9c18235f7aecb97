import { BadImageError, ByteReader, ExpansionBudget, hex, lazyFor } from '@ijw/binary';
import type { FileOffset, Rva } from '../address.ts';
import * as parsers from '../generated/structure-parsers.ts';
import type { PEImage } from '../pe-image.ts';
import { type StructureOf, structure } from '../structure.ts';
import { type DebugData, decodeDebugData } from './debug-data.ts';

/** PE/COFF "Debug Directory (Image Only)": IMAGE_DEBUG_DIRECTORY. */
export const debugEntryLayout = structure(
  {
    characteristics: 'u32',
    timeDateStamp: 'u32',
    majorVersion: 'u16',
    minorVersion: 'u16',
    type: 'u32',
    sizeOfData: 'u32',
    addressOfRawData: 'u32',
    pointerToRawData: 'u32',
  },
  parsers.debugEntry,
);

/** PE/COFF "Debug Type": IMAGE_DEBUG_TYPE_* of winnt.h, and those that .NET defined (`docs/design/specs/PE-COFF.md` of dotnet/runtime). */
export const DebugType = {
  UNKNOWN: 0,
  COFF: 1,
  CODEVIEW: 2,
  FPO: 3,
  MISC: 4,
  EXCEPTION: 5,
  FIXUP: 6,
  OMAP_TO_SRC: 7,
  OMAP_FROM_SRC: 8,
  BORLAND: 9,
  RESERVED10: 10,
  CLSID: 11,
  VC_FEATURE: 12,
  POGO: 13,
  ILTCG: 14,
  MPX: 15,
  REPRO: 16,
  EMBEDDED_PORTABLE_PDB: 17,
  SPGO: 18,
  PDB_CHECKSUM: 19,
  EX_DLLCHARACTERISTICS: 20,
  R2R_PERFMAP: 21,
} as const;

export interface DebugEntry extends Readonly<StructureOf<typeof debugEntryLayout>> {
  readonly addressOfRawData: Rva;
  readonly pointerToRawData: FileOffset;
  /** The decoded data of the entry; `undefined` for a type without data or of an unknown format, or if the data is malformed. */
  readonly data: DebugData | undefined;
}

const READING = 'the debug directory';

type RawEntry = StructureOf<typeof debugEntryLayout>;

/** In a file the data is at its file offset: it need not be mapped. In a dump it is at its RVA. */
function dataReader(image: PEImage, raw: RawEntry): ByteReader {
  const reading = 'a debug entry';
  if (image.layout === 'mapped' || raw.pointerToRawData === 0) return image.readerAt(raw.addressOfRawData, raw.sizeOfData, reading);
  const end = raw.pointerToRawData + raw.sizeOfData;
  if (end > image.bytes.length) {
    const message = `The data of a debug entry ends at ${hex(end)}, the file at ${hex(image.bytes.length)}`;
    throw new BadImageError({ code: 'TRUNCATED', offset: raw.pointerToRawData, reading, message });
  }
  return new ByteReader(image.bytes.subarray(raw.pointerToRawData, end), { base: raw.pointerToRawData, reading });
}

/** The bytes of an entry; empty where it has none. Throws `BadImageError` when they are not in the file. */
export const debugEntryBytes = (image: PEImage, entry: DebugEntry): Uint8Array =>
  entry.sizeOfData === 0 ? new Uint8Array(0) : dataReader(image, entry).bytes;

const readEntry = (image: PEImage, raw: RawEntry): DebugEntry => {
  const data = raw.sizeOfData === 0 ? undefined : image.diagnostics.attempt(() => decodeDebugData(raw.type, dataReader(image, raw)));
  return { ...raw, data };
};

/** The debug entries; `undefined` when the image has none. What is malformed in one is recorded in the image's diagnostics. */
export const readDebugDirectory = lazyFor((image: PEImage): readonly DebugEntry[] | undefined => {
  const directory = image.directory('debug');
  if (directory === undefined || directory.rva === 0) return undefined;
  const entries: DebugEntry[] = [];
  image.diagnostics.attempt(() => {
    const reader = image.readerAt(directory.rva, directory.size, READING);
    const budget = ExpansionBudget.ofDistinctData(image.bytes.length, READING);
    while (reader.remaining >= debugEntryLayout.size) {
      const raw = debugEntryLayout.read(reader);
      budget.spend(raw.sizeOfData, { offset: reader.offset - debugEntryLayout.size });
      entries.push(readEntry(image, raw));
    }
  });
  return entries;
});
