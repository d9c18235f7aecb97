// Compressed integers of ECMA-335 II.23.2: every width, both signs, malformed bytes.
import { BadImageError, ByteReader, ByteWriter } from '@ijw/binary';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const reader = (...bytes: number[]): ByteReader => new ByteReader(Uint8Array.from(bytes));

/** The examples of ECMA-335 II.23.2. */
const UNSIGNED: readonly (readonly [number, readonly number[]])[] = [
  [0x03, [0x03]],
  [0x7f, [0x7f]],
  [0x80, [0x80, 0x80]],
  [0x2e57, [0xae, 0x57]],
  [0x3fff, [0xbf, 0xff]],
  [0x4000, [0xc0, 0x00, 0x40, 0x00]],
  [0x1fffffff, [0xdf, 0xff, 0xff, 0xff]],
];
const SIGNED: readonly (readonly [number, readonly number[]])[] = [
  [3, [0x06]],
  [-3, [0x7b]],
  [64, [0x80, 0x80]],
  [-64, [0x01]],
  [8192, [0xc0, 0x00, 0x40, 0x00]],
  [-8192, [0x80, 0x01]],
  [268435455, [0xdf, 0xff, 0xff, 0xfe]],
  [-268435456, [0xc0, 0x00, 0x00, 0x01]],
];

describe('compressed integers (ECMA-335 II.23.2)', () => {
  it.each(UNSIGNED)('reads and writes %i', (value, bytes) => {
    expect(reader(...bytes).compressedUnsigned()).toBe(value);
    expect([...new ByteWriter().compressedUnsigned(value).toBytes()]).toEqual(bytes);
  });

  it.each(SIGNED)('reads and writes the signed %i', (value, bytes) => {
    expect(reader(...bytes).compressedSigned()).toBe(value);
    expect([...new ByteWriter().compressedSigned(value).toBytes()]).toEqual(bytes);
  });

  it('gives back whatever was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x1fffffff }), fc.integer({ min: -(2 ** 28), max: 2 ** 28 - 1 }), (unsigned, signed) => {
        const read = new ByteReader(new ByteWriter().compressedUnsigned(unsigned).compressedSigned(signed).toBytes());
        expect([read.compressedUnsigned(), read.compressedSigned(), read.remaining]).toEqual([unsigned, signed, 0]);
      }),
    );
  });

  it.each([[[0xe0, 0, 0, 0]], [[0xff]], [[0x80]], [[0xc0, 0, 0]], [[]]])('refuses %j and stays where it was', (bytes) => {
    const read = reader(...bytes);
    expect(() => read.compressedUnsigned()).toThrow(BadImageError);
    expect(read.position).toBeLessThanOrEqual(1);
  });

  it('refuses to write what does not fit', () => {
    expect(() => new ByteWriter().compressedUnsigned(0x20000000)).toThrow('does not fit');
    expect(() => new ByteWriter().compressedSigned(2 ** 28)).toThrow('does not fit');
  });
});
