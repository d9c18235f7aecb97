import { BadImageError } from '@ijw/binary';
import type { RuleFinding } from './rule-finding.ts';

/** Accepted findings. */
export interface Suppression {
  /** A rule's id, or `*`. */
  readonly rule: string;
  /** The target, in which `*` stands for any characters; all targets where it is left out. */
  readonly target?: string;
  readonly reason: string;
}

/** A longer list was not written by hand. */
const MAX_SUPPRESSIONS = 10_000;
const MAX_PATTERN = 1000;

const malformed = (message: string): BadImageError =>
  new BadImageError({ code: 'BAD_SUPPRESSIONS', offset: 0, reading: 'a suppressions file', message });

/** Reads a suppressions file: a JSON array of `{rule, target?, reason}`. @throws BadImageError BAD_SUPPRESSIONS */
export function parseSuppressions(text: string): readonly Suppression[] {
  const entries = parseJson(text);
  if (!Array.isArray(entries)) throw malformed('A suppressions file is a JSON array of {rule, target, reason}');
  if (entries.length > MAX_SUPPRESSIONS) throw malformed(`There are more than ${MAX_SUPPRESSIONS} suppressions`);
  return entries.map((entry: unknown, index) => suppression(entry, index));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(`Not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function suppression(entry: unknown, index: number): Suppression {
  const { rule, target, reason } = (typeof entry === 'object' && entry !== null ? entry : {}) as Readonly<Record<string, unknown>>;
  if (typeof rule !== 'string' || !/^([A-Z]{2}\d{3}|\*)$/.test(rule))
    throw malformed(`Suppression ${index + 1} needs a "rule" such as "NI001"`);
  if (typeof reason !== 'string' || reason.trim() === '') throw malformed(`Suppression ${index + 1} needs a "reason"`);
  if (target !== undefined && (typeof target !== 'string' || target.length > MAX_PATTERN))
    throw malformed(`The "target" of suppression ${index + 1} is a pattern of at most ${MAX_PATTERN} characters`);
  return { rule, ...(target !== undefined && { target }), reason };
}

/** Whether a text fits a pattern in which `*` stands for any characters. Linear in practice: a `*` is matched by the nearest place. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let position = first.length;
  const end = text.length - last.length;
  for (const part of parts) {
    const found = text.indexOf(part, position);
    if (found < 0 || found + part.length > end) return false;
    position = found + part.length;
  }
  return true;
}

/** The suppression that covers a finding, if there is one. */
export const suppressionOf = (suppressions: readonly Suppression[], { rule, target }: RuleFinding): Suppression | undefined =>
  suppressions.find((entry) => (entry.rule === '*' || entry.rule === rule) && matchesPattern(entry.target ?? '*', target));

/** Parts what is suppressed from the rest. */
export function withoutSuppressed<F extends RuleFinding>(all: readonly F[], suppressions: readonly Suppression[]) {
  const findings: F[] = [];
  const suppressed: { readonly finding: F; readonly suppression: Suppression }[] = [];
  for (const finding of all) {
    const suppression = suppressionOf(suppressions, finding);
    if (suppression) suppressed.push({ finding, suppression });
    else findings.push(finding);
  }
  return { findings, suppressed };
}
