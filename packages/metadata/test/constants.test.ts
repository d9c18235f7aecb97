// Constants of fields, parameters and properties.
import { BadImageError, ByteReader, hexBytes } from '@ijw/binary';
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { ConstantType, type ConstantValue, readConstantValue, writeConstantValue } from '../src/constants/constant-value.ts';
import { float32Bits, float64Bits } from '../src/constants/floating-point.ts';
import { endsWell } from './hostile-blobs.ts';

const read = (type: number, bytes: ArrayLike<number>) => readConstantValue(type, new ByteReader(Uint8Array.from(bytes)));
const integer = (type: 'char' | 'i1' | 'u1' | 'i2' | 'u2' | 'i4' | 'u4', min: number, max: number) =>
  fc.record({ type: fc.constant(type), value: fc.integer({ min, max }) });
const nan = (bits: bigint, mantissa: bigint) =>
  fc.record({ kind: fc.constant('nan' as const), bits: fc.bigInt(1n, mantissa).map((payload) => bits | payload) });

const constants: fc.Arbitrary<ConstantValue> = fc.oneof(
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
  integer('char', 0, 0xffff),
  integer('i1', -0x80, 0x7f),
  integer('u1', 0, 0xff),
  integer('i2', -0x8000, 0x7fff),
  integer('u2', 0, 0xffff),
  integer('i4', -0x80000000, 0x7fffffff),
  integer('u4', 0, 0xffffffff),
  fc.record({ type: fc.constant('i8' as const), value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) }),
  fc.record({ type: fc.constant('u8' as const), value: fc.bigInt(0n, 2n ** 64n - 1n) }),
  fc.record({ type: fc.constant('r4' as const), value: fc.oneof(fc.float({ noNaN: true }), nan(0xff800000n, 0x7fffffn)) }),
  fc.record({ type: fc.constant('r8' as const), value: fc.oneof(fc.double({ noNaN: true }), nan(0x7ff0000000000000n, 0xfffffffffffffn)) }),
  fc.record({
    type: fc.constant('string' as const),
    value: fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((u) => String.fromCharCode(u)) }),
  }),
  fc.constant({ type: 'nullReference' as const, value: null }),
);

test('reading what was written gives the constant back', () => {
  fc.assert(
    fc.property(constants, (constant) => void expect(read(ConstantType[constant.type], writeConstantValue(constant))).toEqual(constant)),
  );
});

test('only BadImageError escapes', () => {
  fc.assert(fc.property(fc.nat(0xff), fc.uint8Array({ maxLength: 10 }), (type, bytes) => endsWell(() => read(type, bytes))));
});

it('keeps the bits of NaN', () => {
  const constant = read(ConstantType.r4, [0x01, 0x00, 0xc0, 0xff]);
  expect(constant).toEqual({ type: 'r4', value: { kind: 'nan', bits: 0xffc00001n } });
  expect(hexBytes(writeConstantValue(constant))).toBe('0100c0ff');
  expect(float32Bits(1.5)).toBe(0x3fc00000n);
  expect(float64Bits(-0)).toBe(0x8000000000000000n);
});

it('keeps a boolean that is neither 0 nor 1', () => {
  expect(read(ConstantType.boolean, [2])).toEqual({ type: 'boolean', value: true, raw: 2 });
});

it('refuses a reference that is not null, and types that are none', () => {
  expect(() => read(ConstantType.nullReference, [1, 0, 0, 0])).toThrow(BadImageError);
  expect(() => read(0x1d, [0])).toThrow(expect.objectContaining({ code: 'BAD_CONSTANT_TYPE' }));
});
