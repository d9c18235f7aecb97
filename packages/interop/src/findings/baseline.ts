import { BadImageError } from '@ijw/binary';
import type { RuleFinding } from './rule-finding.ts';

/** A finding without its place in the code, which changes with every build. */
export const findingKey = ({ rule, target, message }: RuleFinding): string => `${rule} ${target} ${message}`;

/** Findings that were there when the baseline was written: how often each. */
export type Baseline = ReadonlyMap<string, number>;

const malformed = (message: string): BadImageError =>
  new BadImageError({ code: 'BAD_BASELINE', offset: 0, reading: 'a baseline file', message });

export function baselineOf(findings: Iterable<RuleFinding>): Baseline {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(findingKey(finding), (counts.get(findingKey(finding)) ?? 0) + 1);
  return counts;
}

/** The text of a baseline file: JSON, a finding a line, so that changes show in a diff. */
export function formatBaseline(baseline: Baseline): string {
  const lines = [...baseline]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, count]) => `    ${JSON.stringify(key)}: ${count}`);
  return `{\n  "version": 1,\n  "findings": {\n${lines.join(',\n')}\n  }\n}\n`;
}

/** The twin of `formatBaseline`. @throws BadImageError BAD_BASELINE */
export function parseBaseline(text: string): Baseline {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw malformed(`Not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { version, findings } = (typeof document === 'object' && document !== null ? document : {}) as Readonly<Record<string, unknown>>;
  if (version !== 1 || typeof findings !== 'object' || findings === null) throw malformed('Not a baseline of version 1');
  return new Map(
    Object.entries(findings).map(([key, count]) => {
      if (typeof count !== 'number' || !Number.isSafeInteger(count)) throw malformed(`The count of "${key.slice(0, 100)}" is not a number`);
      return [key, count];
    }),
  );
}

/** The findings that the baseline does not have; of those that it has fewer times, the last ones. */
export function newFindings<F extends RuleFinding>(findings: readonly F[], baseline: Baseline): readonly F[] {
  const left = new Map(baseline);
  return findings.filter((finding) => {
    const count = left.get(findingKey(finding)) ?? 0;
    if (count === 0) return true;
    left.set(findingKey(finding), count - 1);
    return false;
  });
}
