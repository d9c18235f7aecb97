// LeanCLR signature strings: parsed, formatted, refused.
import {
  formatLeanClrSignature,
  LEANCLR_CONVENTIONS,
  type LeanClrSignature,
  LeanClrSignatureError,
  type LeanClrType,
  parseLeanClrSignature,
} from '@ijw/interop/leanclr';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_`.]{0,8}$/);
const { type } = fc.letrec<{ type: LeanClrType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ kind: fc.constant('named' as const), name, arguments: fc.constant([] as LeanClrType[]) }),
    fc.record({ kind: fc.constant('named' as const), name, arguments: fc.array(tie('type'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constantFrom('pointer' as const, 'byReference' as const), element: tie('type') }),
    fc.record({ kind: fc.constant('array' as const), element: tie('type'), rank: fc.constant(1), vector: fc.boolean() }),
    fc.record({
      kind: fc.constant('array' as const),
      element: tie('type'),
      rank: fc.integer({ min: 2, max: 4 }),
      vector: fc.constant(false),
    }),
    fc.record({
      kind: fc.constant('functionPointer' as const),
      convention: fc.constantFrom(...LEANCLR_CONVENTIONS),
      parameters: fc.array(tie('type'), { maxLength: 3 }),
      result: tie('type'),
    }),
  ),
}));
const signature: fc.Arbitrary<LeanClrSignature> = fc.record({
  module: fc.option(name, { nil: undefined }),
  type: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_`./]{0,12}$/),
  method: fc.constantFrom('Add', '.ctor', 'get_Item', '<Main>g__f|0_0', 'System.IDisposable.Dispose', '<>c__Do'),
  genericArity: fc.integer({ min: 0, max: 3 }),
  parameters: fc.option(fc.array(type, { maxLength: 4 }), { nil: undefined }),
});

describe('LeanCLR signature strings', () => {
  it.each([
    '[CoreTests]test.CustomPInvoke::Add(System.Int32,System.Int32)',
    'test.CustomPInvoke::Add',
    'NS.Outer/Inner::M<,>(T,System.Collections.Generic.List`1<T[]>,System.Int32[,]&)',
    'N.T::M(delegate* unmanaged[Cdecl]<System.Int32,System.Void>,delegate* unmanaged[Default]<System.Void>)',
    'N.T::M(System.Int32[*],System.Void**)',
    'N.T::.ctor()',
  ])('%s is written as it was read', (text) => {
    expect(formatLeanClrSignature(parseLeanClrSignature(text))).toBe(text);
  });

  it('gives back any signature that was written', () => {
    fc.assert(
      fc.property(signature, (value) => {
        expect(parseLeanClrSignature(formatLeanClrSignature(value))).toEqual(value);
      }),
    );
  });

  it.each([
    ['', 0],
    ['[Mod', 1],
    ['N.T', 3],
    ['N.T::', 5],
    ['N.T::M(', 7],
    ['N.T::M(System.Int32', 19],
    ['N.T::M(System.Int32,)', 20],
    ['N.T::M()x', 8],
    ['N.T::M(delegate* unmanaged[Fast]<System.Void>)', 27],
    ['N.T::M(System.Int32 x)', 19],
    ['N.T::M(delegate*<System.Void>)', 16],
  ])('%j fails, and a caret shows where', (text, position) => {
    try {
      parseLeanClrSignature(text);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof LeanClrSignatureError)) throw error;
      const [, caret] = error.excerpt.split('\n');
      expect([caret!.indexOf('^'), error.position]).toEqual([position, position]);
    }
  });

  it('refuses a megabyte and a thousand levels without trying', () => {
    expect(() => parseLeanClrSignature(`N.T::M(${'A,'.repeat(500_000)}A)`)).toThrow('at most');
    expect(() => parseLeanClrSignature(`N.T::M(${'A<'.repeat(1000)}B${'>'.repeat(1000)})`)).toThrow('deeper');
    expect(() => parseLeanClrSignature(`N.T::M(A${'*'.repeat(1000)})`)).toThrow('deeper');
  });

  it('throws nothing but its own error at any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\w[\](){}<>,*&:. ]{0,40}$/)), (text) => {
        try {
          parseLeanClrSignature(text);
        } catch (error) {
          expect(error).toBeInstanceOf(LeanClrSignatureError);
        }
      }),
    );
  });
});
