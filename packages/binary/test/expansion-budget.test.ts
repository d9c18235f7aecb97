// The budget of a pass over a file: what it affords, what it says when it is spent, and that a new pass begins with all of it.
import { BadImageError, ExpansionBudget } from '@ijw/binary';
import { describe, expect, it } from 'vitest';

const place = { offset: 0x20 };

describe('a budget', () => {
  it('affords exactly its limit', () => {
    const budget = new ExpansionBudget(100, 'names');
    budget.spend(60, place);
    budget.spend(40, place);
    expect(() => budget.spend(1, place)).toThrow(BadImageError);
  });

  it('says what was read and where', () => {
    const budget = new ExpansionBudget(0, 'the names of an image');
    expect(() => budget.spend(1, { offset: 0x20, rva: 0x1020 })).toThrow(
      expect.objectContaining({ code: 'TOO_MUCH_DATA', offset: 0x20, rva: 0x1020, reading: 'the names of an image' }),
    );
  });

  it('stays spent until it is renewed', () => {
    const budget = new ExpansionBudget(10, 'names');
    expect(() => budget.spend(11, place)).toThrow();
    expect(() => budget.spend(0, place)).toThrow();
    budget.renew();
    expect(() => budget.spend(10, place)).not.toThrow();
  });

  it('for distinct data is twice the file, for shared data four times, each with room for small files', () => {
    const distinct = ExpansionBudget.ofDistinctData(1000, 'x');
    distinct.spend(2000 + 0x10000, place);
    expect(() => distinct.spend(1, place)).toThrow();
    const shared = ExpansionBudget.ofSharedData(1000, 'x');
    shared.spend(4000 + 0x400000, place);
    expect(() => shared.spend(1, place)).toThrow();
  });
});
