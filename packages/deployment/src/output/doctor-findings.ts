import { type FileFindings, type RuleFinding, sarifLog } from '@ijw/interop/findings';
import { CHECKS, FINDING_RULES } from '../checks/checks.ts';
import type { Finding, FindingRule } from '../findings/finding.ts';

/** A finding as baselines, suppressions and SARIF know it: about a file, by the rule's id. */
export interface DoctorFinding extends RuleFinding {
  readonly finding: Finding;
}

export const doctorFinding = (finding: Finding): DoctorFinding => ({
  rule: finding.id,
  level: finding.level,
  message: finding.message,
  target: finding.chain.join(' → '),
  finding,
});

/** Where the page of a finding is in the documentation: `docs/findings.md#dr301`. */
export const findingPage = ({ id }: Pick<FindingRule, 'id'>): string => `docs/findings.md#${id.toLowerCase()}`;

/** The SARIF log of the doctor. */
export const doctorSarif = (files: readonly FileFindings<DoctorFinding>[], version: string) =>
  sarifLog({
    rules: FINDING_RULES.map((rule) => ({ ...rule, help: `${rule.help} ${rule.fix} (${findingPage(rule)})` })),
    files,
    version,
    location: ({ finding: { file, hresult, exception } }) => ({
      kind: 'module',
      properties: { file, ...(hresult !== undefined && { hresult }), ...(exception !== undefined && { exception }) },
    }),
    ruleProperties: (rule) => ({ documentation: findingPage(rule) }),
  });

/** A finding in words, for `--explain` and its page. */
export const findingExplanation = (rule: FindingRule): string =>
  [
    `${rule.id}  ${rule.title}`,
    '',
    `Level:   ${rule.level}`,
    `Says:    ${rule.message}`,
    `Do:      ${rule.fix}`,
    '',
    rule.help,
    '',
    rule.link,
    findingPage(rule),
    '',
  ].join('\n');

const inWords = (template: string): string => template.replaceAll(/\{(\w+)\}/g, '*$1*');

/** The page of all findings, an anchor each: `docs/findings.md`. */
export function findingsPage(): string {
  const sections = CHECKS.flatMap(({ number, title, rules }) => [
    `## ${number}. ${title}`,
    '',
    ...rules.flatMap((rule) => [
      `### ${rule.id}`,
      '',
      `**${rule.title}** (${rule.level})`,
      '',
      `> ${inWords(rule.message)}`,
      '',
      rule.help,
      '',
      `**What to do:** ${inWords(rule.fix)}`,
      '',
      `See <${rule.link}>.`,
      '',
    ]),
  ]);
  return [...PAGE_HEAD, ...sections].join('\n');
}

const PAGE_HEAD = [
  '# Findings of `ijw doctor`',
  '',
  'Each finding has an id, which never changes. An *error* stops the load, the start or a call; a *warning* is what only the target machine knows; an *info* may be as it should be.',
  '`ijw doctor --explain ID` prints the same. The page is written from the rules in `packages/deployment/src/checks`.',
  '',
];
