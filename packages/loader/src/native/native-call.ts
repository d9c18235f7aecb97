import { integerOf, isFault, NativeFault, type Processor, type StepBudget, UnknownInstruction } from '@ijw/machine';
import type { ArgumentPlace, CallPlacement, Piece } from '@ijw/marshalling';
import type { GuestProcess, GuestStack } from '@ijw/windows';

/** The step limit; longer code needs a real processor. */
export const CALL_STEPS = 200_000;

export interface NativeCall {
  readonly address: number;
  readonly placement: CallPlacement;
  /** The bytes of each argument. */
  readonly arguments: readonly Uint8Array[];
  /** Arguments that are made in their place, by index: called with the address once everything else is there. */
  readonly construct?: ReadonlyMap<number, (address: number) => void>;
}

/** How native code ended. */
export type NativeCallEnd =
  | { readonly kind: 'returned'; readonly result: Uint8Array }
  /** The code needs an unsupported instruction, or a missing function of another module. */
  | { readonly kind: 'stopped'; readonly address: number; readonly reason: string }
  | { readonly kind: 'fault'; readonly address: number; readonly reason: string };

/** Runs the function of an address outside guest code. Returns `undefined` for guest code, else the end of the run, or that it continues. */
export type EnterAddress = (processor: Processor) => 'goOn' | { readonly stop: string } | undefined;

export interface NativeCallContext {
  readonly process: GuestProcess;
  readonly stack: GuestStack;
  readonly enter: EnterAddress;
  /** The step budget: the rest of a load's, or that of one call. */
  readonly steps: StepBudget;
}

const alignDown = (value: number, alignment: number): number => value - (value % alignment);

/** Calls native code as a compiled caller would, and runs it until it returns. */
export function callNative(context: NativeCallContext, call: NativeCall): NativeCallEnd {
  const { stack } = context;
  const before = stack.pointer;
  try {
    return run(context, call);
  } catch (error) {
    if (error instanceof NativeFault) return { kind: 'fault', address: error.fault.address, reason: error.message };
    throw error;
  } finally {
    stack.pointer = before;
  }
}

function run(context: NativeCallContext, call: NativeCall): NativeCallEnd {
  const { process, stack, enter, steps } = context;
  const { placement } = call;
  const frame = new CallerFrame(process, stack.pointer, call);
  const processor = process.processor.create(process.memory, frame.stackPointer);
  stack.pointer = frame.stackPointer;
  frame.place(processor);
  const returnAddress = process.gates.for('ijw', 'return', 'helper').address;
  processor.linkReturn(returnAddress);
  processor.ip = call.address;
  for (let taken = 1; steps.take(taken); ) {
    taken = 1;
    const address = processor.ip;
    if (address === returnAddress) return { kind: 'returned', result: frame.result(processor, placement) };
    stack.pointer = processor.stackPointer;
    const entered = enter(processor);
    if (entered === 'goOn') continue;
    if (entered) return { kind: 'stopped', address, reason: entered.stop };
    try {
      taken = processor.step();
    } catch (error) {
      if (error instanceof UnknownInstruction) return { kind: 'stopped', address, reason: 'Unsupported instruction' };
      throw error;
    }
  }
  return { kind: 'stopped', address: processor.ip, reason: `The code has not returned after ${CALL_STEPS} instructions` };
}

/** The part of the stack that a caller fills: copies of values that are passed by reference, memory for the result, the arguments. */
class CallerFrame {
  readonly stackPointer: number;
  readonly #process: GuestProcess;
  readonly #call: NativeCall;
  readonly #copies: number[] = [];
  readonly #buffer: number;

  constructor(process: GuestProcess, top: number, call: NativeCall) {
    this.#process = process;
    this.#call = call;
    const { placement } = call;
    let next = top;
    for (const [index, { passed }] of placement.arguments.entries()) {
      if (passed === 'reference') next = alignDown(next - call.arguments[index]!.length, 16);
      this.#copies.push(next);
    }
    if (placement.result.kind === 'buffer') next = alignDown(next - placement.result.size, 16);
    this.#buffer = next;
    this.stackPointer = alignDown(next - placement.stackBytes, 16);
  }

  place(processor: Processor): void {
    const { placement, arguments: values, construct } = this.#call;
    for (const [index, { passed, pieces }] of placement.arguments.entries()) {
      const value = passed === 'reference' ? this.#copied(index, values[index]!) : values[index]!;
      for (const piece of pieces) this.#placePiece(processor, piece, value);
    }
    if (placement.result.kind === 'buffer') this.#placeBits(processor, placement.result.address, this.#pointer(this.#buffer));
    for (const [index, make] of construct ?? []) {
      const place = placement.arguments[index]?.pieces[0]?.place;
      if (place?.kind === 'stack') make(this.stackPointer + place.offset);
    }
  }

  /** The result, read from its location in the convention. */
  result(processor: Processor, { result }: CallPlacement): Uint8Array {
    if (result.kind === 'void') return new Uint8Array();
    if (result.kind === 'buffer') return this.#read(this.#buffer, result.size);
    const bytes = new Uint8Array(result.pieces.reduce((end, { offset, size }) => Math.max(end, offset + size), 0));
    for (const { place, offset, size } of result.pieces) {
      if (place.kind !== 'register') continue;
      const register = registerBytes(processor, place.register, size);
      bytes.set(register.subarray(0, size), offset);
    }
    return bytes;
  }

  #copied(index: number, value: Uint8Array): Uint8Array {
    this.#write(this.#copies[index]!, value);
    return this.#pointer(this.#copies[index]!);
  }

  #placePiece(processor: Processor, { place, offset, size, duplicate }: Piece, value: Uint8Array): void {
    const bytes = value.subarray(offset, offset + size);
    this.#placeBits(processor, place, bytes);
    if (duplicate !== undefined) processor.set(duplicate, integerOf(bytes));
  }

  #placeBits(processor: Processor, place: ArgumentPlace, bytes: Uint8Array): void {
    if (place.kind === 'register') processor.set(place.register, integerOf(bytes));
    else this.#write(this.stackPointer + place.offset, bytes);
  }

  #pointer(address: number): Uint8Array {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(address), true);
    return bytes.subarray(0, this.#process.processor.pointerSize);
  }

  #read(address: number, length: number): Uint8Array {
    const bytes = this.#process.memory.read(address, length);
    if (isFault(bytes)) throw new NativeFault(bytes);
    return bytes;
  }

  #write(address: number, bytes: Uint8Array): void {
    const fault = this.#process.memory.write(address, bytes);
    if (fault) throw new NativeFault(fault);
  }
}

/** `st0` holds a double whatever it is the result of. */
function registerBytes(processor: Processor, register: string, size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt.asUintN(64, processor.get(register)), true);
  if (register === 'st0' && size === 4) view.setFloat32(0, view.getFloat64(0, true), true);
  return bytes;
}
