// dotnet/runtime `src/coreclr/vm/dllimport.cpp` and `src/coreclr/vm/ilmarshalers.cpp`: a P/Invoke's stub, carried out.

import { hexDigits, UsageError } from '@ijw/binary';
import { isFault, NativeFault } from '@ijw/machine';
import {
  type AbiType,
  abiSize,
  type CallArgument,
  type CallPlacement,
  type CopyConstruction,
  type CrossingParameter,
  type ForwardCall,
  type MarshallingMethod,
  placeCall,
  pointerType,
} from '@ijw/marshalling';
import type { LoadedAssembly } from '../clr/bind/load-context.ts';
import type { RuntimeRun } from '../clr/runtime.ts';
import { clrException } from '../load/clr-error.ts';
import type { NativeCall } from '../native/native-call.ts';
import { nativeBytes, nativeValue } from '../native/native-value.ts';
import { callManaged } from './managed-call.ts';
import { ManagedException } from './managed-exception.ts';
import { stopped } from './stopped-execution.ts';
import { type ConversionSpace, notConverted, toManaged, toNative } from './value-conversion.ts';

/** An argument that the call site adds to those of the signature. */
export interface VariableArgument {
  readonly type: AbiType;
  readonly value: unknown;
}

/** Runs native code to its end. */
export interface NativeRunner {
  readonly space: ConversionSpace;
  /** Returns the bytes of the result. @throws what ends the call, for `NativeExecution.attempt` */
  run(call: NativeCall): Uint8Array;
}

export interface ForwardExecutionInit extends RuntimeRun {
  readonly execution: NativeRunner;
  readonly assembly: LoadedAssembly;
  readonly address: number;
  readonly plan: ForwardCall;
}

/** The values of one call on their way into native code. */
export class ForwardExecution {
  readonly #init: ForwardExecutionInit;
  readonly #bytes: Uint8Array[] = [];
  readonly #construct = new Map<number, (address: number) => void>();
  /** The address that the native function writes the managed result to. */
  #retval: { readonly value: CrossingParameter; readonly address: number } | undefined;

  constructor(init: ForwardExecutionInit) {
    this.#init = init;
  }

  /** Returns the managed result. @throws what ends the call, for `NativeExecution.attempt`; UsageError where a value is of another type */
  call(args: readonly unknown[], variable: readonly VariableArgument[]): unknown {
    const { runtime, plan, execution, address } = this.#init;
    const { process } = runtime;
    this.#check(args, variable);
    if (plan.returnsSavedError) return runtime.savedError;
    const before = runtime.stack.pointer;
    try {
      const parameters = args[Symbol.iterator]();
      for (const argument of plan.arguments) this.#pass(argument, parameters);
      for (const { type, value } of variable) this.#bytes.push(nativeBytes(type, value));
      const placement = this.#placement(variable);
      if (plan.setLastError) process.lastError = 0;
      const result = execution.run({ address, placement, arguments: this.#bytes, construct: this.#construct });
      if (plan.setLastError) runtime.savedError = process.lastError;
      return this.#result(result);
    } finally {
      runtime.stack.pointer = before;
    }
  }

  #check(args: readonly unknown[], variable: readonly VariableArgument[]): void {
    const { plan, address } = this.#init;
    const wanted = plan.arguments.filter(({ kind }) => kind === 'parameter').length;
    if (args.length !== wanted) throw new UsageError(`Expected ${wanted} arguments, not ${args.length}`);
    if (variable.length > 0 && !plan.convention.vararg) throw new UsageError('The method has no variable arguments');
    if (plan.arguments.some(({ kind }) => kind === 'lcid')) throw stopped(address, 'The current culture is not known here');
    const values = plan.arguments.flatMap((argument) => (argument.kind === 'lcid' ? [] : [argument.value]));
    const reason = [plan.result, ...values].map(notConverted).find((text) => text !== undefined);
    if (reason !== undefined) throw stopped(address, reason);
  }

  #pass(argument: CallArgument, parameters: Iterator<unknown>): void {
    const { pointerSize } = this.#init.execution.space;
    if (argument.kind === 'retval') {
      this.#retval = { value: argument.value, address: this.#allocate(abiSize(argument.value.abi)) };
      this.#bytes.push(nativeBytes(pointerType(pointerSize), this.#retval.address));
    } else if (argument.kind === 'parameter') {
      const { value } = argument;
      const given = parameters.next().value;
      this.#bytes.push(
        value.copyConstruction ? this.#copied(value, value.copyConstruction, given) : toNative(this.#init.execution.space, value, given),
      );
    }
  }

  /** A C++ object, given by its address: made in its place on the native stack, or in a local whose address is passed. */
  #copied({ abi, managed }: CrossingParameter, construction: CopyConstruction, source: unknown): Uint8Array {
    if (typeof source !== 'number') throw new UsageError(`${managed} is given by the address of the object`);
    const { copyConstructor, destructor, place, size } = construction;
    const make = (destination: number): void => {
      if (copyConstructor) this.#callMethod(copyConstructor, [destination, source]);
      if (destructor) this.#callMethod(destructor, [source]);
    };
    if (place === 'argument') {
      this.#construct.set(this.#bytes.length, make);
      return this.#read(source, abiSize(abi));
    }
    const local = this.#allocate(size);
    this.#write(local, this.#read(source, size));
    make(local);
    return nativeBytes(abi, local);
  }

  #callMethod({ token, name }: MarshallingMethod, args: readonly number[]): void {
    const { assembly } = this.#init;
    const result = callManaged(this.#init, assembly, { token, method: name, through: 'marshalling', arguments: args });
    if ('exception' in result) throw new ManagedException(result.exception);
  }

  /** The call site knows the types of the variable arguments. */
  #placement(variable: readonly VariableArgument[]): CallPlacement {
    const { plan, runtime } = this.#init;
    if (variable.length === 0) return plan.placement;
    const types = plan.arguments.flatMap((argument) => (argument.kind === 'parameter' ? [argument.value.abi] : []));
    return placeCall(runtime.process.architecture, {
      convention: plan.convention.convention,
      memberFunction: false,
      variadic: true,
      parameters: [...types, ...variable.map(({ type }) => type)],
      result: plan.result.abi,
    });
  }

  #result(bytes: Uint8Array): unknown {
    const { plan, execution } = this.#init;
    if (!plan.hresultSwapping) return plan.result.abi.kind === 'void' ? undefined : toManaged(execution.space, plan.result, bytes);
    const hresult = nativeValue(plan.result.abi, bytes) as number;
    if (hresult < 0) throw new ManagedException(failure(hresult >>> 0));
    if (!this.#retval) return undefined;
    const { value, address } = this.#retval;
    return toManaged(execution.space, value, this.#read(address, abiSize(value.abi)));
  }

  /** Memory that is released after the call. */
  #allocate(size: number): number {
    const { stack } = this.#init.runtime;
    stack.pointer -= Math.ceil(Math.max(size, 1) / 16) * 16;
    return stack.pointer;
  }

  #read(address: number, length: number): Uint8Array {
    const bytes = this.#init.runtime.process.memory.read(address, length);
    if (isFault(bytes)) throw new NativeFault(bytes);
    return bytes;
  }

  #write(address: number, bytes: Uint8Array): void {
    const fault = this.#init.runtime.process.memory.write(address, bytes);
    if (fault) throw new NativeFault(fault);
  }
}

/** `Marshal.ThrowExceptionForHR`, of an HRESULT that no type of exception stands for. */
const failure = (hresult: number) =>
  clrException('COMException', hresult, `Exception from HRESULT: 0x${hexDigits(hresult, 8).toUpperCase()}`);
