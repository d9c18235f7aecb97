// nanoFramework and .NET Micro Framework `CLR_RECORD_ASSEMBLY`: marker, header CRC, assembly CRC, flags, nativeMethodsChecksum.

import { BadImageError } from '@ijw/binary';

const CHECKSUM_OFFSET = 0x14;

/** The first bytes of the vendors' own assembly format, and the generation whose checksum it holds. */
const MARKERS: ReadonlyMap<string, string> = new Map([
  ['NFMRK1', '1'],
  ['NFMRK2', '2'],
  ['MSSpot1', 'netmf'],
]);

/** The data about natives in a `.pe` file of nanoFramework. */
export interface VendorAssembly {
  /** The generation of the tool, as `--api` names it. */
  readonly generation: string;
  readonly checksum: number;
}

const markerOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 8)).replace(/\0.*$/, '');

export const isVendorAssembly = (bytes: Uint8Array): boolean => MARKERS.has(markerOf(bytes));

/** @throws BadImageError for a file that is too short, or is not a `.pe` file */
export function readVendorAssembly(bytes: Uint8Array, reading = 'a .pe file'): VendorAssembly {
  const generation = MARKERS.get(markerOf(bytes));
  if (generation === undefined || bytes.length < CHECKSUM_OFFSET + 4)
    throw new BadImageError({ code: 'NOT_A_VENDOR_ASSEMBLY', offset: 0, reading, message: 'It has no header of nanoFramework' });
  return { generation, checksum: new DataView(bytes.buffer, bytes.byteOffset).getUint32(CHECKSUM_OFFSET, true) };
}
