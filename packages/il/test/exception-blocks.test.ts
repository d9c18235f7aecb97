// Exception clauses as nested blocks, and those that need the raw form.
import type { ExceptionClause } from '@ijw/il';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exceptionBlocks } from '../src/text/exception-blocks.ts';

const clause = (
  kind: ExceptionClause['kind'],
  [tryOffset, tryEnd]: readonly [number, number],
  [handlerOffset, handlerEnd]: readonly [number, number],
  classTokenOrFilterOffset = 0,
): ExceptionClause => ({
  kind,
  flags: 0,
  tryOffset,
  tryLength: tryEnd - tryOffset,
  handlerOffset,
  handlerLength: handlerEnd - handlerOffset,
  classTokenOrFilterOffset,
});

const everywhere = (_: number): boolean => true;
const shape = (clauses: readonly ExceptionClause[], isBoundary = everywhere): string | undefined =>
  exceptionBlocks(clauses, isBoundary)
    ?.map(({ kind, start, end }) => `${kind} ${start}-${end}`)
    .join(', ');

describe('exceptionBlocks', () => {
  it('gives a try and its handler', () => {
    expect(shape([clause('finally', [0, 2], [2, 4])])).toBe('try 0-2, handler 2-4');
  });

  it('gives handlers of one try as siblings', () => {
    expect(shape([clause('catch', [0, 2], [2, 4]), clause('catch', [0, 2], [4, 6])])).toBe('try 0-2, handler 2-4, handler 4-6');
  });

  it('gives a filter before its handler', () => {
    expect(shape([clause('filter', [0, 2], [4, 6], 2)])).toBe('try 0-2, filter 2-4, handler 4-6');
  });

  it('nests a try in a try, in a handler, in a filter', () => {
    expect(shape([clause('catch', [0, 2], [2, 4]), clause('finally', [0, 4], [4, 6])])).toBe('try 0-4, try 0-2, handler 2-4, handler 4-6');
    expect(shape([clause('catch', [4, 6], [6, 8]), clause('catch', [0, 2], [2, 10])])).toBe('try 0-2, handler 2-10, try 4-6, handler 6-8');
  });

  it('groups as many regions as a body may have, and as many handlers of one, in linear time', () => {
    const apart = Array.from({ length: 100_000 }, (_, index) =>
      clause('finally', [index * 2, index * 2 + 1], [index * 2 + 1, index * 2 + 2]),
    );
    expect(exceptionBlocks(apart, everywhere)).toHaveLength(200_000);
    const siblings = Array.from({ length: 100_000 }, (_, index) => clause('catch', [0, 1], [1 + index, 2 + index]));
    expect(exceptionBlocks(siblings, everywhere)).toHaveLength(100_001);
  });

  it.each<readonly [string, readonly ExceptionClause[]]>([
    ['a handler apart from its try', [clause('catch', [0, 2], [4, 6])]],
    ['a handler before its try', [clause('catch', [4, 6], [0, 2])]],
    ['regions that overlap', [clause('catch', [0, 4], [4, 8]), clause('catch', [2, 6], [6, 10])]],
    ['the outer clause first', [clause('finally', [0, 4], [4, 6]), clause('catch', [0, 2], [2, 4])]],
    ['an empty try', [clause('catch', [0, 0], [0, 2])]],
    ['a kind that is unknown', [clause('unknown', [0, 2], [2, 4])]],
    ['a filter behind its handler', [clause('filter', [0, 2], [2, 4], 4)]],
    ['one try twice with handlers in one place', [clause('catch', [0, 2], [2, 4]), clause('catch', [0, 2], [2, 4])]],
  ])('falls back for %s', (_, clauses) => {
    expect(shape(clauses)).toBeUndefined();
  });

  it('falls back where a block starts within an instruction', () => {
    expect(shape([clause('catch', [0, 2], [2, 4])], (offset) => offset !== 2)).toBeUndefined();
  });

  it('gives blocks that nest, whatever the clauses', () => {
    const offset = fc.nat({ max: 12 });
    const any = fc
      .record({
        kind: fc.constantFrom<ExceptionClause['kind'][]>('catch', 'finally', 'filter'),
        at: fc.tuple(offset, offset, offset, offset, offset),
      })
      .map(({ kind, at: [a, b, c, d, filter] }) => clause(kind, [a, b], [c, d], filter));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), (clauses) => {
        const open: number[] = [];
        for (const { start, end } of exceptionBlocks(clauses, everywhere) ?? []) {
          while (open.length > 0 && open.at(-1)! <= start) open.pop();
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(open.at(-1) ?? Number.POSITIVE_INFINITY);
          open.push(end);
        }
      }),
    );
  });
});
