import { isRuntimeId } from '@ijw/assembly/runtime-profiles';
import { hex, printable, UsageError } from '@ijw/binary';
import {
  codeDocuments,
  codeText,
  Deployment,
  type DeploymentReport,
  type Diagnosis,
  type DoctorFinding,
  dependencyDot,
  dependencyTree,
  diagnose,
  doctorDocument,
  doctorFinding,
  doctorSarif,
  FINDING_RULES,
  type Finding,
  findingExplanation,
  findingPage,
  findingRule,
  processText,
  type TreeLine,
  verdictOf,
  verdictText,
} from '@ijw/deployment';
import {
  type Baseline,
  baselineOf,
  formatBaseline,
  newFindings,
  parseBaseline,
  parseSuppressions,
  type Suppression,
  withoutSuppressed,
} from '@ijw/interop/findings';
import type { CommandContext } from '../command.ts';
import { deploymentInput } from '../deployment-input.ts';
import { textOption } from '../options.ts';
import { errorLine } from '../output/error-line.ts';
import { writeJsonLine } from '../output/json.ts';
import { VERSION } from '../version.ts';

/** What was found in one deployment, after baseline and suppressions; or that it could not be read. */
interface Examined {
  readonly file: string;
  readonly report: DeploymentReport | undefined;
  readonly suppressed: readonly { readonly finding: DoctorFinding; readonly suppression: Suppression }[];
}

export async function run(context: CommandContext): Promise<number> {
  const { options, operands } = context;
  if (typeof options.explain === 'string') return explain(context, options.explain);
  if (typeof options.code === 'string') return explainCode(context, options.code);
  if (operands.length === 0) throw new UsageError('doctor needs a file or a folder, --code with a code, or --explain with a finding');
  const examined: Examined[] = [];
  for (const file of operands) examined.push(await examine(context, file));
  if (typeof options.writeBaseline === 'string') return writeBaseline(context, options.writeBaseline, examined);
  write(context, examined);
  return examined.some(({ report }) => report === undefined || report.verdict === 'will-not-load') ? 1 : 0;
}

function explain({ operands, options, document, write: print }: CommandContext, id: string): number {
  if (operands.length > 0) throw new UsageError('--explain takes a finding and no file');
  const rule = findingRule(id);
  if (rule === undefined) throw new UsageError(`Unknown finding ${id}; the findings are ${FINDING_RULES.map((each) => each.id).join(' ')}`);
  if (options.json || options.format === 'json') document({ ...rule, page: findingPage(rule) });
  else print(findingExplanation(rule));
  return 0;
}

async function explainCode(context: CommandContext, code: string): Promise<number> {
  const { operands, options } = context;
  const [file] = operands;
  const report = file === undefined ? undefined : await open(context, file);
  const given = typeof options.runtime === 'string' && isRuntimeId(options.runtime) ? options.runtime : undefined;
  const runtime = given ?? report?.diagnoses[0]?.process.runtime;
  const found = codeDocuments(
    code,
    runtime,
    report?.diagnoses.flatMap(({ findings }) => findings),
  );
  if (options.json) context.document({ ...(file !== undefined && { file }), ...(runtime && { runtime }), codes: found, diagnostics: [] });
  else if (found.length > 0) context.write(found.map(codeText).join('\n'));
  if (found.length > 0) return 0;
  if (!options.json) context.write(`${printable(code)} is not a code that a load is known to end with\n`);
  return 1;
}

const open = async ({ io, options }: CommandContext, file: string): Promise<DeploymentReport> =>
  diagnose(await Deployment.open(await deploymentInput(io, file, options)));

async function examine(context: CommandContext, file: string): Promise<Examined> {
  const suppressions = textOption(context, 'suppressions', parseSuppressions) ?? [];
  const baseline = textOption(context, 'baseline', parseBaseline);
  try {
    return { file, ...reduced(await open(context, file), suppressions, baseline) };
  } catch (error) {
    const line = error instanceof UsageError ? undefined : errorLine(file, error);
    if (line === undefined) throw error;
    context.io.writeError(line);
    return { file, report: undefined, suppressed: [] };
  }
}

/** The report without what is suppressed or known; what is left decides the verdicts. */
function reduced(report: DeploymentReport, suppressions: readonly Suppression[], baseline: Baseline | undefined): Omit<Examined, 'file'> {
  if (suppressions.length === 0 && baseline === undefined) return { report, suppressed: [] };
  const suppressed: Examined['suppressed'][number][] = [];
  const diagnoses = report.diagnoses.map((diagnosis) => {
    const parted = withoutSuppressed(diagnosis.findings.map(doctorFinding), suppressions);
    for (const each of parted.suppressed) suppressed.push(each);
    const kept = baseline === undefined ? parted.findings : newFindings(parted.findings, baseline);
    const findings = kept.map(({ finding }) => finding);
    return { ...diagnosis, findings, verdict: verdictOf(findings) };
  });
  return { report: { ...report, diagnoses, verdict: verdictOf(diagnoses.flatMap(({ findings }) => findings)) }, suppressed };
}

const findingsOf = ({ report }: Examined): readonly DoctorFinding[] =>
  report?.diagnoses.flatMap(({ findings }) => findings.map(doctorFinding)) ?? [];

function writeBaseline({ io }: CommandContext, path: string, examined: readonly Examined[]): number {
  const output = io.createFile(path);
  output.write(formatBaseline(baselineOf(examined.flatMap(findingsOf))));
  output.commit();
  return examined.some(({ report }) => report === undefined) ? 1 : 0;
}

function write(context: CommandContext, examined: readonly Examined[]): void {
  const { options } = context;
  const format = options.json ? 'json' : options.format;
  if (format === 'sarif') {
    const files = examined.map((each) => ({ file: each.file, findings: findingsOf(each), suppressed: each.suppressed }));
    context.document(doctorSarif(files, VERSION));
    return;
  }
  const document = examined.length === 1 ? context.document : (value: object) => writeJsonLine(context.write, value);
  for (const { file, report, suppressed } of examined) {
    if (report === undefined) continue;
    if (options.dot) for (const text of dependencyDot(report)) context.write(text);
    else if (format !== 'json') for (const text of reportText(context, file, report)) context.write(text);
    else {
      const hidden = suppressed.map(({ finding, suppression }) => ({ ...finding.finding, reason: suppression.reason }));
      document({ ...doctorDocument(file, report), ...(hidden.length > 0 && { suppressed: hidden }), diagnostics: [] });
    }
  }
}

/** Other roots than the worst, by a line each. */
const MOST_ROOTS = 20;

function* reportText(context: CommandContext, file: string, report: DeploymentReport): Generator<string> {
  const [worst, ...others] = report.diagnoses;
  if (worst === undefined) {
    yield `${printable(file)}: nothing to load: no program and no library\n`;
    return;
  }
  yield* diagnosisText(context, report, worst);
  if (others.length === 0) return;
  yield `\n${context.style.dim(`${others.length} more in the folder:`)}\n`;
  for (const other of others.slice(0, MOST_ROOTS))
    yield `  ${context.style.bold(printable(other.process.root.path))}  ${paintVerdict(context, other)}\n`;
  if (others.length > MOST_ROOTS) yield context.style.dim(`  … ${others.length - MOST_ROOTS} more; --json has all\n`);
}

function paintVerdict({ style }: CommandContext, diagnosis: Diagnosis): string {
  const paint = { loads: style.green, 'will-not-load': style.red, 'depends-on-target': style.yellow }[diagnosis.verdict];
  return paint(printable(verdictText(diagnosis)));
}

function* diagnosisText(context: CommandContext, { deployment }: DeploymentReport, diagnosis: Diagnosis): Generator<string> {
  const { style } = context;
  yield `${paintVerdict(context, diagnosis)}\n`;
  yield `${style.bold(printable(diagnosis.process.root.path))}  ${style.dim(processText(diagnosis))}\n`;
  for (const finding of diagnosis.findings) yield `\n${findingText(context, finding)}`;
  yield '\n';
  for (const line of dependencyTree(deployment, diagnosis, { limit: context.options.all ? Number.MAX_SAFE_INTEGER : MOST_LINES }))
    yield treeText(context, line);
}

const MOST_LINES = 100;

function findingText({ style }: CommandContext, finding: Finding): string {
  const paint = { error: style.red, warning: style.yellow, info: style.cyan }[finding.level];
  const code = finding.hresult === undefined ? [] : [hex(finding.hresult, 8)];
  const answer = [...(finding.exception === undefined ? [] : [finding.exception]), ...code].join(' ');
  const others = finding.others === undefined ? '' : ` (and ${finding.others} more need it)`;
  const lines = [
    `${paint(finding.level)} ${style.bold(finding.id)} ${printable(finding.message)}${others}`,
    ...(finding.chain.length > 1 ? [`  ${style.dim(printable(finding.chain.join(' → ')))}`] : []),
    ...(answer === '' ? [] : [`  ${answer}${finding.text === undefined ? '' : `: ${printable(finding.text.trim())}`}`]),
    `  ${style.green('fix')}: ${printable(finding.fix)}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function treeText({ style }: CommandContext, { lead, name, detail, state }: TreeLine): string {
  const paint = { root: style.bold, found: (text: string) => text, elsewhere: style.dim, missing: style.red }[state];
  return `${style.dim(lead)}${paint(printable(name))}${detail === '' ? '' : `  ${style.dim(printable(detail))}`}\n`;
}
