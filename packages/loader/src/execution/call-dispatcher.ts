import { BadImageError, hex } from '@ijw/binary';
import { asAddress, jumpSlot, mayExecute, readPointer } from '@ijw/machine';
import { isTokenOf, makeToken, methodFullName, TableId, type Token, tokenRid } from '@ijw/metadata';
import type { MappedModule } from '@ijw/windows';
import type { LoadedAssembly } from '../clr/bind/load-context.ts';
import type { BoundPInvoke } from '../clr/calls/bound-p-invoke.ts';
import { type CallResult, PASSIVE_USES, type Use } from '../clr/calls/call-result.ts';
import { startThroughBootstrap } from '../clr/in-memory-load.ts';
import type { ImageSlot } from '../clr/runtime.ts';
import { badImageFormat } from '../load/clr-error.ts';
import type { ClrException } from '../load/load-refusal.ts';
import type { ManagedCall } from '../load/managed-entry.ts';
import type { CalledModule } from './called-module.ts';
import type { ExecutionResult } from './execution-result.ts';
import { ForwardExecution, type VariableArgument } from './forward-execution.ts';
import { activateFor, beginSlotCall, callManaged } from './managed-call.ts';
import type { NativeExecution } from './native-execution.ts';

/** The effect of a call of a slot or a method: the transitions, the module constructor, and refusals at the first call. */
export class CallDispatcher {
  readonly #init: CalledModule;

  constructor(init: CalledModule) {
    this.#init = init;
  }

  callSlot(rva: number, args: readonly unknown[]): CallResult {
    const { runtime, module } = this.#init;
    if (!module) return { kind: 'accessViolation', address: 0, reason: 'The image is not mapped' };
    const entry = this.#slotValue(module, rva);
    if (entry === undefined) return violation(module.base + rva, 'The slot cannot be read');
    if (runtime.bootstrap.at(entry)) return this.#callThroughBootstrap(module, rva, args);
    const slots = runtime.slotsOf(module.base);
    const slot = slots?.at(entry);
    if (slots && slot) return this.#callFixed({ base: module.base, slots, slot }, args);
    if (!mayExecute(runtime.process.memory.query(entry).rights))
      return violation(entry, `The slot holds ${hex(entry)}, which is not executable`);
    return { kind: 'native', address: entry, target: hex(entry) };
  }

  callExport(symbol: string | number, args: readonly unknown[]): CallResult {
    const { runtime, module, trace } = this.#init;
    const address = module && runtime.osLoader.exportAddress(module, symbol, trace);
    if (!module || address === undefined) return { kind: 'noSuchMethod', method: String(symbol) };
    const slot = jumpSlot(runtime.process.processor, runtime.process.memory, address);
    if (slot !== undefined && slot >= module.base && slot < module.base + module.size) return this.callSlot(slot - module.base, args);
    return { kind: 'native', address, target: `${module.name}!${symbol}` };
  }

  callMethod(method: string | number, args: readonly unknown[]): CallResult {
    const assembly = this.#init.assembly();
    const token = assembly && (typeof method === 'number' ? method : findMethod(assembly, method));
    if (!assembly || token === undefined) return { kind: 'noSuchMethod', method: String(method) };
    const problem = this.#declaringTypeProblem(assembly, token) ?? activateFor(this.#init, assembly, 'a call');
    if (problem) return { kind: 'threw', exception: problem };
    const pinvoke = this.#pinvoke(token);
    if (pinvoke) return this.#callPInvoke(pinvoke);
    const name = methodFullName(assembly.image.metadata, token as Token);
    return this.#callManaged(assembly, { token, method: name, through: 'reflection', arguments: args });
  }

  /** The same, and the native code is run. */
  executePInvoke(
    execution: NativeExecution,
    method: string | number,
    args: readonly unknown[],
    variable: readonly VariableArgument[],
  ): ExecutionResult {
    const { runtime, trace } = this.#init;
    const assembly = this.#init.assembly();
    const token = assembly && (typeof method === 'number' ? method : findMethod(assembly, method));
    const pinvoke = token === undefined ? undefined : this.#pinvoke(token);
    if (!assembly || !pinvoke) return { kind: 'stopped', address: 0, reason: `${method} is not a P/Invoke of the assembly` };
    const problem = this.#declaringTypeProblem(assembly, pinvoke.token) ?? activateFor(this.#init, assembly, 'a call');
    if (problem) return { kind: 'threw', exception: problem };
    const { stub: plan } = pinvoke;
    if (plan.kind === 'unsupported') return { kind: 'stopped', address: pinvoke.address ?? 0, reason: plan.reason };
    const call = this.#callPInvoke(pinvoke);
    if (call.kind !== 'native') return call;
    const { address } = call;
    return execution.attempt(() => {
      const value = new ForwardExecution({ runtime, trace, execution, assembly, address, plan }).call(args, variable);
      return { kind: 'returned', value };
    });
  }

  use(use: Use): CallResult {
    const assembly = this.#init.assembly();
    if (!assembly) return { kind: 'noSuchMethod', method: use };
    const problem = PASSIVE_USES.includes(use) ? undefined : activateFor(this.#init, assembly, use);
    if (problem) return { kind: 'threw', exception: problem };
    return { kind: 'returned', value: undefined, token: 0, method: use };
  }

  #slotValue(module: MappedModule, rva: number): number | undefined {
    const { memory, processor } = this.#init.runtime.process;
    return asAddress(readPointer(memory, module.base + rva, processor.pointerSize));
  }

  /** Starts the runtime, reads the slot again, and jumps. */
  #callThroughBootstrap(module: MappedModule, rva: number, args: readonly unknown[]): CallResult {
    const { runtime, trace, adopt } = this.#init;
    const failure = startThroughBootstrap({ runtime, trace, module, adopt });
    if (failure) return failure;
    const entry = this.#slotValue(module, rva);
    const stuck = entry === undefined || runtime.bootstrap.at(entry) !== undefined;
    return stuck ? violation(module.base + rva, 'The runtime left the bootstrap thunk in the slot') : this.callSlot(rva, args);
  }

  #callFixed(called: ImageSlot, args: readonly unknown[]): CallResult {
    const { assembly, problem } = beginSlotCall(this.#init, called, this.#init.assembly());
    const { slots, slot } = called;
    if (problem) return this.#escape(problem);
    slots.prepare(slot, this.#init.trace);
    const { token, name } = slot.method;
    const pinvoke = this.#pinvoke(token);
    if (pinvoke) return this.#callPInvoke(pinvoke);
    const result = this.#callManaged(assembly, { token, method: name, through: 'slot', arguments: args });
    return result.kind === 'threw' ? this.#escape(result.exception) : result;
  }

  #callManaged(assembly: LoadedAssembly | undefined, call: Omit<ManagedCall, 'context'>): CallResult {
    const { token, method } = call;
    const result = callManaged(this.#init, assembly, call);
    return 'exception' in result
      ? { kind: 'threw', exception: result.exception }
      : { kind: 'returned', value: result.value, token, method };
  }

  #callPInvoke({ token, method, via, callOutcome }: BoundPInvoke): PInvokeCall {
    if (callOutcome.kind === 'throws') return { kind: 'threw', exception: callOutcome.exception };
    if (callOutcome.kind === 'fatal') return { kind: 'processDied', hresult: callOutcome.hresult, reason: callOutcome.reason };
    const gate = this.#init.runtime.process.gates.at(callOutcome.address);
    const target = gate ? `${gate.module}!${gate.name}` : via;
    this.#init.trace.add({ step: 'callNative', token, method, address: callOutcome.address, target });
    return { ...callOutcome, target };
  }

  /** Above a slot is a native caller. In a process that native code began no managed frame is above it. */
  #escape(exception: ClrException): CallResult {
    if (!this.#init.nativeFirst) return { kind: 'threw', exception };
    return { kind: 'processDied', hresult: exception.hresult, reason: `Unhandled exception: ${exception.message}`, exception };
  }

  #pinvoke(token: number): BoundPInvoke | undefined {
    const { runtime, module } = this.#init;
    return module && runtime.pinvokeOf(module.base, token);
  }

  #declaringTypeProblem(assembly: LoadedAssembly, token: number): ClrException | undefined {
    if (!isTokenOf(token, 'MethodDef')) return undefined;
    const type = assembly.image.metadata.declaringType(token);
    return tokenRid(type) === 0 ? undefined : assembly.types.load(type)?.exception;
  }
}

/** The end of a call of a P/Invoke, or its continuation in native code. */
type PInvokeCall = Extract<CallResult, { readonly kind: 'native' | 'threw' | 'processDied' }>;

const violation = (address: number, reason: string): CallResult => ({ kind: 'accessViolation', address, reason });

/** The first method of that full name; `Name` alone is one of `<Module>`. */
function findMethod({ image: { metadata } }: LoadedAssembly, method: string): number | undefined {
  const wanted = method.includes('::') ? method : `<Module>::${method}`;
  const name = wanted.slice(wanted.lastIndexOf('::') + 2);
  const { MethodDef } = metadata.tables;
  for (let rid = 1; rid <= MethodDef.rowCount; rid++) {
    const token = makeToken(TableId.MethodDef, rid);
    try {
      if (metadata.strings.get(MethodDef.get(rid, 'Name')) === name && methodFullName(metadata, token) === wanted) return token;
    } catch (error) {
      if (!(error instanceof BadImageError)) throw error;
    }
  }
  return undefined;
}

/** Metadata that turns out to be bad when it is used is the exception that the CLR makes of it. */
export function attemptCall(call: () => CallResult): CallResult {
  try {
    return call();
  } catch (error) {
    if (error instanceof BadImageError) return { kind: 'threw', exception: badImageFormat(error.message) };
    throw error;
  }
}
