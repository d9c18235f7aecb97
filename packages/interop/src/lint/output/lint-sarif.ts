import { hex } from '@ijw/binary';
import { type FileFindings, sarifLog } from '../../findings/sarif.ts';
import type { LintFinding } from '../context/lint-finding.ts';
import { lintRule, lintRules } from '../rules/rule-catalog.ts';

/** The SARIF log of lint: members as logical locations, tokens and offsets as properties. */
export const lintSarif = (files: readonly FileFindings<LintFinding>[], version: string) =>
  sarifLog({
    rules: lintRules,
    files,
    version,
    location: ({ target, token, ilOffset, rva }) => ({
      kind: target.includes('::') ? 'function' : 'type',
      properties: {
        ...(token !== undefined && { token: hex(token, 8) }),
        ...(ilOffset !== undefined && { ilOffset }),
        ...(rva !== undefined && { rva }),
      },
    }),
    ruleProperties: ({ id }) => ({ needs: lintRule(id)?.needs }),
  });
