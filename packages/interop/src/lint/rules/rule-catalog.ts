import { deviceRules } from './device-rules.ts';
import { functionPointerRules } from './function-pointer-rules.ts';
import type { LintRule } from './lint-rule.ts';
import { marshallingAndComRules } from './marshalling-and-com-rules.ts';
import { mixedModeRules } from './mixed-mode-rules.ts';
import { platformInvokeRules } from './platform-invoke-rules.ts';

/** Every rule, by ascending id. */
export const lintRules: readonly LintRule[] = [
  ...platformInvokeRules,
  ...functionPointerRules,
  ...marshallingAndComRules,
  ...mixedModeRules,
  ...deviceRules,
];

const byId: ReadonlyMap<string, LintRule> = new Map(lintRules.map((rule) => [rule.id, rule]));

export const lintRule = (id: string): LintRule | undefined => byId.get(id.toUpperCase());

/** The message for an unknown rule id. */
export const unknownRuleText = (id: string): string => `Unknown rule ${id}; the rules are ${lintRules.map((rule) => rule.id).join(' ')}`;
