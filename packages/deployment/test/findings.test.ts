// Covers the findings as data: ids, words, the page of each, the tables of codes and of systems.
import {
  CHECKS,
  codeDocuments,
  codeText,
  FINDING_RULES,
  findingExplanation,
  findingPage,
  findingRule,
  findingsPage,
} from '@ijw/deployment';
import { describe, expect, it } from 'vitest';

describe('the findings', () => {
  it('have ids of their check, each once', () => {
    for (const { number, rules } of CHECKS) for (const { id } of rules) expect(id).toMatch(new RegExp(`^DR${number % 10}\\d\\d$`));
    expect(new Set(FINDING_RULES.map(({ id }) => id)).size).toBe(FINDING_RULES.length);
    expect(CHECKS.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.each(FINDING_RULES)('$id is found by its id, and explained', (rule) => {
    expect(findingRule(rule.id.toLowerCase())).toBe(rule);
    expect(findingExplanation(rule)).toContain(findingPage(rule));
    expect(rule.link).toMatch(/^https:/);
    for (const text of [rule.title, rule.help, rule.fix]) expect(text.length).toBeGreaterThan(10);
  });

  it('are all on the page', async () => {
    await expect(findingsPage()).toMatchFileSnapshot('../../../docs/findings.md');
  });
});

describe('codes', () => {
  it.each([
    ['0x8007007E', 0x8007007e],
    ['-2147024770', 0x8007007e],
    ['126', 0x8007007e],
    ['0x7e', 0x8007007e],
    ['ERROR_MOD_NOT_FOUND', 0x8007007e],
    ['193', 0x800700c1],
    ['DllNotFoundException', 0x80131524],
    ['System.DllNotFoundException', 0x80131524],
    ['0xc000007b', 0xc000007b],
    ['0x800080a3', 0x800080a3],
  ])('%s', (text, code) => {
    expect(codeDocuments(text, undefined)[0]?.code).toBe(code);
  });

  it('says what differs by the runtime', () => {
    const [framework, five] = [codeDocuments('0x8007000b', 'net40')[0], codeDocuments('0x8007000b', 'net5.0')[0]];
    expect(framework && codeText(framework)).toContain('0x80131018');
    expect(five && codeText(five)).toContain('dotnet/runtime#45611');
    expect(five && codeText(five)).not.toContain('0x80131018');
  });

  it('leads to findings that exist', () => {
    for (const text of [
      '0x8007007e',
      '0x8007007f',
      '0x800700c1',
      '0x8007000b',
      '0x80070002',
      '0x80131524',
      '0x80008093',
      '0x8000808c',
      '0xe06d7363',
    ])
      expect(codeDocuments(text, undefined)[0]?.causes.length, text).toBeGreaterThan(0);
  });

  it('does not know other codes', () => {
    expect(codeDocuments('0x12345678', undefined)).toEqual([]);
    expect(codeDocuments('nonsense', undefined)).toEqual([]);
  });

  it('has no text with an empty place for a name', () => {
    for (const { text } of codeDocuments('193', undefined)) expect(text).toBe(' is not a valid Win32 application.');
  });
});
