// Names that are given out once: numbers behind those that are taken, and the same name any number of times in linear time.
import { describe, expect, it } from 'vitest';
import { NumberedNames } from '../src/text/numbered-names.ts';

describe('names that are taken', () => {
  it('get numbers, the first that is free', () => {
    const names = new NumberedNames();
    expect(['A', 'A_1', 'A', 'A', 'B', 'A_1'].map((name) => names.take(name))).toEqual(['A', 'A_1', 'A_2', 'A_3', 'B', 'A_1_1']);
  });

  it('are the same where they have the same key', () => {
    const names = new NumberedNames((name) => name.toLowerCase());
    expect(['r', 'R', 'r', 'R_2'].map((name) => names.take(name))).toEqual(['r', 'R_1', 'r_2', 'R_2_1']);
  });

  it('are numbered without trying a number twice', () => {
    const names = new NumberedNames();
    for (let left = 200_000; left > 0; left--) names.take('A');
    expect(names.take('A')).toBe('A_200000');
  });
});
