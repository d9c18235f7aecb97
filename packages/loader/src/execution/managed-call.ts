import { hex } from '@ijw/binary';
import type { LoadedAssembly } from '../clr/bind/load-context.ts';
import { codeActivates } from '../clr/calls/activating-code.ts';
import { activate } from '../clr/calls/module-constructor.ts';
import { reverseCallProblem } from '../clr/calls/reverse-call-rules.ts';
import type { ImageSlot, RuntimeRun } from '../clr/runtime.ts';
import type { ClrException } from '../load/load-refusal.ts';
import type { ManagedCall, ManagedResult } from '../load/managed-entry.ts';

/** A slot whose method is called: the assembly that runs it, and why it does not run. */
export interface SlotCall {
  readonly assembly: LoadedAssembly | undefined;
  readonly problem?: ClrException;
}

/** The steps before the method of a slot runs: its assembly, the activation, and refusals at the first call. `own` is the caller's. */
export function beginSlotCall(
  run: RuntimeRun,
  { base, slot }: Pick<ImageSlot, 'base' | 'slot'>,
  own: LoadedAssembly | undefined,
): SlotCall {
  const { runtime } = run;
  const assembly = slot.appDomain === 'caller' ? own : (runtime.fixups.get(base)?.owner ?? own);
  const { token } = slot.method;
  const isPInvoke = runtime.pinvokeOf(base, token) !== undefined;
  const activates = slot.kind === 'reverse' || isPInvoke || (assembly && codeActivates(assembly.image, token));
  const problem = assembly && activates ? activateFor(run, assembly, `a call through the slot at ${hex(slot.rva)}`) : undefined;
  const refused = problem ?? (slot.kind === 'reverse' && assembly ? reverseCallProblem(assembly, slot.method) : undefined);
  return { assembly, ...(refused && { problem: refused }) };
}

/** Activates an assembly for a use. Returns the exception that the use throws, if there is one. */
export const activateFor = ({ runtime, trace }: RuntimeRun, assembly: LoadedAssembly, cause: string): ClrException | undefined =>
  activate({ managedEntry: runtime.managedEntry, trace, cause }, assembly);

export function callManaged(run: RuntimeRun, assembly: LoadedAssembly | undefined, call: Omit<ManagedCall, 'context'>): ManagedResult {
  const { runtime, trace } = run;
  const { token, method, through } = call;
  trace.add({ step: 'callManaged', token, method, through });
  return runtime.managedEntry.call({ ...call, context: assembly?.context.name ?? 'Default' });
}
