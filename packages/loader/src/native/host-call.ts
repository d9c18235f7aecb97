import { UsageError } from '@ijw/binary';
import { integerOf, isFault, NativeFault, type Processor } from '@ijw/machine';
import { type AbiType, type PlacedArgument, placeCall } from '@ijw/marshalling';
import type { Gate, GuestProcess, HostCall, HostFunction } from '@ijw/windows';
import { nativeBytes, nativeValue } from './native-value.ts';

export interface CallableHostFunction {
  readonly function: HostFunction;
  readonly call: HostCall;
}

const DWORD: AbiType = { kind: 'integer', size: 4, signed: false };

/** The functions for the last error of P/Invokes, if no provider has kernel32. */
const lastErrorFunctions = (process: GuestProcess): Readonly<Record<string, CallableHostFunction>> => ({
  GetLastError: { function: () => process.lastError, call: { parameters: [], result: DWORD } },
  SetLastError: {
    function: (error) => {
      process.lastError = Number(error);
      return undefined;
    },
    call: { parameters: [DWORD], result: { kind: 'void' } },
  },
});

/** The function behind a gate, where it can be called from native code. */
export function hostFunctionAt(process: GuestProcess, { module, name }: Gate): CallableHostFunction | undefined {
  for (const candidate of process.modules.values()) {
    if (candidate.kind !== 'host' || candidate.name !== module) continue;
    const symbol = candidate.host.resolve(name);
    if (symbol?.function && symbol.call) return { function: symbol.function, call: symbol.call };
  }
  return module === 'kernel32.dll' && Object.hasOwn(lastErrorFunctions(process), name) ? lastErrorFunctions(process)[name] : undefined;
}

/** Calls a host function where the processor stands, and returns from it. @throws NativeFault; UsageError where its result is of another type */
export function callHostFunction(process: GuestProcess, processor: Processor, { function: host, call }: CallableHostFunction): void {
  const { convention = 'stdcall', parameters, result } = call;
  const placement = placeCall(process.architecture, { convention, memberFunction: false, variadic: false, parameters, result });
  const values = parameters.map((type, index) => argumentOf(process, processor, type, placement.arguments[index]!));
  const answer = host(...values);
  if (placement.result.kind === 'registers') {
    const bytes = nativeBytes(result, answer);
    for (const { place, offset, size } of placement.result.pieces)
      if (place.kind === 'register') processor.set(place.register, integerOf(bytes.subarray(offset, offset + size)));
  }
  processor.leave(placement.calleePops);
}

function argumentOf(process: GuestProcess, processor: Processor, type: AbiType, { pieces }: PlacedArgument): number | bigint {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  for (const { place, offset, size } of pieces) {
    if (place.kind === 'register') view.setBigUint64(offset, BigInt.asUintN(64, processor.get(place.register)), true);
    else bytes.set(readStack(process, processor.stackPointer + process.processor.returnAddressSize + place.offset, size), offset);
  }
  const value = nativeValue(type, bytes);
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new UsageError('A host function takes numbers');
  return value;
}

function readStack({ memory }: GuestProcess, address: number, length: number): Uint8Array {
  const bytes = memory.read(address, length);
  if (isFault(bytes)) throw new NativeFault(bytes);
  return bytes;
}
