import { hex, hexDigits } from '@ijw/binary';
import type { LintFinding } from '../context/lint-finding.ts';
import type { LintRule } from '../rules/lint-rule.ts';

/** Where a finding is: `Ns.Type::Method (0x06000001), IL_001a`. */
export function placeText({ target, token, ilOffset, rva }: LintFinding): string {
  const il = ilOffset === undefined ? '' : `, IL_${hexDigits(ilOffset, 4)}`;
  const address = rva === undefined || ilOffset !== undefined ? '' : `, RVA ${hex(rva)}`;
  return `${target}${token === undefined ? '' : ` (${hex(token, 8)})`}${il}${address}`;
}

/** One finding on one line. */
export const findingText = (finding: LintFinding): string => `${finding.level} ${finding.rule}: ${placeText(finding)}: ${finding.message}`;

const needs: Readonly<Record<LintRule['needs'], string>> = {
  metadata: 'metadata alone',
  il: 'method bodies',
  native: 'native bytes, of the image or of a library',
};

/** A rule in words, for `--explain`. */
export const explanationText = (rule: LintRule): string =>
  [
    `${rule.id}  ${rule.title}`,
    '',
    `Level:   ${rule.level}`,
    `Looks at ${needs[rule.needs]}`,
    `Says:    ${rule.message}`,
    '',
    rule.help,
    '',
    rule.link,
    '',
  ].join('\n');
