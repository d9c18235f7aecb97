import { BadImageError } from '@ijw/binary';
import type { ClrException } from '../load-refusal.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import { clrRefusal } from './clr-error.ts';
import type { ImageView } from './image-view.ts';
import { CLI_HEADER_RULES } from './rules/cli-header-rules.ts';
import { IL_ONLY_RULES } from './rules/il-only-rules.ts';
import { type FormatRule, NT_HEADER_RULES } from './rules/nt-header-rules.ts';

const FORMAT_RULES: readonly FormatRule[] = [...NT_HEADER_RULES, ...CLI_HEADER_RULES, ...IL_ONLY_RULES];

/** A rule that cannot read what it is about is broken too. */
function problemOf(broken: FormatRule['broken'], view: ImageView): string | undefined {
  try {
    return broken(view);
  } catch (error) {
    if (error instanceof BadImageError) return `cannot be read: ${error.message}`;
    throw error;
  }
}

/** `PEImage::CheckILFormat`: the first rule that is broken ends the load. `exception` is what is thrown then. */
export function checkFormat(process: GuestProcess, view: ImageView, exception: ClrException): void {
  for (const { rule, structure, field, broken } of FORMAT_RULES) {
    const problem = problemOf(broken, view);
    if (problem === undefined) continue;
    const reason = `The image ${problem}`;
    process.trace.add({ step: 'check', rule, passed: false, reason });
    throw clrRefusal({ rule, reason, exception, place: { structure, ...(field && { field }) } });
  }
  process.trace.add({ step: 'check', rule: 'ilFormat', passed: true });
}
