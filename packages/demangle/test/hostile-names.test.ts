// Names that are deep, long, cut or mutated: an error with its position, in bounded time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demangle, isDecorated } from '../src/index.ts';
import { readCases } from './case-files.ts';

const styles = ['llvm', 'undname', 'short'] as const;
const real = [...new Set(readCases().map(({ decorated }) => decorated))];

/** Whatever the name, the answer is text within bounds, or the name with an error inside it. */
function expectAnswer(name: string): void {
  isDecorated(name);
  for (const style of styles) {
    const result = demangle(name, { style });
    if (result.ok) {
      expect(result.text.length).toBeLessThanOrEqual(1 << 18);
      continue;
    }
    expect(result.text).toBe(name);
    expect(result.error.message).not.toBe('');
    expect(result.error.position).toBeGreaterThanOrEqual(0);
    expect(result.error.position).toBeLessThanOrEqual(name.length);
  }
}

describe('hostile names', () => {
  it('any text gets an answer', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), expectAnswer), { numRuns: 1000 });
  });

  it('any text of the characters that decorations use gets an answer', () => {
    const character = fc.constantFrom(...'?@$_ABCDEFGHIJPQRSTUVWXYZ0123456789.<af');
    const name = fc.tuple(
      fc.constantFrom('?', '??', '??_', '?f@@YAX', '??$f@', '.?AV', '??_C@_', ''),
      fc.string({ unit: character, maxLength: 60 }),
    );
    fc.assert(
      fc.property(name, ([prefix, rest]) => expectAnswer(prefix + rest)),
      { numRuns: 4000 },
    );
  });

  it('a real name with pieces cut out, doubled or replaced gets an answer', () => {
    const edit = fc.record({
      at: fc.nat(200),
      length: fc.nat(8),
      insert: fc.string({ unit: fc.constantFrom(...'?@$_ABPQVXZ0159'), maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...real),
        fc.constantFrom(...real),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (name, other, edits) => {
          let text = name;
          for (const { at, length, insert } of edits) {
            const start = at % (text.length + 1);
            const piece = insert === '' ? other.slice(start, start + length * 3) : insert;
            text = text.slice(0, start) + piece + text.slice(start + length);
          }
          expectAnswer(text);
        },
      ),
      { numRuns: 4000 },
    );
  });

  it('every beginning of every real name gets an answer', () => {
    for (const name of real) for (let end = 0; end < name.length; end++) demangle(name.slice(0, end));
    expect(real.length).toBeGreaterThan(500);
  });

  it('text that back references double again and again is refused', () => {
    let type = 'PAH';
    for (let level = 0; level < 12; level++) {
      const doublings = Array.from({ length: 8 }, (_, i) => `P6AX${i}${i}@Z`).join('');
      type = `V?$t@$$A6AX${type}${doublings}@Z@@`;
    }
    const result = demangle(`?f@@YAX${type}@Z`);
    expect(result).toMatchObject({ ok: false, error: { message: 'The text is longer than 262144 characters' } });
  });

  it.each([
    ['pointers', `?x@@3${'PA'.repeat(30_000)}HA`],
    ['function pointers', `?f@@YAX${'P6AX'.repeat(10_000)}`],
    ['templates', `?f@@YAX${'V?$a@'.repeat(10_000)}`],
    ['local scopes', `?x@${'?1??f@'.repeat(10_000)}`],
    ['template arguments that are symbols', `??$f@${'$1??$f@'.repeat(8_000)}`],
    ['initializers', `?${'?__E?'.repeat(10_000)}`],
    ['nested symbols', `${'??'.repeat(20_000)}`],
    ['C++/CLI marks', `?f@@${'$$F'.repeat(20_000)}YAXXZ`],
    ['arrays of arrays', `?x@@3${'PAY00'.repeat(10_000)}HA`],
    ['objects', `??$f@$${'2UA@@'.repeat(10_000)}`],
  ])('%s nested thousands deep are refused', (_, name) => {
    const result = demangle(name);
    expect(result.ok ? '' : result.error.message).toMatch(/nested deeper than 200 levels/);
  });

  it('a name of more than 65,536 characters is refused', () => {
    const result = demangle(`?${'a'.repeat(70_000)}@@3HA`);
    expect(result).toMatchObject({ ok: false, error: { message: 'The name is longer than 65536 characters' } });
  });

  it('thousands of scopes, parameters and arguments are read', () => {
    expect(demangle(`?x@${'ns@'.repeat(10_000)}@3HA`).ok).toBe(true);
    expect(demangle(`?f@@YAX${'H'.repeat(20_000)}@Z`).ok).toBe(true);
    expect(demangle(`??$f@${'H'.repeat(20_000)}@@YAXXZ`).ok).toBe(true);
  });
});
