// ByteWriter: what is written is read back.
import { ByteWriter } from '@ijw/binary';
import { describe, expect, it } from 'vitest';

describe('ByteWriter', () => {
  it.each([
    ['u8', (writer: ByteWriter) => writer.u8(0x11), 1],
    ['u16', (writer: ByteWriter) => writer.u16(0x1111), 2],
    ['u32', (writer: ByteWriter) => writer.u32(0x11111111), 4],
    ['u64', (writer: ByteWriter) => writer.u64(0x1111111111111111n), 8],
  ] as const)('writes %s into the grown buffer where it does not fit the old one', (_, write, size) => {
    for (let before = 256 - size; before <= 256; before++) {
      expect([...write(new ByteWriter().fill(before)).toBytes().subarray(before)]).toEqual(new Array(size).fill(0x11));
    }
  });
});
