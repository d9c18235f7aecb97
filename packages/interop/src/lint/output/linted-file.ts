import type { Assembly } from '@ijw/assembly';
import type { Diagnostic } from '@ijw/binary';
import type { FileFindings } from '../../findings/sarif.ts';
import { type Suppression, withoutSuppressed } from '../../findings/suppressions.ts';
import type { LintFinding } from '../context/lint-finding.ts';
import type { LintOptions } from '../context/lint-options.ts';
import { lintModule } from '../lint-module.ts';

/** The findings of one file. */
export interface LintedFile extends FileFindings<LintFinding> {
  readonly suppressed: readonly { readonly finding: LintFinding; readonly suppression: Suppression }[];
  /** Findings that were not kept because there were too many. */
  readonly dropped: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Runs the rules over a file and parts what is suppressed from the rest. Throws as `lintModule` does, and `UnsupportedError` where the file has no image, or no
 * metadata.
 */
export function lintFile(file: string, assembly: Assembly, options: LintOptions, suppressions: readonly Suppression[]): LintedFile {
  assembly.requireImage();
  assembly.requireMetadata('there is nothing to lint');
  const report = lintModule(assembly, options);
  const { findings, suppressed } = withoutSuppressed(report.findings, suppressions);
  return { file, findings, suppressed, dropped: report.dropped, diagnostics: [...assembly.diagnostics.entries, ...report.diagnostics] };
}

/** The JSON of `ijw lint` for a file; a suppressed finding has the reason. */
export interface LintDocument {
  readonly file: string;
  readonly findings: readonly LintFinding[];
  readonly suppressed: readonly (LintFinding & { readonly reason: string })[];
  readonly dropped?: number;
  readonly diagnostics: readonly Diagnostic[];
}

export const lintDocument = ({ file, findings, suppressed, dropped, diagnostics }: LintedFile): LintDocument => ({
  file,
  findings,
  suppressed: suppressed.map(({ finding, suppression }) => ({ ...finding, reason: suppression.reason })),
  ...(dropped > 0 && { dropped }),
  diagnostics,
});
