import { hex, UsageError } from '@ijw/binary';
import { asAddress, NativeFault, type Processor, readPointer, StepBudget } from '@ijw/machine';
import { type CallShape, placeCall } from '@ijw/marshalling';
import { type Gate, gateText } from '@ijw/windows';
import type { LoadedAssembly } from '../clr/bind/load-context.ts';
import type { BoundPInvoke } from '../clr/calls/bound-p-invoke.ts';
import { startThroughBootstrap } from '../clr/in-memory-load.ts';
import type { ImageSlot } from '../clr/runtime.ts';
import type { ClrException } from '../load/load-refusal.ts';
import { callHostFunction, hostFunctionAt } from '../native/host-call.ts';
import { CALL_STEPS, callNative, type NativeCall } from '../native/native-call.ts';
import { nativeBytes, nativeValue } from '../native/native-value.ts';
import type { CalledModule } from './called-module.ts';
import type { ExecutionResult } from './execution-result.ts';
import { ForwardExecution } from './forward-execution.ts';
import { beginSlotCall, callManaged } from './managed-call.ts';
import { ManagedException, ProcessDeath } from './managed-exception.ts';
import { ReverseCall } from './reverse-call.ts';
import { StoppedExecution } from './stopped-execution.ts';
import type { ConversionSpace } from './value-conversion.ts';

type Entered = 'goOn' | { readonly stop: string } | undefined;

const NO_THUNK = { stop: 'Managed code was entered without a thunk' } as const;

/** Gates that the loader's own thunks lead to. */
const BOOTSTRAP = 'start_runtime_thunk_stub';
const PRESTUBS: readonly string[] = ['TheUMEntryPrestub', 'ThePreStub', 'PrecodeFixupThunk'];

/** Runs native code of a module: through slots and marshalling code into managed code, which the process's `ManagedEntry` runs, and back. */
export class NativeExecution {
  readonly #init: CalledModule;
  /** The thunk on the way to the next stub. */
  #passed: ImageSlot | undefined;

  constructor(init: CalledModule) {
    this.#init = init;
  }

  get space(): ConversionSpace {
    const { process, stack } = this.#init.runtime;
    return { memory: process.memory, stack, pointerSize: process.processor.pointerSize };
  }

  /** Calls a native function with native values. @throws UsageError where an argument does not fit its type */
  call(address: number, shape: CallShape, args: readonly unknown[]): ExecutionResult {
    if (args.length !== shape.parameters.length) throw new UsageError(`Expected ${shape.parameters.length} arguments, not ${args.length}`);
    const placement = placeCall(this.#init.runtime.process.architecture, shape);
    const bytes = shape.parameters.map((type, index) => nativeBytes(type, args[index]));
    const result = this.attempt(() => {
      const end = this.run({ address, placement, arguments: bytes });
      return { kind: 'returned', value: nativeValue(shape.result, end) };
    });
    return result.kind === 'threw' && this.#init.nativeFirst ? unhandled(result.exception) : result;
  }

  /** Runs a call to its end, whichever that is. */
  attempt(call: () => ExecutionResult): ExecutionResult {
    try {
      return call();
    } catch (error) {
      if (error instanceof StoppedExecution) return error.result;
      if (error instanceof NativeFault) return { kind: 'fault', address: error.fault.address, reason: error.message };
      if (error instanceof ManagedException) return { kind: 'threw', exception: error.exception };
      if (error instanceof ProcessDeath && error.result.kind === 'processDied') return error.result;
      throw error;
    }
  }

  /** Returns the bytes of the result. @throws what ends it before that, for `attempt` */
  run(call: NativeCall): Uint8Array {
    const { process, stack } = this.#init.runtime;
    const passed = this.#passed;
    try {
      const end = callNative({ process, stack, enter: (processor) => this.#enter(processor), steps: new StepBudget(CALL_STEPS) }, call);
      if (end.kind !== 'returned') throw new StoppedExecution(end);
      return end.result;
    } finally {
      this.#passed = passed;
    }
  }

  #enter(processor: Processor): Entered {
    const { runtime } = this.#init;
    const address = processor.ip;
    const found = runtime.slotAt(address);
    if (found) {
      this.#passed = found;
      return undefined;
    }
    const gate = runtime.process.gates.at(address);
    return gate && this.#enterGate(processor, gate);
  }

  #enterGate(processor: Processor, gate: Gate): Entered {
    if (gate.name === BOOTSTRAP) return this.#startRuntime(processor);
    if (PRESTUBS.includes(gate.name)) return this.#prepare(processor, gate);
    if (gate.kind === 'entry') return this.#enterManaged(processor);
    const { process } = this.#init.runtime;
    const host = hostFunctionAt(process, gate);
    if (!host) return { stop: `The code calls ${gateText(gate)}, which is not here` };
    callHostFunction(process, processor, host);
    return 'goOn';
  }

  /** ijwhost's `start_runtime_thunk_stub`: the slot holds another thunk afterwards, to which the call goes on. */
  #startRuntime(processor: Processor): Entered {
    const { runtime, trace, adopt } = this.#init;
    const { processor: model, memory, modules } = runtime.process;
    const thunk = runtime.bootstrap.at(runtime.platform.reachingThunk(processor) + runtime.platform.bootstrapThunk.entryOffset);
    const images = [...modules.values()].flatMap((module) => (module.kind === 'image' ? [module] : []));
    const module = thunk && images.find(({ base, size }) => thunk.slot >= base && thunk.slot < base + size);
    if (!thunk || !module) return { stop: 'Not an ijwhost thunk' };
    const failure = startThroughBootstrap({ runtime, trace, module, adopt: module === this.#init.module ? adopt : () => undefined });
    if (failure) throw new ProcessDeath(failure);
    const target = asAddress(readPointer(memory, thunk.slot, model.pointerSize));
    if (target === undefined || runtime.bootstrap.at(target)) return { stop: 'The runtime left the bootstrap thunk in the slot' };
    processor.ip = target;
    return 'goOn';
  }

  /** The first call through a thunk makes the code behind it, and goes on there. */
  #prepare(processor: Processor, gate: Gate): Entered {
    if (!this.#passed) return NO_THUNK;
    if (gate.name === 'PrecodeFixupThunk' && this.#init.runtime.platform.fixupPrecodeCalls) processor.leave(0);
    const { slots, slot } = this.#passed;
    const { problem } = beginSlotCall(this.#init, this.#passed, this.#init.assembly());
    if (problem) throw new ManagedException(problem);
    const code = slots.prepare(slot, this.#init.trace);
    if (code.kind === 'unsupported') return { stop: code.reason };
    // Runs the thunk again, which passes its identity and leads to the code.
    processor.ip = slot.address;
    return 'goOn';
  }

  /** The end of a reverse stub: the record is complete, the managed method is called, and the stub goes on with its result. */
  #enterManaged(processor: Processor): Entered {
    if (!this.#passed) return NO_THUNK;
    const { runtime, trace } = this.#init;
    const { base, slots, slot } = this.#passed;
    const code = slots.prepare(slot, trace);
    if (code.kind === 'unsupported') return { stop: code.reason };
    const record = Number(processor.get(runtime.platform.recordRegister));
    const call = new ReverseCall(code.plan, this.space);
    if (call.problem !== undefined) return { stop: call.problem };
    const { identity, arguments: args, argumentBase } = call.receive(record);
    const { token, name } = slot.method;
    const expected = slots.passedBy(slot);
    if (identity !== expected) return { stop: `The record is for ${hex(identity, 8)}, the slot for ${hex(expected, 8)}` };
    const { assembly, problem } = beginSlotCall(this.#init, this.#passed, this.#init.assembly());
    if (problem) throw new ManagedException(problem);
    const pinvoke = runtime.pinvokeOf(base, token);
    if (pinvoke && assembly) call.answer(record, this.#callPInvoke(assembly, pinvoke, args));
    else {
      const result = callManaged(this.#init, assembly, { token, method: name, through: 'slot', arguments: args, argumentBase });
      if ('exception' in result) throw new ManagedException(result.exception);
      call.answer(record, result.value);
    }
    processor.leave(0);
    return 'goOn';
  }

  /** The method behind the slot is native itself. */
  #callPInvoke(assembly: LoadedAssembly, pinvoke: BoundPInvoke, args: readonly unknown[]): unknown {
    const { runtime, trace } = this.#init;
    const { callOutcome, stub: plan, address } = pinvoke;
    if (callOutcome.kind === 'throws') throw new ManagedException(callOutcome.exception);
    if (callOutcome.kind === 'fatal') throw new ProcessDeath({ ...callOutcome, kind: 'processDied' });
    if (plan.kind === 'unsupported') throw new StoppedExecution({ kind: 'stopped', address: address ?? 0, reason: plan.reason });
    return new ForwardExecution({ runtime, trace, execution: this, assembly, address: callOutcome.address, plan }).call(args, []);
  }
}

/** In a process that native code began no managed frame is above the native caller. */
const unhandled = (exception: ClrException): ExecutionResult => ({
  kind: 'processDied',
  hresult: exception.hresult,
  reason: `Unhandled exception: ${exception.message}`,
  exception,
});
