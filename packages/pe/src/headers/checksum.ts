import type { PEImage } from '../pe-image.ts';
import { coffHeaderLayout } from './coff-header.ts';
import { CHECKSUM_OFFSET } from './optional-header.ts';

/**
 * IMAGHELP's CheckSumMappedFile (PE/COFF "Optional Header Windows-Specific Fields", CheckSum): the ones' complement sum of the file's 16-bit
 * words, without the field itself, plus the length of the file. A last odd byte is the low half of a word.
 */
export function computeChecksum(bytes: Uint8Array, fieldOffset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (offset: number): number =>
    offset + 1 < bytes.length ? view.getUint16(offset, true) : offset < bytes.length ? bytes[offset]! : 0;
  // Adding doublewords is the same sum: carries of 2^16 come back as ones either way. 2^21 additions stay below 2^53.
  let sum = 0;
  const end = bytes.length - (bytes.length % 4);
  for (let offset = 0; offset < end; offset += 4) sum += view.getUint32(offset, true);
  sum += word(end) + word(end + 2);
  const field = fieldOffset % 2 === 0 ? word(fieldOffset) + word(fieldOffset + 2) : 0;
  return fold(sum - field) + bytes.length;
}

/** A non-negative sum modulo 2^16 - 1, where only 0 gives 0. */
function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = Math.floor(folded / 0x10000) + (folded % 0x10000);
  return folded;
}

const fieldOffsetOf = (image: PEImage): number => image.signatureOffset + 4 + coffHeaderLayout.size + CHECKSUM_OFFSET;

/** The field, and its correct value. Windows checks it for drivers and boot-time DLLs only; elsewhere it is often 0. */
export const imageChecksum = (image: PEImage): { readonly stored: number; readonly computed: number } => ({
  stored: image.optionalHeader.checkSum,
  computed: computeChecksum(image.bytes, fieldOffsetOf(image)),
});

/** Computes the field of a finished file and sets it. */
export function writeChecksum(file: Uint8Array, optionalHeaderOffset: number): void {
  const offset = optionalHeaderOffset + CHECKSUM_OFFSET;
  new DataView(file.buffer, file.byteOffset, file.length).setUint32(offset, computeChecksum(file, offset), true);
}
