// Static Analysis Results Interchange Format 2.1.0, OASIS Standard.

import { hex } from '@ijw/binary';
import type { LintFinding } from '../context/lint-finding.ts';
import type { LintLevel } from '../rules/lint-rule.ts';
import { lintRules } from '../rules/rule-catalog.ts';
import type { Suppression } from '../suppressions.ts';

/** The findings of one file. */
export interface FileFindings {
  /** As a URI reference: forward slashes. */
  readonly file: string;
  readonly findings: readonly LintFinding[];
  /** Findings that are suppressed, and by what. */
  readonly suppressed?: readonly { readonly finding: LintFinding; readonly suppression: Suppression }[];
}

/** 3.58.6: the words of SARIF. */
const levels: Readonly<Record<LintLevel, 'error' | 'warning' | 'note'>> = { error: 'error', warning: 'warning', info: 'note' };

const ruleIndex: ReadonlyMap<string, number> = new Map(lintRules.map(({ id }, index) => [id, index]));

/** A path as a URI reference (3.4.3): other characters than those a URI may have are escaped. */
const uriOf = (path: string): string => encodeURI(path.replaceAll('\\', '/')).replaceAll('#', '%23').replaceAll('?', '%3F');

function locationOf(file: string, { target, token, ilOffset, rva }: LintFinding) {
  const properties = {
    ...(token !== undefined && { token: hex(token, 8) }),
    ...(ilOffset !== undefined && { ilOffset }),
    ...(rva !== undefined && { rva }),
  };
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(file) } },
    ...(target !== '' && { logicalLocations: [{ fullyQualifiedName: target, kind: target.includes('::') ? 'function' : 'type' }] }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}

const resultOf = (file: string, finding: LintFinding, suppression?: Suppression) => ({
  ruleId: finding.rule,
  ruleIndex: ruleIndex.get(finding.rule) ?? -1,
  level: levels[finding.level],
  message: { text: finding.message },
  locations: [locationOf(file, finding)],
  ...(suppression !== undefined && { suppressions: [{ kind: 'external' as const, justification: suppression.reason }] }),
});

const ruleDescriptors = lintRules.map((rule) => ({
  id: rule.id,
  name: rule.title.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase()),
  shortDescription: { text: rule.title },
  fullDescription: { text: rule.help },
  help: { text: rule.help },
  helpUri: rule.link,
  defaultConfiguration: { level: levels[rule.level] },
  properties: { needs: rule.needs },
}));

/** A SARIF log with one run over all files. */
export function sarifLog(files: readonly FileFindings[], version: string) {
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0' as const,
    runs: [
      {
        tool: { driver: { name: 'ijw', semanticVersion: version, rules: ruleDescriptors } },
        artifacts: files.map(({ file }) => ({ location: { uri: uriOf(file) } })),
        results: files.flatMap(({ file, findings, suppressed = [] }) => [
          ...findings.map((finding) => resultOf(file, finding)),
          ...suppressed.map(({ finding, suppression }) => resultOf(file, finding, suppression)),
        ]),
        columnKind: 'utf16CodeUnits' as const,
      },
    ],
  };
}
