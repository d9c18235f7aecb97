// Static Analysis Results Interchange Format 2.1.0, OASIS Standard.

import type { DocumentedRule, FindingLevel, RuleFinding } from './rule-finding.ts';
import type { Suppression } from './suppressions.ts';

/** The findings of one file. */
export interface FileFindings<F extends RuleFinding = RuleFinding> {
  /** As a URI reference: forward slashes. */
  readonly file: string;
  readonly findings: readonly F[];
  /** Findings that are suppressed, and by what. */
  readonly suppressed?: readonly { readonly finding: F; readonly suppression: Suppression }[];
}

/** What a rule's kind of finding adds to the log. */
export interface SarifInput<F extends RuleFinding> {
  /** In the order of their descriptors. */
  readonly rules: readonly DocumentedRule[];
  readonly files: readonly FileFindings<F>[];
  /** Of the tool. */
  readonly version: string;
  /** What `target` is (3.33.7), and where in the file the finding is. */
  readonly location: (finding: F) => { readonly kind: string; readonly properties: Readonly<Record<string, string | number>> };
  /** Properties of a rule. */
  readonly ruleProperties?: (rule: DocumentedRule) => object;
}

/** 3.58.6: the words of SARIF. */
const levels: Readonly<Record<FindingLevel, 'error' | 'warning' | 'note'>> = { error: 'error', warning: 'warning', info: 'note' };

/** A path as a URI reference (3.4.3): other characters than those a URI may have are escaped. */
const uriOf = (path: string): string => encodeURI(path.replaceAll('\\', '/')).replaceAll('#', '%23').replaceAll('?', '%3F');

function locationOf<F extends RuleFinding>(input: SarifInput<F>, file: string, finding: F) {
  const { kind, properties } = input.location(finding);
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(file) } },
    ...(finding.target !== '' && { logicalLocations: [{ fullyQualifiedName: finding.target, kind }] }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}

function resultOf<F extends RuleFinding>(input: SarifInput<F>, file: string, finding: F, suppression?: Suppression) {
  return {
    ruleId: finding.rule,
    ruleIndex: input.rules.findIndex(({ id }) => id === finding.rule),
    level: levels[finding.level],
    message: { text: finding.message },
    locations: [locationOf(input, file, finding)],
    ...(suppression !== undefined && { suppressions: [{ kind: 'external' as const, justification: suppression.reason }] }),
  };
}

function descriptorOf<F extends RuleFinding>({ ruleProperties }: SarifInput<F>, rule: DocumentedRule) {
  return {
    id: rule.id,
    name: rule.title.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase()),
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.help },
    help: { text: rule.help },
    helpUri: rule.link,
    defaultConfiguration: { level: levels[rule.level] },
    ...(ruleProperties && { properties: ruleProperties(rule) }),
  };
}

/** A SARIF log with one run over all files. */
export function sarifLog<F extends RuleFinding>(input: SarifInput<F>) {
  const { rules, files, version } = input;
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0' as const,
    runs: [
      {
        tool: { driver: { name: 'ijw', semanticVersion: version, rules: rules.map((rule) => descriptorOf(input, rule)) } },
        artifacts: files.map(({ file }) => ({ location: { uri: uriOf(file) } })),
        results: files.flatMap(({ file, findings, suppressed = [] }) => [
          ...findings.map((finding) => resultOf(input, file, finding)),
          ...suppressed.map(({ finding, suppression }) => resultOf(input, file, finding, suppression)),
        ]),
        columnKind: 'utf16CodeUnits' as const,
      },
    ],
  };
}
