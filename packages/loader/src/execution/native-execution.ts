import { hex, UsageError } from '@ijw/binary';
import { type CallShape, placeCall } from '@ijw/marshalling';
import type { FixedSlot } from '../clr/fixed-slots.ts';
import type { LoadedAssembly } from '../clr/load-context.ts';
import { beginSlotCall, callManaged, startThroughBootstrap } from '../clr/managed-call.ts';
import type { BoundPInvoke } from '../clr/p-invoke.ts';
import type { ClrException } from '../load-refusal.ts';
import { callHostFunction, hostFunctionAt } from '../native/host-call.ts';
import { callNative, type NativeCall } from '../native/native-call.ts';
import { nativeBytes, nativeValue } from '../native/native-value.ts';
import { NativeFault } from '../platform/evaluated-memory.ts';
import type { Processor } from '../platform/processor.ts';
import type { Gate } from '../process/gate-table.ts';
import { gateText } from '../process/gate-table.ts';
import { asAddress, readPointer } from '../process/pointer-access.ts';
import type { CallDispatcherInit } from './call-dispatcher.ts';
import type { ExecutionResult } from './execution-result.ts';
import { ForwardExecution } from './forward-execution.ts';
import { ManagedException, ProcessDeath } from './managed-exception.ts';
import { ReverseCall } from './reverse-call.ts';
import { StoppedExecution } from './stopped-execution.ts';
import type { ConversionSpace } from './value-conversion.ts';

/** A thunk that the processor has gone through on its way to managed code. */
interface PassedThunk {
  readonly base: number;
  readonly slot: FixedSlot;
}

type Entered = 'goOn' | { readonly stop: string } | undefined;

const NO_THUNK = { stop: 'The code comes to managed code without a thunk' } as const;

/** Gates that the loader's own thunks lead to. */
const BOOTSTRAP = 'start_runtime_thunk_stub';
const PRESTUBS: readonly string[] = ['TheUMEntryPrestub', 'ThePreStub'];

/** Runs native code of a module: through slots and marshalling code into managed code, which the process's `ManagedEntry` runs, and back. */
export class NativeExecution {
  readonly #init: CallDispatcherInit;
  /** The thunk on the way to the next stub. */
  #passed: PassedThunk | undefined;

  constructor(init: CallDispatcherInit) {
    this.#init = init;
  }

  get space(): ConversionSpace {
    const { process, stack } = this.#init.runtime;
    return { memory: process.memory, stack, pointerSize: process.platform.pointerSize };
  }

  /** Calls a native function with native values. @throws UsageError where an argument does not fit its type */
  call(address: number, shape: CallShape, args: readonly unknown[]): ExecutionResult {
    if (args.length !== shape.parameters.length)
      throw new UsageError(`${shape.parameters.length} arguments are wanted, not ${args.length}`);
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

  /** Answers with the bytes of the result. @throws what ends it before that, for `attempt` */
  run(call: NativeCall): Uint8Array {
    const { process, stack } = this.#init.runtime;
    const passed = this.#passed;
    try {
      const end = callNative({ process, stack, enter: (processor) => this.#enter(processor) }, call);
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
    if (PRESTUBS.includes(gate.name)) return this.#prepare(processor);
    if (gate.kind === 'managed' && gate.token === undefined) return this.#enterManaged(processor);
    const { process } = this.#init.runtime;
    const host = hostFunctionAt(process, gate);
    if (!host) return { stop: `The code calls ${gateText(gate)}, which is not here` };
    callHostFunction(process, processor, host);
    return 'goOn';
  }

  /** ijwhost's `start_runtime_thunk_stub`: the slot holds another thunk afterwards, to which the call goes on. */
  #startRuntime(processor: Processor): Entered {
    const { runtime, adopt } = this.#init;
    const { platform, memory, modules } = runtime.process;
    const thunk = runtime.bootstrap.at(platform.processor.bootstrapThunk(processor) + platform.bootstrapThunk.entryOffset);
    const images = [...modules.values()].flatMap((module) => (module.kind === 'image' ? [module] : []));
    const module = thunk && images.find(({ base, size }) => thunk.slot >= base && thunk.slot < base + size);
    if (!thunk || !module) return { stop: 'The thunk is none of ijwhost’s' };
    const failure = startThroughBootstrap(runtime, module, module === this.#init.module ? adopt : () => undefined);
    if (failure) throw new ProcessDeath(failure);
    const target = asAddress(readPointer(memory, thunk.slot, platform.pointerSize));
    if (target === undefined || runtime.bootstrap.at(target)) return { stop: 'The runtime left the bootstrap thunk in the slot' };
    processor.ip = target;
    return 'goOn';
  }

  /** The first call through a thunk makes the code behind it, and goes on there. */
  #prepare(processor: Processor): Entered {
    if (!this.#passed) return NO_THUNK;
    const { base, slot } = this.#passed;
    const { runtime } = this.#init;
    const { problem } = beginSlotCall(runtime, base, slot, this.#init.assembly());
    if (problem) throw new ManagedException(problem);
    const code = runtime.ijwData(base).slots!.prepare(slot);
    if (code.kind === 'unsupported') return { stop: code.reason };
    // The thunk again, which says which method it is for and leads to the code.
    processor.ip = slot.address;
    return 'goOn';
  }

  /** The end of a reverse stub: the record is complete, the managed method is called, and the stub goes on with its result. */
  #enterManaged(processor: Processor): Entered {
    if (!this.#passed) return NO_THUNK;
    const { runtime } = this.#init;
    const { base, slot } = this.#passed;
    const code = runtime.ijwData(base).slots!.prepare(slot);
    if (code.kind === 'unsupported') return { stop: code.reason };
    const record = Number(processor.get(runtime.process.platform.processor.recordRegister));
    const call = new ReverseCall(code.plan, this.space);
    if (call.problem !== undefined) return { stop: call.problem };
    const { identity, arguments: args, argumentBase } = call.receive(record);
    const { token, name } = slot.method;
    if (identity !== token) return { stop: `The record is for ${hex(identity, 8)}, the slot for ${hex(token, 8)}` };
    const { assembly, problem } = beginSlotCall(runtime, base, slot, this.#init.assembly());
    if (problem) throw new ManagedException(problem);
    const pinvoke = runtime.pinvokeOf(base, token);
    if (pinvoke && assembly) call.answer(record, this.#callPInvoke(assembly, pinvoke, args));
    else {
      const result = callManaged(runtime, assembly, { token, method: name, through: 'slot', arguments: args, argumentBase });
      if ('exception' in result) throw new ManagedException(result.exception);
      call.answer(record, result.value);
    }
    processor.leave(0);
    return 'goOn';
  }

  /** The method behind the slot is native itself. */
  #callPInvoke(assembly: LoadedAssembly, pinvoke: BoundPInvoke, args: readonly unknown[]): unknown {
    const { callOutcome, stub: plan, address } = pinvoke;
    if (callOutcome.kind === 'throws') throw new ManagedException(callOutcome.exception);
    if (callOutcome.kind === 'fatal') throw new ProcessDeath({ ...callOutcome, kind: 'processDied' });
    if (plan.kind === 'unsupported') throw new StoppedExecution({ kind: 'stopped', address: address ?? 0, reason: plan.reason });
    return new ForwardExecution({ runtime: this.#init.runtime, execution: this, assembly, address: address!, plan }).call(args, []);
  }
}

/** In a process that native code began nobody is above the native caller. */
const unhandled = (exception: ClrException): ExecutionResult => ({
  kind: 'processDied',
  hresult: exception.hresult,
  reason: `Unhandled exception: ${exception.message}`,
  exception,
});
