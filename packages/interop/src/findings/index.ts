export { type Baseline, baselineOf, findingKey, formatBaseline, newFindings, parseBaseline } from './baseline.ts';
export { type DocumentedRule, type FindingLevel, isAtLeast, type RuleFinding } from './rule-finding.ts';
export { type FileFindings, type SarifInput, sarifLog } from './sarif.ts';
export { matchesPattern, parseSuppressions, type Suppression, suppressionOf, withoutSuppressed } from './suppressions.ts';
