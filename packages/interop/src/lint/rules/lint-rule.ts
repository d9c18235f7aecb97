import type { DocumentedRule, FindingLevel } from '../../findings/rule-finding.ts';

export type LintLevel = FindingLevel;

/** What a rule has to look at: the tables alone, method bodies, or native bytes (of the image, of a library that it calls). */
export type LintNeed = 'metadata' | 'il' | 'native';

/** One rule as data. What it looks for is in `checks/`, by its id. */
export interface LintRule extends DocumentedRule {
  readonly needs: LintNeed;
  /** What is said of a finding; `{name}` stands for a value of it. */
  readonly message: string;
}
