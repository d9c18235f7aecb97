import { hex } from '@ijw/binary';
import { type ClrException, LoadRefusal } from '../load-refusal.ts';
import type { ManagedCall, ManagedResult } from '../managed-entry.ts';
import type { MappedModule } from '../windows/os-module.ts';
import { codeActivates } from './activating-code.ts';
import type { CallResult } from './call-result.ts';
import type { FixedSlot } from './fixed-slots.ts';
import type { LoadedAssembly } from './load-context.ts';
import { activate } from './module-constructor.ts';
import { reverseCallProblem } from './rules/reverse-call-rules.ts';
import type { Runtime } from './runtime.ts';

/** A slot whose method is called: the assembly that runs it, and why it does not run. */
export interface SlotCall {
  readonly assembly: LoadedAssembly | undefined;
  readonly problem?: ClrException;
}

/** What comes before the method behind a slot: which assembly's it is, its activation, and what the runtime refuses only now. `own` is the caller's. */
export function beginSlotCall(runtime: Runtime, base: number, slot: FixedSlot, own: LoadedAssembly | undefined): SlotCall {
  const assembly = slot.appDomain === 'caller' ? own : (runtime.ijwData(base).owner ?? own);
  const { token } = slot.method;
  const isPInvoke = runtime.pinvokeOf(base, token) !== undefined;
  const activates = slot.kind === 'reverse' || isPInvoke || (assembly && codeActivates(assembly.image, token));
  const problem = assembly && activates ? activate(runtime, assembly, `a call through the slot at ${hex(slot.rva)}`) : undefined;
  const refused = problem ?? (slot.kind === 'reverse' && assembly ? reverseCallProblem(assembly, slot.method) : undefined);
  return { assembly, ...(refused && { problem: refused }) };
}

export function callManaged(runtime: Runtime, assembly: LoadedAssembly | undefined, call: Omit<ManagedCall, 'context'>): ManagedResult {
  const { token, method, through } = call;
  runtime.process.trace.add({ step: 'callManaged', token, method, through });
  return runtime.managedEntry.call({ ...call, context: assembly?.context.name ?? 'Default' });
}

/** `start_runtime_and_get_target_address` of ijwhost: start the runtime, load the module as an assembly. Answers with why there is none. */
export function startThroughBootstrap(
  runtime: Runtime,
  module: MappedModule,
  adopt: (assembly: LoadedAssembly | undefined) => void,
): CallResult | undefined {
  const failure = runtime.startFromThunk();
  if (failure) return failure;
  try {
    adopt(runtime.loadInMemory(module));
    return undefined;
  } catch (error) {
    if (!(error instanceof LoadRefusal)) throw error;
    const { hresult, reason, exception } = error.details;
    return { kind: 'processDied', hresult, reason, ...(exception && { exception }) };
  }
}
