// Each lint rule on an assembly that breaks it and one that does not.
import { type LintFinding, lintModule, lintRules } from '@ijw/interop/lint';
import { describe, expect, it } from 'vitest';
import { comAndDeviceCases } from './com-and-device-cases.ts';
import { functionPointerCases } from './function-pointer-cases.ts';
import { MIXED_MODE_RULES } from './mixed-mode-rules.ts';
import { platformInvokeCases } from './platform-invoke-cases.ts';
import type { SampleCase } from './sample-case.ts';
import { SampleModule } from './sample-module.ts';

const cases = [...platformInvokeCases, ...functionPointerCases, ...comAndDeviceCases];

function lint(make: (module: SampleModule) => void, { options, corFlags, rule }: SampleCase): readonly LintFinding[] {
  const module = new SampleModule();
  make(module);
  const report = lintModule(module.build(corFlags), options);
  expect(report.diagnostics).toEqual([]);
  return report.findings.filter((finding) => finding.rule === rule);
}

describe('lint rules on assemblies made for them', () => {
  it.each(cases)('$rule speaks of one and not of the other', (sample) => {
    const found = lint(sample.finds, sample);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]!.target).not.toBe('');
    expect(found[0]!.message).not.toMatch(/[{}]/);
    expect(lint(sample.passes, { ...sample, options: sample.passOptions ?? sample.options ?? {} })).toEqual([]);
  });

  it('leave no rule without a pair', () => {
    const tested = new Set([...cases.map(({ rule }) => rule), ...MIXED_MODE_RULES]);
    expect(lintRules.map(({ id }) => id).filter((id) => !tested.has(id))).toEqual([]);
  });
});
