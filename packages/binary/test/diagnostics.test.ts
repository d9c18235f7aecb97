// Diagnostics: what is recorded, what is rethrown, and how many are kept.
import { BadImageError, Diagnostics } from '@ijw/binary';
import { describe, expect, it } from 'vitest';

describe('Diagnostics', () => {
  const failure = () => {
    throw new BadImageError({ code: 'X', offset: 1, reading: 'a test', message: 'no' });
  };

  it('records a BadImageError with its place and goes on', () => {
    const diagnostics = new Diagnostics();
    expect(diagnostics.attempt(failure, 0x06000001)).toBeUndefined();
    expect(diagnostics.attempt(() => 7)).toBe(7);
    expect(diagnostics.entries).toEqual([{ code: 'X', severity: 'error', offset: 1, token: 0x06000001, reading: 'a test', message: 'no' }]);
  });

  it('does not swallow a defect', () => {
    expect(() =>
      new Diagnostics().attempt(() => {
        throw new TypeError('ours');
      }),
    ).toThrow(TypeError);
  });

  it('keeps a bounded number of findings and counts the rest', () => {
    const diagnostics = new Diagnostics();
    for (let index = 0; index < 1200; index++) diagnostics.attempt(failure);
    expect([diagnostics.entries.length, diagnostics.dropped]).toEqual([1000, 200]);
  });
});
