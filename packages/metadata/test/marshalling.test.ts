// Marshalling descriptors (ECMA-335 II.23.4), as compilers write them and malformed.
import { ByteReader, hexBytes } from '@ijw/binary';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  type MarshallingDescriptor,
  readMarshallingDescriptor,
  writeMarshallingDescriptor,
} from '../src/marshalling/marshalling-descriptor.ts';
import { NativeType, nativeTypeName } from '../src/marshalling/native-type.ts';
import { variantTypeName } from '../src/marshalling/variant-type.ts';
import { endsWell, hostile } from './hostile-blobs.ts';

const read = (bytes: ArrayLike<number>) => readMarshallingDescriptor(new ByteReader(Uint8Array.from(bytes)));
const number = fc.nat(0x1fffffff);
const text = fc.string({ unit: 'grapheme' });
const withRest: readonly number[] = [0x17, 0x19, 0x1a, 0x1c, 0x1d, 0x1e, 0x2a, 0x2c];
const absent = fc.constant(undefined);

const descriptors: fc.Arbitrary<MarshallingDescriptor> = fc.oneof(
  fc.record({ kind: fc.constant('simple' as const), nativeType: fc.nat(0x3fff).filter((value) => !withRest.includes(value)) }),
  fc.record({ kind: fc.constant('fixedSystemString' as const), size: fc.option(number, { nil: undefined }) }),
  fc.oneof(
    fc.record({ kind: fc.constant('fixedArray' as const), size: number, elementType: fc.option(number, { nil: undefined }) }),
    fc.record({ kind: fc.constant('fixedArray' as const), size: absent, elementType: absent }),
  ),
  fc.record({ kind: fc.constant('safeArray' as const), variantType: number, userDefinedType: fc.option(text, { nil: undefined }) }),
  fc.record({ kind: fc.constant('array' as const), elementType: number, sizeParameterIndex: number, size: number, flags: number }),
  fc.record({ kind: fc.constant('array' as const), elementType: number, sizeParameterIndex: number, size: absent, flags: absent }),
  fc.record({ kind: fc.constant('customMarshaler' as const), guid: text, unmanagedType: text, marshalerType: text, cookie: text }),
  fc.record({
    kind: fc.constant('interface' as const),
    nativeType: fc.constantFrom(NativeType.iUnknown, NativeType.iDispatch, NativeType.intf),
    iidParameterIndex: fc.option(number, { nil: undefined }),
  }),
);

test('reading what was written gives the descriptor back', () => {
  fc.assert(fc.property(descriptors, (descriptor) => void expect(read(writeMarshallingDescriptor(descriptor))).toEqual(descriptor)));
});

test('writing what was read gives the blob back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (bytes) => {
      endsWell(() => {
        const descriptor = read(bytes);
        expect(read(writeMarshallingDescriptor(descriptor))).toEqual(descriptor);
      });
    }),
  );
});

test('only BadImageError escapes', () => {
  fc.assert(
    fc.property(hostile(descriptors.map(writeMarshallingDescriptor)), (bytes) => endsWell(() => read(bytes))),
    { seed: 1, numRuns: 2000 },
  );
});

describe('blobs as compilers write them', () => {
  it.each([
    ['[MarshalAs(UnmanagedType.U1)]', [0x04], { kind: 'simple', nativeType: NativeType.u1 }],
    ['ByValTStr, SizeConst = 260', [0x17, 0x81, 0x04], { kind: 'fixedSystemString', size: 260 }],
    ['ByValArray, SizeConst = 8', [0x1e, 0x08], { kind: 'fixedArray', size: 8, elementType: undefined }],
    [
      'LPArray, SizeParamIndex = 1',
      [0x2a, 0x50, 0x01],
      { kind: 'array', elementType: NativeType.max, sizeParameterIndex: 1, size: undefined, flags: undefined },
    ],
    [
      'LPArray, SizeConst = 4 only',
      [0x2a, 0x50, 0x00, 0x04, 0x00],
      { kind: 'array', elementType: NativeType.max, sizeParameterIndex: 0, size: 4, flags: 0 },
    ],
    ['SafeArray of BSTR', [0x1d, 0x08], { kind: 'safeArray', variantType: 8, userDefinedType: undefined }],
    ['Interface, IidParameterIndex = 2', [0x1c, 0x02], { kind: 'interface', nativeType: NativeType.intf, iidParameterIndex: 2 }],
    ['bytes after the end', [0x14, 0xaa, 0xbb], { kind: 'simple', nativeType: NativeType.lpStr, rest: Uint8Array.of(0xaa, 0xbb) }],
  ])('%s', (_title, bytes, descriptor) => {
    expect(read(bytes)).toEqual(descriptor);
    expect(hexBytes(writeMarshallingDescriptor(read(bytes)))).toBe(hexBytes(Uint8Array.from(bytes)));
  });
});

test('names of native and variant types', () => {
  expect(nativeTypeName(0x30)).toBe('lpUtf8Str');
  expect(nativeTypeName(0x27)).toBeUndefined();
  expect(variantTypeName(0x2008)).toBe('bstr');
  expect(variantTypeName(0xffe)).toBeUndefined();
});
