import type { Assembly } from '@ijw/assembly';
import { BadImageError, type Diagnostic, Diagnostics, ifReadable, UsageError } from '@ijw/binary';
import { MethodBodySource, methodsWithCode } from '@ijw/il';
import { isTokenOf, tokenRid } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { isAtLeast } from '../findings/rule-finding.ts';
import { readCastableTypes } from '../inventory/com-uses.ts';
import { InteropModule } from '../inventory/interop-module.ts';
import { bodyChecks, tableChecks } from './checks/checks.ts';
import { BodyMark, BodyMarker } from './context/body-marks.ts';
import { BodyView } from './context/body-view.ts';
import { LintContext } from './context/lint-context.ts';
import type { LintFinding } from './context/lint-finding.ts';
import type { LintOptions } from './context/lint-options.ts';
import { lintRule, unknownRuleText } from './rules/rule-catalog.ts';

export interface LintReport {
  /** By rule, then by place. */
  readonly findings: readonly LintFinding[];
  /** Findings that were not kept because there were too many. */
  readonly dropped: number;
  /** The errors of reading the module. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Runs the rules over a module: those on tables once, those on IL in one pass over all bodies.
 * @throws UnsupportedError where the assembly has no metadata; BadImageError when the tables cannot be read at all; UsageError for an unknown rule
 */
export function lintModule(assembly: Assembly, options: LintOptions = {}): LintReport {
  for (const id of options.rules ?? []) if (lintRule(id) === undefined) throw new UsageError(unknownRuleText(id));
  const diagnostics = new Diagnostics();
  const context = new LintContext(new InteropModule(assembly, diagnostics), options);
  const { image } = assembly;
  for (const check of tableChecks) {
    if (check.rules.some((id) => context.isEnabled(id))) diagnostics.attempt(() => check.run(context));
  }
  if (image !== undefined) diagnostics.attempt(() => checkBodies(context, image));
  const { minimumLevel = 'info' } = options;
  const findings = context.findings.filter(({ level }) => isAtLeast(level, minimumLevel)).sort(byRuleAndPlace);
  return { findings, dropped: context.dropped, diagnostics: diagnostics.entries };
}

const byRuleAndPlace = (one: LintFinding, other: LintFinding): number =>
  one.rule < other.rule
    ? -1
    : one.rule > other.rule
      ? 1
      : (one.token ?? 0) - (other.token ?? 0) || (one.ilOffset ?? 0) - (other.ilOffset ?? 0);

function checkBodies(context: LintContext, image: PEImage): void {
  const checks = bodyChecks.filter(({ rules }) => rules.some((id) => context.isEnabled(id)));
  if (checks.length === 0) return;
  const wanted = checks.reduce((all, { marks }) => all | marks, 0);
  const own = methodMarks(context);
  const marker = new BodyMarker(context.roles);
  const source = new MethodBodySource(image);
  for (const method of methodsWithCode(context.metadata)) {
    const body = method.isIL ? source.attempt(method.rva, method.token) : undefined;
    if (body === undefined || body instanceof BadImageError) continue;
    const marks = (marker.marksOf(body) | (own.get(method.token) ?? 0)) & wanted;
    if (marks === 0) continue;
    const view = new BodyView(method.token, body);
    for (const check of checks) {
      if (check.marks & marks) context.module.diagnostics.attempt(() => check.run(context, view), method.token);
    }
  }
}

/** Marks that a body has by what its method is. */
function methodMarks({ module, metadata }: LintContext): ReadonlyMap<number, number> {
  const marks = new Map<number, number>();
  for (const { parent } of module.attributes.all('unmanagedCallersOnly'))
    if (isTokenOf(parent, 'MethodDef')) marks.set(parent, BodyMark.isUnmanagedCallersOnly);
  for (const { token } of readCastableTypes(module)) {
    for (const method of ifReadable(() => module.methodsOf(token)) ?? []) {
      const name = ifReadable(() => metadata.strings.get(metadata.tables.MethodDef.get(tokenRid(method), 'Name')));
      if (name?.endsWith('GetInterfaceImplementation')) marks.set(method, (marks.get(method) ?? 0) | BodyMark.isGetInterfaceImplementation);
    }
  }
  return marks;
}
