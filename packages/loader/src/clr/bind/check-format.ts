import { BadImageError } from '@ijw/binary';
import { clrRefusal } from '../../load/clr-error.ts';
import type { Trace } from '../../load/load-event.ts';
import type { ClrException, ClrRefusal } from '../../load/load-refusal.ts';
import { type CheckedView, hasCliHeader, type ImageView } from '../image/image-view.ts';
import { CLI_HEADER_RULES, NO_CLI_HEADER } from '../rules/cli-header-rules.ts';
import { IL_ONLY_RULES } from '../rules/il-only-rules.ts';
import { type FormatRule, NT_HEADER_RULES, type RuleIdentity } from '../rules/nt-header-rules.ts';

/** A rule whose data cannot be read is violated too. */
function problemOf<V extends ImageView>(rule: FormatRule<V>, view: V): string | undefined {
  try {
    return rule.broken(view);
  } catch (error) {
    if (error instanceof BadImageError) return `cannot be read: ${error.message}`;
    throw error;
  }
}

/** The trace of the checks, and the error of a violated rule. */
interface Check {
  readonly trace: Trace;
  readonly exception: ClrException;
}

function checkRules<V extends ImageView>(check: Check, rules: readonly FormatRule<V>[], view: V): void {
  for (const rule of rules) {
    const problem = problemOf(rule, view);
    if (problem !== undefined) throw broken(check, rule, problem);
  }
}

function broken({ trace, exception }: Check, { rule, structure, field }: RuleIdentity, problem: string): ClrRefusal {
  const reason = `The image ${problem}`;
  trace.add({ step: 'check', rule, passed: false, reason });
  return clrRefusal({ rule, reason, exception, place: { structure, ...(field && { field }) } });
}

/** `PEImage::CheckILFormat`: the first rule that is broken ends the load. @throws LoadRefusal */
export function checkFormat(check: Check, view: ImageView): CheckedView {
  checkRules(check, NT_HEADER_RULES, view);
  if (!hasCliHeader(view)) throw broken(check, NO_CLI_HEADER, 'has no CLI header that can be read');
  checkRules(check, CLI_HEADER_RULES, view);
  checkRules(check, IL_ONLY_RULES, view);
  check.trace.add({ step: 'check', rule: 'ilFormat', passed: true });
  return view;
}
