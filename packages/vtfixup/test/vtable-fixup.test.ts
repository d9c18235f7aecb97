// Records of the VTableFixups table and their slots: read, written, malformed.
import { ByteReader, ByteWriter, Diagnostics } from '@ijw/binary';
import { RelocationType } from '@ijw/pe/relocations';
import {
  entersFromUnmanaged,
  hasOneWidth,
  readVTableFixup,
  slotToken,
  slotWidth,
  unknownTypeBits,
  VTABLE_FIXUP_SIZE,
  VTableFixupType,
  vtableFixupTypeText,
  writeSlots,
  writeVTableFixup,
  writeVTableFixups,
} from '@ijw/vtfixup';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BSS, DATA, sampleBoundary, sampleImage } from './sample-image.ts';

const MANAGED = 0x06000001;
const record = fc.record({ rva: fc.nat(0xffffffff), count: fc.nat(0xffff), type: fc.nat(0xffff) });

describe('a fixup record', () => {
  test('reads what was written', () => {
    fc.assert(
      fc.property(fc.array(record), (fixups) => {
        const bytes = writeVTableFixups(fixups);
        expect(bytes).toHaveLength(fixups.length * VTABLE_FIXUP_SIZE);
        const reader = new ByteReader(bytes);
        expect(fixups.map(() => readVTableFixup(reader))).toEqual(fixups);
      }),
    );
  });

  test('is eight bytes: RVA, Count, Type', () => {
    const writer = new ByteWriter();
    writeVTableFixup(writer, { rva: 0x1d008, count: 1, type: 0x0a });
    expect([...writer.toBytes()]).toEqual([0x08, 0xd0, 0x01, 0x00, 0x01, 0x00, 0x0a, 0x00]);
  });

  test.each([
    [0x00, 8, false, false, ''],
    [0x01, 4, true, false, 'int32'],
    [0x02, 8, true, false, 'int64'],
    [0x03, 4, false, false, 'int32 int64'],
    [0x05, 4, true, true, 'int32 fromunmanaged'],
    [0x0a, 8, true, true, 'int64 retainappdomain'],
    [0x12, 8, true, false, 'int64 callmostderived'],
    [0x26, 8, true, true, 'int64 fromunmanaged 0x20'],
  ])('type %d: %d bytes a slot', (type, width, one, unmanaged, text) => {
    expect([slotWidth(type), hasOneWidth(type), entersFromUnmanaged(type), vtableFixupTypeText(type)]).toEqual([
      width,
      one,
      unmanaged,
      text,
    ]);
  });

  test('every bit of the type is known or told', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), (type) => {
        const known = Object.values(VTableFixupType).filter((bit) => type & bit);
        expect(known.reduce((all, bit) => all | bit, unknownTypeBits(type))).toBe(type);
      }),
    );
  });
});

describe('slots', () => {
  test('read what was written, of both widths', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(0xffffffff), { minLength: 1, maxLength: 40 }),
        fc.constantFrom(0x01, 0x02, 0x05, 0x06, 0x09, 0x0a),
        (tokens, type) => {
          const fixup = { rva: DATA, count: tokens.length, type };
          const { slots } = sampleBoundary({ architecture: 'x64', data: writeSlots(tokens, type), fixups: [fixup] });
          expect(slots.map(slotToken)).toEqual(tokens);
          expect(slots.map(({ rva, index }) => [rva, index])).toEqual(tokens.map((_, index) => [DATA + index * slotWidth(type), index]));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('the upper half of a slot is no part of its token', () => {
    const data = new ByteWriter().u32(MANAGED).u32(0xdeadbeef).toBytes();
    const [entry] = sampleBoundary({ architecture: 'x64', data, fixups: [{ rva: DATA, count: 1, type: 6 }] }).nativeToManaged;
    expect(entry).toMatchObject({ token: MANAGED, method: '<Module>::Managed' });
  });

  test('as many records as the size has room for', () => {
    const fixups = [0, 8, 16].map((offset) => ({ rva: DATA + offset, count: 1, type: 2 }));
    const data = writeSlots([MANAGED, MANAGED, MANAGED], 2);
    const lengths = [0, 7, 8, 12, 16, 24].map(
      (fixupsSize) => sampleBoundary({ architecture: 'x64', data, fixups, fixupsSize }).fixups.length,
    );
    expect(lengths).toEqual([0, 0, 1, 1, 2, 3]);
  });

  test('zero tokens in the zero-filled part of a section', () => {
    const boundary = sampleBoundary({ architecture: 'x64', fixups: [{ rva: BSS, count: 2, type: 6 }] });
    expect(boundary.nativeToManaged.map(({ token }) => token)).toEqual([0, 0]);
    expect(boundary.diagnostics.entries.map(({ code }) => code)).toEqual(['BAD_SLOT_TOKEN', 'BAD_SLOT_TOKEN']);
  });

  test('a relocation over a slot is told, padding and neighbours are not', () => {
    const data = writeSlots([MANAGED, MANAGED, MANAGED], 2);
    const fixups = [{ rva: DATA, count: 3, type: 2 }];
    const relocations = [{ rva: DATA + 8 }, { rva: DATA, type: RelocationType.ABSOLUTE }, { rva: DATA + 24 }];
    const boundary = sampleBoundary({ architecture: 'x64', data, fixups, relocations });
    expect(boundary.slots.map(({ relocated }) => relocated)).toEqual([false, true, false]);
    expect(boundary.diagnostics.entries).toMatchObject([{ code: 'SLOT_RELOCATED', rva: DATA + 8 }]);
  });
});

describe('tables that mean no good', () => {
  const codes = (fixups: readonly { rva: number; count: number; type: number }[], data = writeSlots([MANAGED, MANAGED, MANAGED], 2)) => {
    const boundary = sampleBoundary({ architecture: 'x64', data, fixups });
    const found = { slots: boundary.nativeToManaged.length, codes: [...new Set(boundary.diagnostics.entries.map(({ code }) => code))] };
    return found;
  };

  test('a record that is not in the image', () => {
    expect(codes([{ rva: 0xabcde0, count: 1, type: 6 }])).toEqual({ slots: 0, codes: ['RVA_NOT_MAPPED'] });
  });

  test('a count of 65,535 over a few bytes', () => {
    const { slots, codes: found } = codes([{ rva: DATA, count: 0xffff, type: 6 }]);
    expect(slots).toBe(0);
    expect(found).toEqual(['TOO_MANY_SLOTS']);
  });

  test('many such records are bounded by the bytes of the file', () => {
    const fixups = Array.from({ length: 2000 }, () => ({ rva: DATA, count: 0x1000, type: 1 }));
    const input = { architecture: 'x64', data: new Uint8Array(0x4000), fixups } as const;
    const boundary = sampleBoundary(input);
    expect(boundary.slots.length).toBeLessThanOrEqual(sampleImage(input).length / 4);
    expect(boundary.diagnostics.entries.some(({ code }) => code === 'TOO_MANY_SLOTS')).toBe(true);
  });

  test('records that share slots', () => {
    expect(
      codes([
        { rva: DATA, count: 2, type: 6 },
        { rva: DATA + 8, count: 2, type: 6 },
      ]),
    ).toEqual({ slots: 4, codes: ['SLOTS_OVERLAP'] });
    expect(
      codes([
        { rva: DATA, count: 1, type: 6 },
        { rva: DATA + 4, count: 1, type: 6 },
      ]).codes,
    ).toContain('SLOTS_OVERLAP');
  });

  test('slots in the header hold what the header holds', () => {
    expect(codes([{ rva: 0, count: 1, type: 6 }])).toEqual({ slots: 1, codes: ['BAD_SLOT_TOKEN'] });
  });

  test.each([0x02000001, 0x06000002, 0x06ffffff, 0x0a000001, 0x2b000001, 0x70000001, 0xff000001, 0])(
    'token %d names no method',
    (token) => {
      expect(codes([{ rva: DATA, count: 1, type: 6 }], writeSlots([token], 6))).toEqual({ slots: 1, codes: ['BAD_SLOT_TOKEN'] });
    },
  );

  test('types with no size bit or both are read by ildasm’s rule and told', () => {
    expect(codes([{ rva: DATA, count: 1, type: 4 }]).codes).toEqual(['FIXUP_WIDTH_AMBIGUOUS']);
    expect(codes([{ rva: DATA, count: 1, type: 7 }]).codes).toEqual(['FIXUP_WIDTH_AMBIGUOUS']);
    expect(codes([{ rva: DATA, count: 1, type: 5 }]).codes).toEqual(['FIXUP_WIDTH_FOREIGN']);
    expect(codes([{ rva: DATA, count: 1, type: 0x46 }]).codes).toEqual(['FIXUP_TYPE_UNKNOWN']);
  });

  test('a directory outside the image or larger than the file', () => {
    const outside = sampleBoundary({ architecture: 'x64', cli: { vTableFixups: { rva: 0xabcde0, size: 8 } } });
    expect([outside.fixups, outside.diagnostics.entries.map(({ code }) => code)]).toEqual([[], ['RVA_NOT_MAPPED']]);
    const huge = sampleBoundary({ architecture: 'x64', cli: { vTableFixups: { rva: DATA, size: 0xfffffff8 } } });
    expect([huge.fixups, huge.diagnostics.entries.map(({ code }) => code)]).toEqual([[], ['COUNT_TOO_LARGE']]);
  });

  test('any bytes as a table: nothing escapes', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), fc.uint8Array({ maxLength: 64 }), (fixups, data) => {
        const boundary = sampleBoundary({ architecture: 'x64', data, fixups });
        expect(boundary.nativeToManaged.length).toBe(boundary.slots.length);
        expect(boundary.diagnostics).toBeInstanceOf(Diagnostics);
      }),
      { numRuns: 100 },
    );
  });
});
