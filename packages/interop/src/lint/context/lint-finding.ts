import type { Token } from '@ijw/metadata';
import type { RuleFinding } from '../../findings/rule-finding.ts';

/** One finding of one rule. */
export interface LintFinding extends RuleFinding {
  readonly token?: Token;
  /** Offset of the instruction in the method's code. */
  readonly ilOffset?: number;
  readonly rva?: number;
}

/** A finding of a check; the rule gives level and wording. */
export interface FindingInput {
  readonly token?: Token;
  /** Said in place of the token's name. */
  readonly target?: string;
  readonly ilOffset?: number;
  readonly rva?: number;
  /** The values of the names in the rule's message. */
  readonly values?: Readonly<Record<string, string | number>>;
}
