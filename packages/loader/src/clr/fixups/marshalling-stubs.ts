import { alignUp, hex, hexBytes } from '@ijw/binary';
import { type CallContract, type ManagedCallPlan, type Unsupported, unsupported } from '@ijw/marshalling';
import type { GuestProcess, MappedModule } from '@ijw/windows';
import type { ExecutableHeap } from '../../code-memory/executable-heap.ts';
import { type ReverseThunk, ReverseThunks } from '../../thunk/reverse-thunk.ts';
import type { FixupContext } from './fixup-context.ts';
import type { ResolvedMethod } from './resolve-fixup-token.ts';

type UnplacedCode = Pick<ReverseThunk, 'shape' | 'size' | 'unwind' | 'write'>;

/** Unwind information begins at a multiple of four bytes, on both processors that have it. */
const UNWIND_ALIGNMENT = 4;

/** Bytes in their place. */
export interface PlacedBytes {
  readonly address: number;
  readonly size: number;
}

/** Machine code in its place. */
export interface PlacedCode extends PlacedBytes {
  /** How its frame is unwound: UNWIND_INFO or an .xdata record, behind the code. */
  readonly unwind?: PlacedBytes;
}

/** The marshalling code of a method, and what it does. */
export interface PlacedStub extends PlacedCode {
  readonly kind: 'stub';
  readonly plan: CallContract;
}

/** The code behind a method's own entry. */
export interface PlacedEntry extends PlacedCode {
  readonly kind: 'entry';
  readonly plan: ManagedCallPlan;
}

/**
 * The marshalling code of one image's methods, made when a method is first called from native code (`UMThunkMarshInfo::RunTimeInit`). As the
 * runtime's IL stubs are, one is shared by all methods that are called in the same way: the method's identity comes with the call.
 */
export class MarshallingStubs {
  readonly #process: GuestProcess;
  readonly #heap: ExecutableHeap;
  readonly #module: MappedModule;
  readonly #thunks: ReverseThunks;
  /** By the code of the stub at a fixed address. */
  readonly #byShape = new Map<string, PlacedCode>();
  readonly #byToken = new Map<number, PlacedCode>();

  constructor({ process, heap, module, assembly: { metadata, image }, resolver }: FixupContext) {
    this.#process = process;
    this.#heap = heap;
    this.#module = module;
    this.#thunks = new ReverseThunks(metadata, process.architecture, image, resolver());
  }

  /** The address that every stub of the image passes its record to. */
  get gate(): number {
    const { base, name } = this.#module;
    return this.#process.gates.for(name, `managed code of ${name} at ${hex(base)}`, 'entry').address;
  }

  /** The code behind a method's own entry: as a stub does, it hands a record over. */
  entryOf({ signature }: ResolvedMethod): PlacedEntry | Unsupported {
    const thunk = signature ? this.#thunks.ofEntry(signature) : unsupported('The signature of the method is not known');
    return thunk.kind === 'unsupported' ? thunk : { kind: 'entry', ...this.#place(thunk), plan: thunk.plan };
  }

  /** The stub of a method, or the reason why it has none. Its plan is computed again when it is read. */
  of(method: ResolvedMethod): PlacedStub | Unsupported {
    const known = this.#byToken.get(method.token);
    if (known) return this.#stub(known, () => (this.#thunk(method) as ReverseThunk).plan);
    const thunk = this.#thunk(method);
    if (thunk.kind === 'unsupported') return thunk;
    const placed = this.#place(thunk);
    this.#byToken.set(method.token, placed);
    return this.#stub(placed, () => thunk.plan);
  }

  #stub(placed: PlacedCode, plan: () => CallContract): PlacedStub {
    return Object.defineProperty({ kind: 'stub', ...placed }, 'plan', { enumerable: true, get: plan }) as PlacedStub;
  }

  #thunk({ signature, methodDef }: ResolvedMethod): ReverseThunk | Unsupported {
    if (!signature) return unsupported('The signature of the method is not known');
    return this.#thunks.of(signature, methodDef);
  }

  #place(thunk: UnplacedCode): PlacedCode {
    const shape = hexBytes(thunk.shape);
    const known = this.#byShape.get(shape);
    if (known) return known;
    const placed = this.#write(thunk);
    this.#byShape.set(shape, placed);
    return placed;
  }

  #write(thunk: UnplacedCode): PlacedCode {
    const { size, unwind } = thunk;
    const offset = alignUp(size, UNWIND_ALIGNMENT);
    const { code, data } = this.#heap.allocate(offset + (unwind?.length ?? 0), this.gate);
    this.#heap.writeCode(code, thunk.write(code, data));
    if (!unwind) return { address: code, size };
    this.#heap.writeCode(code + offset, unwind);
    return { address: code, size, unwind: { address: code + offset, size: unwind.length } };
  }
}
