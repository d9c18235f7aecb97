// Signatures (ECMA-335 II.23.2): encoded, decoded, malformed.
import { BadImageError, ByteReader } from '@ijw/binary';
import { makeToken, TableId } from '@ijw/metadata';
import {
  CallingConvention,
  decodeFieldSignature,
  decodeLocalSignature,
  decodeMethodSignature,
  decodeMethodSpec,
  decodePropertySignature,
  decodeTypeSpec,
  encodeFieldSignature,
  encodeLocalSignature,
  encodeMethodSignature,
  encodeMethodSpec,
  encodePropertySignature,
  encodeTypeSpec,
  MAX_SIGNATURE_DEPTH,
  type MethodSignature,
  primitiveElementTypes,
  SignatureFlags,
  signatureKindOf,
  type TypeNode,
  typeNodes,
} from '@ijw/metadata/signatures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endsWell, hostile } from './hostile-blobs.ts';

const int32: TypeNode = { kind: 'primitive', type: 'int32' };
const typeRef = (rid: number) => makeToken(TableId.TypeRef, rid);

const token = fc
  .tuple(fc.constantFrom(TableId.TypeDef, TableId.TypeRef, TableId.TypeSpec), fc.integer({ min: 1, max: 0xffffff }))
  .map(([table, rid]) => makeToken(table, rid));

const named = (valueType: fc.Arbitrary<boolean | undefined>) =>
  fc.record({ kind: fc.constant('named' as const), token, valueType }) as fc.Arbitrary<TypeNode>;

const count = fc.oneof(fc.nat(5), fc.constantFrom(0x7f, 0x80, 0x3fff, 0x4000, 0x1fffffff));

/** Counts of generic parameters are written only with the Generic bit, and a sentinel only before a parameter of a vararg signature. */
const methodOf = (type: fc.Arbitrary<TypeNode>): fc.Arbitrary<MethodSignature<TypeNode>> =>
  fc
    .record({
      header: fc.tuple(fc.constantFrom(0, 1, 2, 3, 4, 5, 9), fc.nat(7)).map(([convention, flags]) => convention | (flags << 4)),
      genericParameterCount: count,
      requiredParameterCount: fc.nat(4),
      returnType: type,
      parameterTypes: fc.array(type, { maxLength: 4 }),
    })
    .map((signature) => ({
      ...signature,
      genericParameterCount: signature.header & SignatureFlags.Generic ? signature.genericParameterCount : 0,
      requiredParameterCount: Math.min(
        (signature.header & 0xf) === CallingConvention.VarArg ? signature.requiredParameterCount : signature.parameterTypes.length,
        signature.parameterTypes.length,
      ),
    }));

const { type, method } = fc.letrec<{ type: TypeNode; method: MethodSignature<TypeNode> }>((tie) => {
  const element = tie('type');
  const wrapper = (kind: 'pointer' | 'byReference' | 'pinned' | 'szArray') =>
    fc.record({ kind: fc.constant(kind), element }) as fc.Arbitrary<TypeNode>;
  const shape = fc.record({
    rank: fc.nat(40),
    sizes: fc.array(count, { maxLength: 3 }),
    lowerBounds: fc.array(fc.integer({ min: -(2 ** 28), max: 2 ** 28 - 1 }), { maxLength: 3 }),
  });
  const primitives = Object.keys(primitiveElementTypes) as (keyof typeof primitiveElementTypes)[];
  return {
    type: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...primitives).map((name): TypeNode => ({ kind: 'primitive', type: name })),
      named(fc.boolean()),
      fc.record({ kind: fc.constantFrom('genericTypeParameter' as const, 'genericMethodParameter' as const), index: count }),
      wrapper('pointer'),
      wrapper('byReference'),
      wrapper('pinned'),
      wrapper('szArray'),
      fc.record({ kind: fc.constant('array' as const), element, shape }),
      fc.record({
        kind: fc.constant('genericInstance' as const),
        generic: named(fc.boolean()),
        arguments: fc.array(element, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('functionPointer' as const), signature: tie('method') }),
      fc.record({
        kind: fc.constant('modified' as const),
        modifier: named(fc.constant(undefined)),
        unmodified: element,
        required: fc.boolean(),
      }),
    ) as fc.Arbitrary<TypeNode>,
    method: methodOf(tie('type')),
  };
});

describe('what was encoded is decoded', () => {
  test('a method signature', () => {
    fc.assert(
      fc.property(method, (signature) => {
        expect(decodeMethodSignature(encodeMethodSignature(signature), typeNodes)).toEqual(signature);
      }),
    );
  });
  test('a property signature', () => {
    fc.assert(
      fc.property(method, (signature) => {
        const requiredParameterCount = signature.parameterTypes.length;
        const property = { ...signature, header: 0x28, genericParameterCount: 0, requiredParameterCount };
        expect(decodePropertySignature(encodePropertySignature(property), typeNodes)).toEqual(property);
      }),
    );
  });
  test('a field signature and a TypeSpec', () => {
    fc.assert(
      fc.property(type, (node) => {
        expect(decodeFieldSignature(encodeFieldSignature(node), typeNodes)).toEqual(node);
        expect(decodeTypeSpec(encodeTypeSpec(node), typeNodes)).toEqual(node);
      }),
    );
  });
  test('local variables and a MethodSpec', () => {
    fc.assert(
      fc.property(fc.array(type, { minLength: 1, maxLength: 5 }), (types) => {
        expect(decodeLocalSignature(encodeLocalSignature(types), typeNodes)).toEqual(types);
        expect(decodeMethodSpec(encodeMethodSpec(types), typeNodes)).toEqual(types);
      }),
    );
  });
});

describe('blobs that compilers write', () => {
  test('modifiers keep their order, pinned may stand between them', () => {
    // modreq(TypeRef 1) pinned modopt(TypeRef 2) int32&
    const blob = Uint8Array.of(7, 1, 0x1f, 5, 0x45, 0x20, 9, 0x10, 8);
    expect(decodeLocalSignature(blob, typeNodes)).toEqual([
      {
        kind: 'modified',
        required: true,
        modifier: { kind: 'named', token: typeRef(1), valueType: undefined },
        unmodified: {
          kind: 'pinned',
          element: {
            kind: 'modified',
            required: false,
            modifier: { kind: 'named', token: typeRef(2), valueType: undefined },
            unmodified: { kind: 'byReference', element: int32 },
          },
        },
      },
    ]);
  });

  test('the sentinel tells the required parameters from the variable ones', () => {
    const signature = decodeMethodSignature(Uint8Array.of(5, 3, 1, 8, 0x41, 0x0d, 0x0e), typeNodes);
    expect(signature.requiredParameterCount).toBe(1);
    expect(signature.parameterTypes.map((node) => node.kind === 'primitive' && node.type)).toEqual(['int32', 'float64', 'string']);
  });

  test.each([
    ['one parameter', [5, 1, 1, 8, 0x41]],
    ['no parameter', [5, 0, 1, 0x41]],
    ['two parameters, on a function pointer', [5, 2, 1, 8, 0x1b, 0, 0, 1, 0x41]],
  ])('a sentinel may come last: %s', (_, bytes) => {
    const signature = decodeMethodSignature(Uint8Array.from(bytes), typeNodes);
    expect(signature).toMatchObject({ requiredParameterCount: signature.parameterTypes.length, endsWithSentinel: true });
    expect([...encodeMethodSignature(signature)]).toEqual(bytes);
  });

  test('a sentinel behind a vararg function pointer belongs to the vararg signature around it, if that has none yet', () => {
    const outer = decodeMethodSignature(Uint8Array.of(5, 2, 1, 0x1b, 5, 1, 1, 8, 0x41, 0x0e), typeNodes);
    expect(outer).toMatchObject({ requiredParameterCount: 1, parameterTypes: [{ signature: { requiredParameterCount: 1 } }, {}] });
    const returned = decodeMethodSignature(Uint8Array.of(5, 1, 0x1b, 5, 0, 1, 0x41, 0x0e), typeNodes);
    expect(returned).toMatchObject({ requiredParameterCount: 0, returnType: { signature: { requiredParameterCount: 0 } } });
    const inner = decodeLocalSignature(Uint8Array.of(7, 2, 0x1b, 5, 1, 1, 8, 0x41, 0x0e), typeNodes);
    expect(inner).toMatchObject([{ signature: { endsWithSentinel: true } }, { type: 'string' }]);
  });

  test('a signature of no locals is one', () => {
    expect(decodeLocalSignature(Uint8Array.of(7, 0), typeNodes)).toEqual([]);
  });

  test('an array may have fewer sizes and bounds than dimensions', () => {
    // int32[0...2, -1...,] of rank 3: II.23.2.13
    expect(decodeTypeSpec(Uint8Array.of(0x14, 8, 3, 1, 3, 2, 0, 0x7f), typeNodes)).toEqual({
      kind: 'array',
      element: int32,
      shape: { rank: 3, sizes: [3], lowerBounds: [0, -1] },
    });
  });

  test('a reader is decoded from where it stands, and stays there', () => {
    const reader = new ByteReader(Uint8Array.of(0xff, 6, 8), { base: 100, reading: 'a field' });
    reader.skip(1);
    expect(decodeFieldSignature(reader, typeNodes)).toEqual(int32);
    expect(reader.position).toBe(1);
  });
});

describe('malformed blobs', () => {
  const code = (blob: readonly number[], decode: (bytes: Uint8Array) => unknown) => {
    try {
      decode(Uint8Array.from(blob));
    } catch (error) {
      return error instanceof BadImageError ? error.code : String(error);
    }
    return undefined;
  };
  const asMethod = (bytes: Uint8Array) => decodeMethodSignature(bytes, typeNodes);
  const asType = (bytes: Uint8Array) => decodeTypeSpec(bytes, typeNodes);

  test.each([
    ['an empty blob', [], 'TRUNCATED', asMethod],
    ['another kind', [6, 8], 'BAD_SIGNATURE', asMethod],
    ['an unknown convention', [0x0b, 0, 1], 'BAD_SIGNATURE', asMethod],
    ['fewer parameters than counted', [0, 2, 1, 8], 'TRUNCATED', asMethod],
    ['two sentinels', [5, 2, 1, 0x41, 0x41, 8], 'BAD_SIGNATURE', asMethod],
    ['no element type', [0x17], 'BAD_SIGNATURE', asType],
    ['an element type of custom attributes', [0x50], 'BAD_SIGNATURE', asType],
    ['a nil type', [0x12, 0], 'BAD_CODED_INDEX', asType],
    ['a type of tag 3', [0x11, 7], 'BAD_CODED_INDEX', asType],
    ['no generic arguments', [0x15, 0x12, 5, 0], 'BAD_SIGNATURE', asType],
    ['no compressed integer', [0x13, 0xff], 'BAD_COMPRESSED_INTEGER', asType],
    ['half an integer', [0x13, 0xc0, 1], 'TRUNCATED', asType],
    ['a huge count', [0, 0xdf, 0xff, 0xff, 0xff, 1], 'TRUNCATED', asMethod],
  ] as const)('%s', (_, blob, expected, decode) => {
    expect(code(blob, decode)).toBe(expected);
  });

  test('a nesting bound stands in for the stack', () => {
    const nested = (depth: number) => [...new Array<number>(depth).fill(0x0f), 8];
    expect(code(nested(MAX_SIGNATURE_DEPTH), asType)).toBeUndefined();
    expect(code(nested(MAX_SIGNATURE_DEPTH + 1), asType)).toBe('SIGNATURE_TOO_DEEP');
    const pointers = Array.from({ length: 100_000 }, () => [0x1b, 0, 1]).flat();
    expect(code(pointers, asType)).toBe('SIGNATURE_TOO_DEEP');
  });

  test('the error says where the signature stands in the file', () => {
    const reader = new ByteReader(Uint8Array.of(6, 0x0f, 0x17), { base: 100, rva: 0x2000, reading: 'a field signature' });
    expect(() => decodeFieldSignature(reader, typeNodes)).toThrow(
      expect.objectContaining({ offset: 103, rva: 0x2003, reading: 'a field signature' }),
    );
  });

  test('any bytes end in a value or in a BadImageError', () => {
    const blobs = fc.oneof(method.map(encodeMethodSignature), type.map(encodeFieldSignature));
    fc.assert(
      fc.property(hostile(blobs), (blob) => {
        for (const decode of [decodeMethodSignature, decodeFieldSignature, decodeLocalSignature, decodeMethodSpec, decodeTypeSpec]) {
          endsWell(() => decode(blob, typeNodes));
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('the first byte tells the kind', () => {
  const kinds = Array.from({ length: 16 }, (_, header) => signatureKindOf(header | 0x20));
  expect(kinds.slice(0, 6)).toEqual(new Array(6).fill('method'));
  expect(kinds.slice(6)).toEqual(['field', 'locals', 'property', 'method', 'methodSpec', ...new Array(5).fill('unknown')]);
});
