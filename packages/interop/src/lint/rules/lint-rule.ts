export type LintLevel = 'error' | 'warning' | 'info';

/** What a rule has to look at: the tables alone, method bodies, or native bytes (of the image, of a library that it calls). */
export type LintNeed = 'metadata' | 'il' | 'native';

/** One rule as data. What it looks for is in `checks/`, by its id. */
export interface LintRule {
  /** `NI001`; never given to another rule. */
  readonly id: string;
  readonly level: LintLevel;
  readonly needs: LintNeed;
  readonly title: string;
  /** What is said of a finding; `{name}` stands for a value of it. */
  readonly message: string;
  /** Why it matters, and what to do. */
  readonly help: string;
  /** Documentation of the rule, or of what it follows from. */
  readonly link: string;
}
