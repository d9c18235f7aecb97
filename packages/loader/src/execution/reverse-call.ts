import { type AddressSpace, integerOf, isFault, NativeFault } from '@ijw/machine';
import { abiSize, type CallContract, type CrossingParameter, type PlacedArgument } from '@ijw/marshalling';
import { type TransitionRecord, transitionRecord } from '../thunk/frame/transition-record.ts';
import { type ConversionSpace, notConverted, toManaged, toNative } from './value-conversion.ts';

/** The data that a reverse stub passes, read from the record on its stack. */
export interface ReceivedCall {
  /** The value from the precode: the token of the method. */
  readonly identity: number;
  readonly arguments: readonly unknown[];
  /** Where the caller's arguments begin; variable ones are found from there. */
  readonly argumentBase: number;
}

function readBytes(memory: AddressSpace, address: number, length: number): Uint8Array {
  const bytes = memory.read(address, length);
  if (isFault(bytes)) throw new NativeFault(bytes);
  return bytes;
}

const readWord = ({ memory, pointerSize }: ConversionSpace, address: number): number =>
  Number(integerOf(readBytes(memory, address, pointerSize)));

/** The common part of calls from native and from managed callers. */
type CallOfMethod = Pick<CallContract, 'parameters' | 'result' | 'placement'>;

/** The calls that one method gets: its plan and the record that its stub fills. */
export class ReverseCall {
  readonly #plan: CallOfMethod;
  readonly #record: TransitionRecord;
  readonly #space: ConversionSpace;

  constructor(plan: CallOfMethod, space: ConversionSpace) {
    this.#plan = plan;
    this.#record = transitionRecord(plan.placement, space.pointerSize);
    this.#space = space;
  }

  /** Why the call cannot be made here. */
  get problem(): string | undefined {
    const { result, parameters } = this.#plan;
    return [result, ...parameters].map(notConverted).find((reason) => reason !== undefined);
  }

  /** @throws NativeFault */
  receive(record: number): ReceivedCall {
    const { parameters, placement } = this.#plan;
    const argumentBase = readWord(this.#space, record + this.#record.argumentBase);
    return {
      identity: readWord(this.#space, record),
      argumentBase,
      arguments: parameters.map((value, index) =>
        this.#argument(value, placement.arguments[index]!, record + this.#record.arguments[index]!, argumentBase),
      ),
    };
  }

  /** Writes the managed result to the place that the stub reads; no result is zeroes. @throws NativeFault; UsageError where it is of another type */
  answer(record: number, value: unknown): void {
    const { result, placement } = this.#plan;
    if (placement.result.kind === 'void') return;
    const bytes = value === undefined ? new Uint8Array(abiSize(result.abi)) : toNative(this.#space, result, value);
    const toBuffer = placement.result.kind === 'buffer';
    const at = toBuffer ? readWord(this.#space, record + this.#record.returnBuffer) : record + this.#record.result;
    const fault = this.#space.memory.write(at, toBuffer ? bytes : widened(bytes));
    if (fault) throw new NativeFault(fault);
  }

  #argument(value: CrossingParameter, { passed, pieces }: PlacedArgument, at: number, argumentBase: number): unknown {
    const { memory } = this.#space;
    const place = pieces[0]?.place;
    if (value.conversion.kind === 'addressOfValue' && place?.kind === 'stack') return argumentBase + place.offset;
    const address = passed === 'reference' ? readWord(this.#space, at) : at;
    return toManaged(this.#space, value, readBytes(memory, address, abiSize(value.abi)));
  }
}

/** Result registers are loaded whole. */
function widened(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.max(8, bytes.length));
  whole.set(bytes);
  return whole;
}
