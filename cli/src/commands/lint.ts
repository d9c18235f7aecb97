import type { RuntimeId } from '@ijw/assembly';
import { printable, UsageError } from '@ijw/binary';
import {
  type Baseline,
  baselineOf,
  formatBaseline,
  isAtLeast,
  newFindings,
  parseBaseline,
  parseSuppressions,
  type Suppression,
} from '@ijw/interop/findings';
import { readRegistrations } from '@ijw/interop/leanclr';
import {
  explanationText,
  type LintedFile,
  type LintLevel,
  type LintOptions,
  lintDocument,
  lintFile,
  lintRule,
  lintSarif,
  placeText,
  unknownRuleText,
} from '@ijw/interop/lint';
import { readInteropSource } from '@ijw/interop/tinyclr';
import { type CheckedFiles, readCheckedFiles } from '../checked-files.ts';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
import { nativeLibraries } from '../native-libraries.ts';
import { textOption } from '../options.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { errorLine } from '../output/error-line.ts';
import { writeJsonLine } from '../output/json.ts';
import { searchOption } from '../search-path.ts';
import { VERSION } from '../version.ts';

/** What was found in one file, or that it could not be read. */
type FileResult = LintedFile & { readonly failed?: boolean };

export async function run(context: CommandContext): Promise<number> {
  const { options, operands } = context;
  if (typeof options.explain === 'string' && operands.length > 0) throw new UsageError('--explain takes a rule and no file');
  if (typeof options.explain === 'string') return explain(context, options.explain);
  if (operands.length === 0) throw new UsageError('lint needs a file, or --explain with a rule');
  const suppressions = textOption(context, 'suppressions', parseSuppressions) ?? [];
  const baseline = textOption(context, 'baseline', parseBaseline);
  const lintOptions = await readOptions(context);
  const results = await Promise.all(operands.map((file) => lintOne(context, file, lintOptions, suppressions)));
  if (typeof options.writeBaseline === 'string') return writeBaseline(context, options.writeBaseline, results);
  const shown = baseline ? withoutKnown(results, baseline) : results;
  write(context, shown);
  return shown.some(({ findings, failed }) => failed || findings.some(({ level }) => isAtLeast(level, options.failOn as LintLevel)))
    ? 1
    : 0;
}

function explain(context: CommandContext, id: string): number {
  const rule = lintRule(id);
  if (rule === undefined) throw new UsageError(unknownRuleText(id));
  if (context.options.json || context.options.format === 'json') context.document(rule);
  else context.write(explanationText(rule));
  return 0;
}

async function lintOne(
  context: CommandContext,
  file: string,
  lintOptions: LintOptions,
  suppressions: readonly Suppression[],
): Promise<FileResult> {
  try {
    return lintFile(file, await openAssembly(context, file), lintOptions, suppressions);
  } catch (error) {
    const line = error instanceof UsageError ? undefined : errorLine(file, error);
    if (line === undefined) throw error;
    context.io.writeError(line);
    return { file, findings: [], suppressed: [], dropped: 0, diagnostics: [], failed: true };
  }
}

/** Of all files of the run: what options name is opened once. */
async function readOptions(context: CommandContext): Promise<LintOptions> {
  const { rule, severity, runtime } = context.options;
  const rules = Array.isArray(rule) ? (rule as readonly string[]).flatMap((ids) => ids.split(',')) : undefined;
  const { sources, firmware } = checkedFiles(context);
  const signatures = textOption(context, 'signatures', readRegistrations);
  const searched = searchOption(context.options);
  const nativeLibrary = searched.length > 0 ? await nativeLibraries(context.io, searched) : undefined;
  return {
    ...(rules !== undefined && { rules }),
    ...(typeof runtime === 'string' && { runtime: runtime as RuntimeId }),
    ...(typeof severity === 'string' && { minimumLevel: severity as LintLevel }),
    ...(sources[0] !== undefined && { interopTable: readInteropSource(sources[0].text, sources[0].path) }),
    ...(firmware !== undefined && { firmware }),
    ...(signatures !== undefined && { registrations: signatures }),
    ...(nativeLibrary !== undefined && { nativeLibrary }),
  };
}

/** lint accepts only files of TinyCLR. */
function checkedFiles({ io, options }: CommandContext): CheckedFiles {
  const paths = Array.isArray(options.check) ? (options.check as readonly string[]) : [];
  const files = readCheckedFiles(io, paths, typeof options.base === 'string' ? options.base : undefined);
  const [folder] = files.folders;
  if (folder !== undefined && io.isFile(folder)) throw new UsageError(`--check ${folder}: lint takes files, not folders`);
  if (folder !== undefined) io.readFile(folder);
  if (files.sources.length > 1) throw new UsageError('--check: a methods table in C++ can be given once');
  if (files.vendor !== undefined) throw new UsageError('--check: stubs --for nanoframework compares a .pe file');
  return files;
}

function writeBaseline(context: CommandContext, path: string, results: readonly FileResult[]): number {
  const output = context.io.createFile(path);
  try {
    output.write(formatBaseline(baselineOf(results.flatMap(({ findings }) => findings))));
    output.commit();
  } catch (error) {
    output.discard();
    throw error;
  }
  return results.some(({ failed }) => failed) ? 1 : 0;
}

function withoutKnown(results: readonly FileResult[], baseline: Baseline): readonly FileResult[] {
  const left = new Set(
    newFindings(
      results.flatMap(({ findings }) => findings),
      baseline,
    ),
  );
  return results.map((result) => ({ ...result, findings: result.findings.filter((finding) => left.has(finding)) }));
}

function write(context: CommandContext, results: readonly FileResult[]): void {
  const format = context.options.json ? 'json' : context.options.format;
  if (format === 'sarif') context.document(lintSarif(results, VERSION));
  else if (format === 'json') writeDocuments(context, results);
  else for (const result of results) writeText(context, result);
}

/** One document for one file, a line a file for several. */
function writeDocuments(context: CommandContext, results: readonly FileResult[]): void {
  const write = results.length === 1 ? context.document : (value: object) => writeJsonLine(context.write, value);
  for (const result of results) if (!result.failed) write(lintDocument(result));
}

function writeText(context: CommandContext, { file, findings, suppressed, dropped, diagnostics, failed }: FileResult): void {
  const { style } = context;
  if (failed) return;
  const shown = printable(file);
  const paint = { error: style.red, warning: style.yellow, info: style.cyan };
  for (const finding of findings) {
    const head = `${paint[finding.level](finding.level)} ${style.bold(finding.rule)}`;
    context.write(`${shown}: ${head}: ${printable(`${placeText(finding)}: ${finding.message}`)}\n`);
  }
  const beyond = dropped > 0 ? `, ${dropped} more not shown` : '';
  const hidden = suppressed.length > 0 ? `, ${suppressed.length} suppressed` : '';
  context.write(style.dim(`${shown}: ${findings.length === 0 ? 'no' : findings.length} findings${beyond}${hidden}\n`));
  context.write(diagnosticLines(diagnostics, style));
}
