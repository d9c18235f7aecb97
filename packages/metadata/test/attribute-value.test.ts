// Reading and writing attribute values and permission sets.
import { ByteReader, hexBytes } from '@ijw/binary';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type AttributeType, BOXED, simpleAttributeTypeOf, TYPE } from '../src/attributes/attribute-type.ts';
import type {
  AttributeArgument,
  AttributeValue,
  CustomAttributeValue,
  NamedAttributeArgument,
} from '../src/attributes/custom-attribute-value.ts';
import { type AttributeValueContext, readAttributeValue } from '../src/attributes/read-attribute-value.ts';
import { writeAttributeValue } from '../src/attributes/write-attribute-value.ts';
import { readPermissionSet, writePermissionSet } from '../src/security/permission-set.ts';
import { endsWell, hostile } from './hostile-blobs.ts';

/** Every enumeration of these tests is one of 16-bit integers. */
const context: AttributeValueContext = { underlyingType: () => 'i2', assumedUnderlyingType: () => 'i4' };
const read = (bytes: ArrayLike<number>, parameters: readonly AttributeType[] = []) =>
  readAttributeValue(new ByteReader(Uint8Array.from(bytes)), parameters, context);

const typed = (type: AttributeType, values: fc.Arbitrary<AttributeValue>): fc.Arbitrary<AttributeArgument> =>
  values.map((value) => ({ type, value }));
const integer = (name: 'char' | 'i1' | 'u1' | 'i2' | 'u2' | 'i4' | 'u4', min: number, max: number) =>
  typed(simpleAttributeTypeOf(name), fc.integer({ min, max }));
const text = fc.option(fc.string({ unit: 'grapheme' }), { nil: null });
const serializedEnum: AttributeType = { kind: 'enum', reference: { kind: 'name', name: 'A.B, C' }, underlying: 'i2', assumed: false };

const simple: fc.Arbitrary<AttributeArgument> = fc.oneof(
  typed(simpleAttributeTypeOf('boolean'), fc.boolean()),
  integer('char', 0, 0xffff),
  integer('i1', -0x80, 0x7f),
  integer('u1', 0, 0xff),
  integer('i2', -0x8000, 0x7fff),
  integer('u2', 0, 0xffff),
  integer('i4', -0x80000000, 0x7fffffff),
  integer('u4', 0, 0xffffffff),
  typed(simpleAttributeTypeOf('i8'), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  typed(simpleAttributeTypeOf('u8'), fc.bigInt(0n, 2n ** 64n - 1n)),
  typed(simpleAttributeTypeOf('r4'), fc.float({ noNaN: true })),
  typed(
    simpleAttributeTypeOf('r8'),
    fc.oneof(fc.double({ noNaN: true }), fc.constant({ kind: 'nan' as const, bits: 0xfff8000000000000n })),
  ),
  typed(simpleAttributeTypeOf('string'), text),
  typed(TYPE, text),
  typed(serializedEnum, fc.integer({ min: -0x8000, max: 0x7fff })),
);

/** Arrays are of one type, so an array repeats one argument; elements of `object[]` are boxed. */
const { argument } = fc.letrec<{ argument: AttributeArgument; boxed: AttributeArgument }>((tie) => ({
  boxed: tie('argument').map(
    ({ type, value }): AttributeArgument =>
      type.kind === 'boxed' ? { type, value } : { type: BOXED, value: { kind: 'boxed', type, value } },
  ),
  argument: fc.oneof(
    { maxDepth: 3 },
    simple,
    tie('boxed'),
    fc
      .tuple(fc.oneof(simple, tie('boxed')), fc.integer({ min: 0, max: 3 }))
      .filter(([{ type }]) => type.kind !== 'array')
      .map(([{ type, value }, count]): AttributeArgument => ({ type: { kind: 'array', element: type }, value: Array(count).fill(value) })),
    simple.map(({ type }): AttributeArgument => ({ type: { kind: 'array', element: type }, value: null })),
  ),
}));

const named: fc.Arbitrary<readonly NamedAttributeArgument[]> = fc.array(
  fc.tuple(argument, fc.constantFrom('field' as const, 'property' as const), text).map(([one, kind, name]) => ({ ...one, kind, name })),
  { maxLength: 3 },
);
const values: fc.Arbitrary<CustomAttributeValue> = fc.record({
  fixedArguments: fc.array(argument, { maxLength: 4 }),
  namedArguments: named,
});

describe('attribute values', () => {
  test('reading what was written gives the value back', () => {
    fc.assert(
      fc.property(values, (value) => {
        const parameters = value.fixedArguments.map(({ type }) => type);
        expect(read(writeAttributeValue(value), parameters)).toEqual(value);
      }),
    );
  });

  test('only BadImageError escapes', () => {
    const blobs = fc.tuple(values, fc.array(argument, { maxLength: 3 })).chain(([value, others]) =>
      fc.record({
        bytes: hostile(fc.constant(writeAttributeValue(value))),
        parameters: fc.constantFrom(value.fixedArguments, others).map((list) => list.map(({ type }) => type)),
      }),
    );
    fc.assert(
      fc.property(blobs, ({ bytes, parameters }) => endsWell(() => read(bytes, parameters))),
      { seed: 1, numRuns: 3000 },
    );
  });

  it('refuses counts that the blob cannot hold and boxes without an end', () => {
    const array: AttributeType = { kind: 'array', element: simpleAttributeTypeOf('u1') };
    expect(() => read([1, 0, 0xff, 0xff, 0xff, 0x7f], [array])).toThrow(expect.objectContaining({ code: 'COUNT_TOO_LARGE' }));
    const boxes = Array.from({ length: 1000 }, () => [0x1d, 0x51, 1, 0, 0, 0]).flat();
    expect(() => read([1, 0, ...boxes], [BOXED])).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_TOO_DEEP' }));
    expect(() => read([2, 0, 0, 0])).toThrow(expect.objectContaining({ code: 'BAD_ATTRIBUTE_PROLOG', offset: 0 }));
  });

  it('reads the example of ECMA-335 II.23.3', () => {
    const text = [...'hello'].map((character) => character.charCodeAt(0));
    const bytes = [1, 0, 5, ...text, 1, 0, 0x54, 0x08, 1, 0x41, 7, 0, 0, 0];
    const value = read(bytes, [simpleAttributeTypeOf('string')]);
    expect(value.fixedArguments.map((one) => one.value)).toEqual(['hello']);
    expect(value.namedArguments).toEqual([{ kind: 'property', name: 'A', type: simpleAttributeTypeOf('i4'), value: 7 }]);
    expect(hexBytes(writeAttributeValue(value))).toBe(hexBytes(Uint8Array.from(bytes)));
  });
});

describe('permission sets', () => {
  const sets = fc.oneof(
    fc.record({
      format: fc.constant('binary' as const),
      attributes: fc.array(fc.record({ typeName: fc.string({ unit: 'grapheme' }), namedArguments: named }), { maxLength: 3 }),
    }),
    fc.record({ format: fc.constant('xml' as const), text: fc.string({ unit: 'grapheme' }).map((body) => `<PermissionSet>${body}`) }),
  );
  const readSet = (bytes: Uint8Array) => readPermissionSet(new ByteReader(bytes), context);

  test('reading what was written gives the set back', () => {
    fc.assert(
      fc.property(sets, (set) => {
        expect(readSet(writePermissionSet(set))).toEqual(set);
      }),
    );
  });

  test('only BadImageError escapes', () => {
    fc.assert(
      fc.property(hostile(sets.map(writePermissionSet)), (bytes) => endsWell(() => readSet(bytes))),
      { seed: 1, numRuns: 2000 },
    );
  });
});
