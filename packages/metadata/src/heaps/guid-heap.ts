import { hexDigits } from '@ijw/binary';
import type { MetadataPlace } from '../metadata-place.ts';

const hexByte = Array.from({ length: 256 }, (_, byte) => hexDigits(byte, 2));

/** The order in which the bytes of a GUID are printed, -1 for a hyphen: three little-endian integers, then eight bytes. */
const PRINTED_ORDER = [3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15];

/** `8-4-4-4-12` lower-case digits of 16 bytes. */
export const formatGuid = (bytes: Uint8Array): string => PRINTED_ORDER.map((index) => (index < 0 ? '-' : hexByte[bytes[index]!])).join('');

/** The 16 bytes of a GUID in `8-4-4-4-12` form. */
export function parseGuid(text: string): Uint8Array {
  const digits = text.replaceAll('-', '');
  const bytes = new Uint8Array(16);
  PRINTED_ORDER.filter((index) => index >= 0).forEach((index, position) => {
    bytes[index] = Number.parseInt(digits.slice(position * 2, position * 2 + 2), 16);
  });
  return bytes;
}

/** ECMA-335 II.24.2.5: 16 bytes each, numbered from 1. */
export class GuidHeap {
  readonly bytes: Uint8Array;
  readonly #place: MetadataPlace;

  constructor(bytes: Uint8Array, place: MetadataPlace) {
    this.bytes = bytes;
    this.#place = place;
  }

  /** How many GUIDs there are. */
  get count(): number {
    return this.bytes.length >>> 4;
  }

  /** `8-4-4-4-12` in lower case, or `undefined` for index 0. @throws BadImageError BAD_GUID_INDEX */
  get(index: number): string | undefined {
    const bytes = this.view(index);
    return bytes && formatGuid(bytes);
  }

  /** The 16 bytes as stored (no copy), or `undefined` for index 0. @throws BadImageError BAD_GUID_INDEX */
  view(index: number): Uint8Array | undefined {
    if (index === 0) return undefined;
    if (!(index <= this.count)) {
      throw this.#place.error('BAD_GUID_INDEX', 0, 'the #GUID heap', `GUID ${index} is not in the heap, which holds ${this.count}`);
    }
    return this.bytes.subarray((index - 1) * 16, index * 16);
  }
}
