// Type names as reflection writes them, and display names of assemblies.
import { BadImageError } from '@ijw/binary';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatSerializedTypeName, parseSerializedTypeName, type SerializedType } from '../src/names/serialized-type-name.ts';
import { formatAssemblyIdentity, parseAssemblyIdentity } from '../src/resolution/assembly-identity.ts';
import { endsWell } from './hostile-blobs.ts';

const identifier = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'ab`1+,[]\\&*é_') });
const assembly = fc.constantFrom('System.Runtime', 'mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089');
const name = fc.letrec<{ type: SerializedType; named: SerializedType }>((tie) => ({
  named: fc.record({
    kind: fc.constant('named' as const),
    namespace: fc.oneof(
      fc.constant(''),
      identifier,
      identifier.map((part) => `${part}.${part}`),
    ),
    name: identifier,
    nested: fc.array(identifier, { maxLength: 2 }),
  }),
  type: fc.oneof(
    { maxDepth: 4 },
    tie('named'),
    fc.record({
      kind: fc.constant('generic' as const),
      definition: tie('named'),
      arguments: fc.array(fc.oneof(fc.record({ type: tie('type') }), fc.record({ type: tie('type'), assembly })), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    fc.record({ kind: fc.constantFrom('pointer' as const, 'byReference' as const), element: tie('type') }),
    fc
      .record({ kind: fc.constant('array' as const), element: tie('type'), rank: fc.integer({ min: 1, max: 3 }), bounded: fc.boolean() })
      .map((array) => ({ ...array, bounded: array.bounded || array.rank > 1 })),
  ),
}));

test('parsing what was formatted gives the name back', () => {
  const names = fc.oneof(fc.record({ type: name.type }), fc.record({ type: name.type, assembly }));
  fc.assert(fc.property(names, (one) => void expect(parseSerializedTypeName(formatSerializedTypeName(one))).toEqual(one)));
});

test('only BadImageError escapes', () => {
  const characters = fc.string({ unit: fc.constantFrom(...'ab.+,[]\\&* ') });
  fc.assert(
    fc.property(characters, (text) => endsWell(() => parseSerializedTypeName(text))),
    { numRuns: 2000 },
  );
});

describe('names that reflection writes', () => {
  const list = 'System.Collections.Generic.List`1[[System.Int32, mscorlib, Version=4.0.0.0]]';
  it('a generic type with a qualified argument', () => {
    expect(parseSerializedTypeName(`${list}, System.Core`)).toEqual({
      type: {
        kind: 'generic',
        definition: { kind: 'named', namespace: 'System.Collections.Generic', name: 'List`1', nested: [] },
        arguments: [{ type: { kind: 'named', namespace: 'System', name: 'Int32', nested: [] }, assembly: 'mscorlib, Version=4.0.0.0' }],
      },
      assembly: 'System.Core',
    });
  });
  it.each(['A.B+C+D', 'A[]', 'A[*]', 'A[,,]', 'A*&', 'A`2[B,[C, D]][]', 'A\\,B, C', 'Dictionary`2+Enumerator[[K, k],[V, v]]'])(
    '%s',
    (text) => {
      expect(formatSerializedTypeName(parseSerializedTypeName(text))).toBe(text);
    },
  );
  it.each(['', 'A+', 'A[', 'A[B', 'A]', 'A,', 'A\\', '[A]', `A${'*'.repeat(1000)}`, `${'A[['.repeat(10000)}`])('refuses %s', (text) => {
    expect(() => parseSerializedTypeName(text)).toThrow(BadImageError);
  });
});

describe('display names of assemblies', () => {
  it.each([
    'mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089',
    'a\\,b, Version=1.2.3.65535, Culture=de-DE, PublicKeyToken=null',
    'x',
  ])('%s', (text) => {
    expect(formatAssemblyIdentity(parseAssemblyIdentity(text))).toBe(text);
  });
  it('takes any spacing, order and case', () => {
    expect(parseAssemblyIdentity('A , culture = Neutral,VERSION=1.0 , Custom=null')).toEqual({
      name: 'A',
      version: { major: 1, minor: 0, build: 0, revision: 0 },
      culture: '',
      publicKeyToken: undefined,
    });
  });
});
