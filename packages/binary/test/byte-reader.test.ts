// ByteReader: values, bounds, strings, counts, errors with their offset.
import { BadImageError, ByteReader, ByteWriter } from '@ijw/binary';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const caught = (action: () => unknown): BadImageError => {
  try {
    action();
  } catch (error) {
    if (error instanceof BadImageError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('ByteReader', () => {
  it('reads what ByteWriter wrote', () => {
    const writer = new ByteWriter().u8(0xfe).u16(0xfffe).u32(0xfffffffe).u64(0xfffffffffffffffen).f32(1.5).f64(-0).cstring('é').align(4);
    const reader = new ByteReader(writer.toBytes());
    expect([reader.u8(), reader.u16(), reader.u32(), reader.u64(), reader.f32(), reader.f64(), reader.cstring()]).toEqual([
      0xfe,
      0xfffe,
      0xfffffffe,
      0xfffffffffffffffen,
      1.5,
      -0,
      'é',
    ]);
    reader.align(4);
    expect(reader.atEnd).toBe(true);
  });

  it('names the place and what was being read when bytes are missing, and does not move', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3), { base: 0x100, rva: 0x2000, reading: 'the import directory' });
    reader.u16();
    const error = caught(() => reader.u32());
    expect(error).toMatchObject({ code: 'TRUNCATED', offset: 0x102, rva: 0x2002, reading: 'the import directory' });
    expect(reader.position).toBe(2);
  });

  it('checks a count against the bytes that are there', () => {
    const reader = new ByteReader(new Uint8Array(16));
    expect(reader.count(4, 4)).toBe(4);
    expect(caught(() => reader.count(0xffffffff, 8)).code).toBe('COUNT_TOO_LARGE');
  });

  it('wants a terminated string', () => {
    expect(caught(() => new ByteReader(Uint8Array.of(65, 66)).cstring()).code).toBe('UNTERMINATED_STRING');
    expect(caught(() => new ByteReader(Uint8Array.of(65, 66, 0)).cstring(1)).code).toBe('UNTERMINATED_STRING');
  });

  it('throws nothing but BadImageError, whatever is asked', () => {
    const operations = [
      'u8',
      'u16',
      'u32',
      'u64',
      'i8',
      'i16',
      'i32',
      'i64',
      'f32',
      'f64',
      'compressedUnsigned',
      'compressedSigned',
    ] as const;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.array(fc.constantFrom(...operations), { maxLength: 6 }), (bytes, asked) => {
        const reader = new ByteReader(bytes);
        for (const operation of asked) {
          const before = reader.position;
          try {
            reader[operation]();
          } catch (error) {
            expect(error).toBeInstanceOf(BadImageError);
            expect(reader.position).toBeGreaterThanOrEqual(before);
          }
        }
        expect(reader.position).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  it('keeps absolute places in a slice', () => {
    const reader = new ByteReader(new Uint8Array(8), { base: 0x40, rva: 0x1000 });
    reader.skip(4);
    const slice = reader.slice(2, 'a part');
    expect(caught(() => slice.u32())).toMatchObject({ offset: 0x44, rva: 0x1004, reading: 'a part' });
    expect(reader.position).toBe(6);
  });
});
