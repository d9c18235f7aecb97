// Findings as text and SARIF, baselines, suppressions, the rule catalog.
import {
  baselineOf,
  formatBaseline,
  matchesPattern,
  newFindings,
  parseBaseline,
  parseSuppressions,
  suppressionOf,
} from '@ijw/interop/findings';
import { explanationText, findingText, type LintFinding, lintModule, lintRule, lintRules, lintSarif } from '@ijw/interop/lint';
import type { Log } from 'sarif';
import { describe, expect, it } from 'vitest';
import { code, INT, SampleModule } from './sample-module.ts';

/** Two P/Invokes; one asks for the last error that nobody kept. */
function findings(): readonly LintFinding[] {
  const module = new SampleModule();
  module.type('Program');
  const close = module.platformInvoke('Close');
  module.platformInvoke('Open');
  const ask = module.external('System.Runtime.InteropServices.Marshal', 'GetLastWin32Error', [], INT);
  module.method('Use', { code: code().emit('call', close).emit('call', ask).emit('pop').emit('ret') });
  return lintModule(module.build()).findings;
}

describe('findings', () => {
  it('say where they are, with the IL offset', () => {
    expect(findings().map(findingText)).toContain(
      'warning NI008: Program::Use (0x06000003), IL_0005: GetLastWin32Error is called after Program::Close, which is declared without SetLastError',
    );
  });

  it('are in the order of rules and places, and can be chosen by rule and by level', () => {
    const module = new SampleModule();
    module.type('Program');
    for (const name of ['B', 'A']) module.platformInvoke(name, { flags: 0x2016 });
    const assembly = module.build();
    const found = lintModule(assembly).findings.map(({ rule, target }) => `${rule} ${target}`);
    expect(found).toEqual(['NI001', 'NI005', 'NI019'].flatMap((rule) => [`${rule} Program::B`, `${rule} Program::A`]));
    expect(new Set(lintModule(assembly, { rules: ['ni005'] }).findings.map(({ rule }) => rule))).toEqual(new Set(['NI005']));
    expect(new Set(lintModule(assembly, { minimumLevel: 'warning' }).findings.map(({ rule }) => rule))).toEqual(new Set(['NI001']));
    expect(() => lintModule(assembly, { rules: ['NI999'] })).toThrow('Unknown rule NI999');
  });
});

describe('SARIF', () => {
  it('is a log of version 2.1.0 with every rule and every finding', () => {
    const [first, ...rest] = findings();
    const suppression = { rule: 'NI005', target: '*', reason: 'known' };
    const log: Log = lintSarif([{ file: 'C:\\a b\\c#.dll', findings: rest, suppressed: [{ finding: first!, suppression }] }], '1.2.3');
    const [run] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(run!.tool.driver.rules!.map(({ id }) => id)).toEqual(lintRules.map(({ id }) => id));
    expect(run!.results).toHaveLength(rest.length + 1);
    for (const { ruleId, ruleIndex, level, message, locations } of run!.results!) {
      expect(run!.tool.driver.rules![ruleIndex!]!.id).toBe(ruleId);
      expect(['error', 'warning', 'note']).toContain(level);
      expect(message.text).toBeTruthy();
      expect(locations![0]!.physicalLocation!.artifactLocation!.uri).toBe('C:/a%20b/c%23.dll');
    }
    expect(run!.results!.filter(({ suppressions }) => suppressions).map(({ suppressions }) => suppressions)).toEqual([
      [{ kind: 'external', justification: 'known' }],
    ]);
    const [located] = run!.results!.filter(({ ruleId }) => ruleId === 'NI008');
    expect(located!.locations![0]).toMatchObject({
      logicalLocations: [{ fullyQualifiedName: 'Program::Use', kind: 'function' }],
      properties: { token: '0x06000003', ilOffset: 5 },
    });
  });
});

describe('suppressions', () => {
  it('cover a rule by a pattern of targets', () => {
    const entries = parseSuppressions('[{"rule":"NI005","target":"*::Close","reason":"found in System32"}]');
    const covered = findings().filter((finding) => suppressionOf(entries, finding));
    expect(covered.map(({ rule, target }) => [rule, target])).toEqual([['NI005', 'Program::Close']]);
  });

  it.each([
    ['{', 'Not JSON'],
    ['{}', 'JSON array'],
    ['[{"rule":"X","reason":"y"}]', 'needs a "rule"'],
    ['[null]', 'needs a "rule"'],
    ['[{"rule":"NI001","reason":" "}]', 'needs a "reason"'],
    ['[{"rule":"NI001","reason":"y","target":7}]', 'pattern'],
  ])('say what is wrong with %s', (text, message) => {
    expect(() => parseSuppressions(text)).toThrow(message);
  });

  it.each([
    ['a*c', 'abc', true],
    ['a*c', 'abcd', false],
    ['*b*', 'abc', true],
    ['a*a', 'a', false],
    ['*', '', true],
    ['a*b*c', 'axxbyyc', true],
    ['(a', '(a', true],
  ])('match %s against %s', (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it('match a hostile pattern in no time', () => {
    expect(matchesPattern(`${'*a'.repeat(400)}b`, 'a'.repeat(100_000))).toBe(false);
  });
});

describe('baselines', () => {
  it('leave only what is new, and come back from their text', () => {
    const all = findings();
    const known = baselineOf(all.slice(1));
    expect(parseBaseline(formatBaseline(known))).toEqual(known);
    expect(newFindings(all, known)).toEqual([all[0]]);
    expect(newFindings(all, baselineOf(all))).toEqual([]);
    expect(newFindings([...all, ...all], baselineOf(all))).toHaveLength(all.length);
  });

  it('are refused when they are something else', () => {
    for (const text of ['', '[]', '{"version":2}', '{"version":1,"findings":{"a":"b"}}']) expect(() => parseBaseline(text)).toThrow();
  });
});

describe('rules', () => {
  it('have ids, words and links of their own', () => {
    expect(new Set(lintRules.map(({ id }) => id)).size).toBe(lintRules.length);
    expect(lintRules.map(({ id }) => id)).toEqual(lintRules.map(({ id }) => id).sort());
    for (const rule of lintRules) {
      expect(rule.id).toMatch(/^NI\d{3}$/);
      expect(new URL(rule.link).protocol).toBe('https:');
      for (const text of [rule.title, rule.message, rule.help]) expect(text).toMatch(/^\S.*\S$/);
    }
  });

  it('explain themselves', () => {
    const text = explanationText(lintRule('ni041')!);
    expect(text).toContain('NI041  Exception may reach native code');
    expect(text).toContain('https://');
    expect(lintRule('NI000')).toBeUndefined();
  });
});
