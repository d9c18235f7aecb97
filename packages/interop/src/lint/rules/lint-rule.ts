import type { DocumentedRule, FindingLevel } from '../../findings/rule-finding.ts';

export type LintLevel = FindingLevel;

/** The input of a rule: the tables alone, method bodies, or native bytes (of the image, of a library that it calls). */
export type LintNeed = 'metadata' | 'il' | 'native';

/** One rule as data. What it looks for is in `checks/`, by its id. */
export interface LintRule extends DocumentedRule {
  readonly needs: LintNeed;
  /** The message of a finding; `{name}` is replaced by a value. */
  readonly message: string;
}
