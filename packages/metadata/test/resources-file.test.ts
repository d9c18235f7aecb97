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

describe('a file as .NET writes it', () => {
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
  });
});
