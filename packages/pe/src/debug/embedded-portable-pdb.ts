import { ByteReader, ByteWriter } from '@ijw/binary';
import { inflate } from '../compression/inflate.ts';
import type { PEImage } from '../pe-image.ts';
import { DebugType, debugEntryBytes, readDebugDirectory } from './debug-directory.ts';

const HEADER_SIZE = 8;
const MPDB = 0x4244504d;

/**
 * dotnet/runtime `docs/design/specs/PE-COFF.md`, "Embedded Portable PDB Debug Directory Entry": the bytes of the portable PDB that is in the image,
 * `undefined` if the image has none. Rejects with `BadImageError` when it cannot be inflated.
 */
export async function readEmbeddedPortablePdb(image: PEImage): Promise<Uint8Array | undefined> {
  const entry = readDebugDirectory(image)?.find((each) => each.type === DebugType.EMBEDDED_PORTABLE_PDB);
  if (entry?.data?.kind !== 'embeddedPortablePdb') return undefined;
  const bytes = debugEntryBytes(image, entry);
  const reader = new ByteReader(bytes.subarray(HEADER_SIZE), {
    base: entry.pointerToRawData + HEADER_SIZE,
    reading: 'the embedded portable PDB',
  });
  return inflate(reader, entry.data.uncompressedSize);
}

/** The twin: the data of an entry, from the PDB and the same compressed as raw DEFLATE. */
export const writeEmbeddedPortablePdb = (uncompressedSize: number, deflated: Uint8Array): Uint8Array =>
  new ByteWriter().u32(MPDB).u32(uncompressedSize).bytes(deflated).toBytes();
