// `.resources` files: read, written, malformed.
import { ByteWriter } from '@ijw/binary';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { ResourceValue } from '../src/resources/resource-value.ts';
import {
  isResourcesFile,
  type ResourcesFile,
  readResource,
  readResourcesFile,
  resourceEntryType,
} from '../src/resources/resources-file.ts';
import { resourceNameHash, writeResourcesFile } from '../src/resources/resources-file-writer.ts';
import { endsWell, hostile } from './hostile-blobs.ts';

const number = (type: 'char' | 'byte' | 'sbyte' | 'int16' | 'uint16' | 'int32' | 'uint32', min: number, max: number) =>
  fc.integer({ min, max }).map((value): ResourceValue => ({ type, value }));
const long = (type: 'int64' | 'uint64' | 'dateTime' | 'timeSpan', min: bigint, max: bigint) =>
  fc.bigInt(min, max).map((value): ResourceValue => ({ type, value }));
const bytes = fc.uint8Array({ maxLength: 20 });

const value: fc.Arbitrary<ResourceValue> = fc.oneof(
  fc.constant<ResourceValue>({ type: 'null' }),
  fc.string({ unit: 'grapheme' }).map((text): ResourceValue => ({ type: 'string', value: text })),
  fc.boolean().map((flag): ResourceValue => ({ type: 'boolean', value: flag })),
  number('char', 0, 0xffff),
  number('byte', 0, 0xff),
  number('sbyte', -0x80, 0x7f),
  number('int16', -0x8000, 0x7fff),
  number('uint16', 0, 0xffff),
  number('int32', -0x80000000, 0x7fffffff),
  number('uint32', 0, 0xffffffff),
  long('int64', -(2n ** 63n), 2n ** 63n - 1n),
  long('uint64', 0n, 2n ** 64n - 1n),
  long('dateTime', -(2n ** 63n), 2n ** 63n - 1n),
  long('timeSpan', -(2n ** 63n), 2n ** 63n - 1n),
  fc.float({ noNaN: true }).map((float): ResourceValue => ({ type: 'single', value: float })),
  fc.double({ noNaN: true }).map((float): ResourceValue => ({ type: 'double', value: float })),
  fc
    .record({ negative: fc.boolean(), mantissa: fc.bigInt(0n, 2n ** 96n - 1n), scale: fc.nat(28) })
    .map((decimal): ResourceValue => ({ type: 'decimal', value: decimal })),
  bytes.map((data): ResourceValue => ({ type: 'byteArray', value: data })),
  bytes.map((data): ResourceValue => ({ type: 'stream', value: data })),
  fc.tuple(fc.nat(1), bytes).map(([typeIndex, data]): ResourceValue => ({ type: 'user', typeIndex, value: data })),
);

const typeNames = ['System.Drawing.Bitmap, System.Drawing', 'Own.Type'];
const contents = fc
  .uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 10 }), value), { selector: ([name]) => name, maxLength: 8 })
  .map((entries) => ({ typeNames, values: new Map(entries) }));

const valuesOf = (file: ResourcesFile) => new Map(file.entries.map((entry) => [entry.name, readResource(file, entry)]));

test('reading what was written gives the values back', () => {
  fc.assert(
    fc.property(contents, (content) => {
      const file = readResourcesFile(writeResourcesFile(content));
      expect(file).toMatchObject({ version: 2, typeNames });
      expect(valuesOf(file)).toEqual(content.values);
    }),
  );
});

test('only BadImageError escapes', () => {
  fc.assert(
    fc.property(hostile(contents.map(writeResourcesFile)), (file) =>
      endsWell(() => {
        const read = readResourcesFile(file);
        for (const entry of read.entries) {
          endsWell(() => readResource(read, entry));
          endsWell(() => resourceEntryType(read, entry));
        }
      }),
    ),
    { seed: 1, numRuns: 2000 },
  );
});

/** What System.Resources.ResourceWriter of .NET 10 wrote, a value of each type. */
const written = Uint8Array.from(
  atob(
    [
      'zsrvvgEAAACRAAAAbFN5c3RlbS5SZXNvdXJjZXMuUmVzb3VyY2VSZWFkZXIsIG1zY29ybGliLCBWZXJzaW9uPTQuMC4wLjAsIEN1bHR1cmU9bmV1dHJhbCwg',
      'UHVibGljS2V5VG9rZW49Yjc3YTVjNTYxOTM0ZTA4OSNTeXN0ZW0uUmVzb3VyY2VzLlJ1bnRpbWVSZXNvdXJjZVNldAIAAAATAAAAAAAAAFBBRFBBRFBQGaKb',
      'W5JQrWL1mLEYdkK4OdjkxR8kv8fOMZDuNtOHC0oYiAt8caIMGhEwDbcb0A2cD9kN8YB/fC8LgXwv6YN840GFfHhUiHypyol8PAAAAFgAAAD/AAAAdgAAAMUA',
      'AACnAAAAKQAAAE0AAAAQAQAADQAAAPAAAACYAAAAiQAAABwAAAAAAAAAaQAAAOMAAADWAAAAuAAAAGcCAAAIQgB5AHQAZQAAAAAACkIAeQB0AGUAcwACAAAA',
      'CEQAYQB0AGUACgAAAA5EAGUAYwBpAG0AYQBsABMAAAAMRABvAHUAYgBsAGUAJAAAAAZJAG4AdAAtAAAADEwAZQB0AHQAZQByADIAAAAITABvAG4AZwA1AAAA',
      'Dk4AbwB0AGgAaQBuAGcAPgAAAApTAEIAeQB0AGUAPwAAAApTAGgAbwByAHQAQQAAAAxTAGkAbgBnAGwAZQBEAAAACFMAcABhAG4ASQAAAAxTAHQAcgBlAGEA',
      'bQBSAAAACFQAZQB4AHQAWQAAAAhVAEkAbgB0AGEAAAAKVQBMAG8AbgBnAGYAAAAMVQBTAGgAbwByAHQAbwAAAAZZAGUAcwByAAAABMggAwAAAAECAw8A4JT0',
      'HTncSA4VzVsHAAAAAAAAAAAAAASADQAAAAAAAPj/CJDu/v8D6QAKAA761f7///8ABf0G1P4MAADAPxAAnKaSDAAAACECAAAABAUBBmjDqWxsbwkAKGvuCwAA',
      'CMWh2Mz5B2DqAgE=',
    ].join(''),
  ),
  (character) => character.charCodeAt(0),
);

describe('a file as .NET writes it', () => {
  it('is read, a value of each type', () => {
    const file = readResourcesFile(written);
    expect(file.resourceSetType).toBe('System.Resources.RuntimeResourceSet');
    expect(Object.fromEntries(Array.from(valuesOf(file), ([name, one]) => [name, 'value' in one ? one.value : null]))).toEqual({
      Text: 'héllo',
      Yes: true,
      Letter: 0xe9,
      Byte: 200,
      SByte: -3,
      Short: -300,
      UShort: 60000,
      Int: -70000,
      UInt: 4000000000,
      Long: -5000000000n,
      ULong: 18000000000000000000n,
      Single: 1.5,
      Double: { kind: 'nan', bits: 0xfff8000000000000n },
      Decimal: { negative: true, mantissa: 123456789n, scale: 4 },
      Date: 5250134066427387904n,
      Span: 54000000000n,
      Bytes: Uint8Array.of(1, 2, 3),
      Stream: Uint8Array.of(4, 5),
      Nothing: null,
    });
    expect(file.entries.map(({ name }) => resourceNameHash(name))).toEqual(
      file.entries.map(({ name }) => resourceNameHash(name)).sort((a, b) => a - b),
    );
  });

  it('of version 1, where every value has a type of the list', () => {
    const writer = new ByteWriter().u32(0xbeefcace).u32(1).u32(2).u8(0).u8(0);
    const [text, bitmap] = ['System.String, mscorlib', 'System.Drawing.Bitmap, System.Drawing'];
    writer.u32(1).u32(3).u32(2).u8(text!.length).utf8(text!).u8(bitmap!.length).utf8(bitmap!).align(8, 0x50);
    writer.u32(1).u32(2).u32(3).u32(0).u32(7).u32(14);
    const names = new ByteWriter();
    for (const [name, offset] of [
      ['a', 0],
      ['b', 3],
      ['c', 6],
    ] as const)
      names.u8(2).utf16(name).u32(offset);
    writer.u32(writer.length + 4 + names.length).bytes(names.toBytes());
    // 'a' is the string "x", 'b' the bitmap of two bytes, 'c' is null: the index -1 in five bytes.
    writer.bytes([0, 1, 0x78]).bytes([1, 9, 9]).bytes([0xff, 0xff, 0xff, 0xff, 0x0f]);
    const file = readResourcesFile(writer.toBytes());
    expect(file.version).toBe(1);
    expect([...valuesOf(file).values()]).toEqual([
      { type: 'string', value: 'x' },
      { type: 'user', typeIndex: 1, value: Uint8Array.of(9, 9) },
      { type: 'null' },
    ]);
    expect(resourceEntryType(file, file.entries[1]!)).toBe(bitmap);
  });

  it('has the hash of names that the reader of .NET looks up', () => {
    // FastResourceComparer.HashFunction: 5381 * 33 ^ 'A'.
    expect(resourceNameHash('A')).toBe((5381 * 33) ^ 0x41);
    expect(resourceNameHash('')).toBe(5381);
  });

  it('names types', () => {
    const file = readResourcesFile(
      writeResourcesFile({
        typeNames,
        values: new Map<string, ResourceValue>([
          ['a', { type: 'string', value: 'x' }],
          ['b', { type: 'user', typeIndex: 1, value: Uint8Array.of(1) }],
        ]),
      }),
    );
    expect(file.entries.map((entry) => [entry.name, resourceEntryType(file, entry)])).toEqual([
      ['a', 'string'],
      ['b', 'Own.Type'],
    ]);
    expect(isResourcesFile(file.bytes)).toBe(true);
    expect(isResourcesFile(file.bytes.subarray(1))).toBe(false);
  });

  it('refuses names that overlap and values outside', () => {
    const file = writeResourcesFile({ values: new Map<string, ResourceValue>([['a'.repeat(40), { type: 'null' }]]) });
    const { entries } = readResourcesFile(file);
    expect(entries).toHaveLength(1);
    expect(() => readResourcesFile(file.subarray(0, file.length - 1))).toThrow(expect.objectContaining({ code: 'TRUNCATED' }));
    // Twenty entries with one name and one value of 200 bytes.
    const many = new ByteWriter().u32(0xbeefcace).u32(1).u32(2).u8(0).u8(0).u32(2).u32(20).u32(0).align(8);
    many.fill(20 * 4).fill(20 * 4);
    const dataSection = many.length + 4 + 7;
    many.u32(dataSection).u8(2).utf16('a').u32(0).bytes([1, 198, 1]).fill(198, 0x78);
    expect(() => readResourcesFile(many.toBytes())).toThrow(expect.objectContaining({ code: 'RESOURCE_VALUES_OVERLAP' }));
  });
});
