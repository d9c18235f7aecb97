/** From the worst to the least. */
export type FindingLevel = 'error' | 'warning' | 'info';

const order: Readonly<Record<FindingLevel, number>> = { info: 0, warning: 1, error: 2 };

/** Whether a level is at least as bad as another. */
export const isAtLeast = (level: FindingLevel, minimum: FindingLevel): boolean => order[level] >= order[minimum];

/** What every finding of a rule has, whatever the rule looks at. */
export interface RuleFinding {
  /** `NI001`. */
  readonly rule: string;
  readonly level: FindingLevel;
  readonly message: string;
  /** What it is about: a member, a type, a file. */
  readonly target: string;
}

/** What every rule has. */
export interface DocumentedRule {
  /** Two letters, three digits; never given to another rule. */
  readonly id: string;
  readonly level: FindingLevel;
  readonly title: string;
  /** Why it matters, and what to do. */
  readonly help: string;
  /** Documentation of the rule, or of what it follows from. */
  readonly link: string;
}
