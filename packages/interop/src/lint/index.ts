export type { LintFinding } from './context/lint-finding.ts';
export type { LintOptions, MissingLibrary, NativeExports } from './context/lint-options.ts';
export { type LintReport, lintModule } from './lint-module.ts';
export { lintSarif } from './output/lint-sarif.ts';
export { explanationText, findingText, placeText } from './output/lint-text.ts';
export { type LintDocument, type LintedFile, lintDocument, lintFile } from './output/linted-file.ts';
export type { LintLevel, LintNeed, LintRule } from './rules/lint-rule.ts';
export { lintRule, lintRules, unknownRuleText } from './rules/rule-catalog.ts';
