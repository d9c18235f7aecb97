import type { DocumentedRule, FindingLevel } from '@ijw/interop/findings';
import type { DeployedFile } from '../files/deployed-file.ts';

/** When it strikes: while the file is loaded, when its program starts, when code that needs it runs. */
export type FindingMoment = 'load' | 'start' | 'use';

/** One thing that a check can find, as data. `DR301` is of check 3. */
export interface FindingRule extends DocumentedRule {
  /** What is said of a finding; `{name}` stands for a value of it. */
  readonly message: string;
  /** What to do; `{name}` as in the message. */
  readonly fix: string;
}

/** What the process sees of it. What is left out is not known. */
export interface Consequence {
  /** Unsigned. */
  readonly hresult?: number;
  /** `System.IO.FileNotFoundException`. */
  readonly exception?: string;
  /** The text of the exception, or of the error. */
  readonly text?: string;
}

/** What a check says of something; the rule gives level and wording. */
export interface FindingInput {
  readonly rule: FindingRule;
  /** From the root to what is at fault. */
  readonly chain: readonly string[];
  /** The file at fault: its name where it is missing. */
  readonly file: DeployedFile | string;
  readonly when: FindingMoment;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly consequence?: Consequence;
  /** In place of the rule's. */
  readonly level?: FindingLevel;
}

/** One finding, as JSON has it. */
export interface Finding {
  readonly id: string;
  readonly level: FindingLevel;
  readonly chain: readonly string[];
  readonly file: string;
  readonly hresult?: number;
  readonly exception?: string;
  readonly message: string;
  readonly fix: string;
  readonly when: FindingMoment;
  readonly text?: string;
  /** How many other files have the same need. */
  readonly others?: number;
}

const filled = (template: string, values: FindingInput['values'] = {}): string =>
  template.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));

/** A finding with its words. */
export function findingOf({ rule, chain, file, when, values, consequence = {}, level = rule.level }: FindingInput): Finding {
  const name = typeof file === 'string' ? file : file.path;
  const all = { file: name.slice(name.lastIndexOf('/') + 1), ...values };
  return { id: rule.id, level, chain, file: name, ...consequence, message: filled(rule.message, all), fix: filled(rule.fix, all), when };
}

const LEVELS: readonly FindingLevel[] = ['error', 'warning', 'info'];
const MOMENTS: readonly FindingMoment[] = ['load', 'start', 'use'];

/** Worst first: by level, by how early it strikes, by the order of the checks, by the length of the chain. */
export const byGravity = (one: Finding, other: Finding): number =>
  LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level) ||
  MOMENTS.indexOf(one.when) - MOMENTS.indexOf(other.when) ||
  one.chain.length - other.chain.length ||
  (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
