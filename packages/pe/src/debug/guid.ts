import { hex } from '@ijw/binary';

/** 16 bytes in the form 8-4-4-4-12, lower case: the first three groups are little-endian numbers. */
export function formatGuid(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const digits = (value: number, count: number): string => hex(value, count).slice(2);
  const tail = [...bytes.subarray(8, 16)].map((byte) => digits(byte, 2)).join('');
  return [
    digits(view.getUint32(0, true), 8),
    digits(view.getUint16(4, true), 4),
    digits(view.getUint16(6, true), 4),
    tail.slice(0, 4),
    tail.slice(4),
  ].join('-');
}

/** The twin of `formatGuid`. */
export function parseGuid(text: string): Uint8Array {
  const digits = text.replaceAll('-', '');
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16));
  return Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (from) => bytes[from]!);
}
