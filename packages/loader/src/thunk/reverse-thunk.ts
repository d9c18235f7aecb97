import { BadImageError } from '@ijw/binary';
import { type Architecture, processorFor } from '@ijw/machine';
import {
  type CallContract,
  type CallPlacement,
  CrossingTypes,
  type ManagedCallPlan,
  NativeCalls,
  planManagedCall,
  planReverseCall,
  TypeMeasure,
  type Unsupported,
  unsupported,
} from '@ijw/marshalling';
import { type Metadata, type MethodDefToken, makeToken } from '@ijw/metadata';
import type { Resolver } from '@ijw/metadata/resolution';
import type { ReverseStub } from './frame/reverse-stub.ts';
import { transitionRecord } from './frame/transition-record.ts';
import { stubUnwind } from './platform/stub-unwind.ts';
import { reverseStubWriter } from './platform/write-reverse-stub.ts';

/** The code between a caller and a managed method, before it has an address. */
export interface ReverseThunk<Plan = CallContract> {
  readonly kind: 'thunk';
  readonly plan: Plan;
  readonly size: number;
  /** How its frame is unwound; absent on x86. */
  readonly unwind?: Uint8Array;
  /** The code at a fixed address: equal for methods that are called in the same way. */
  readonly shape: Uint8Array;
  /** The code for a place; the word at `data` is the address that the transition record is passed to. */
  write(code: number, data: number): Uint8Array;
}

/** Makes the reverse thunks of one image's methods. What the methods share is looked up once. */
export class ReverseThunks {
  readonly #architecture: Architecture;
  readonly #metadata: Metadata;
  readonly #machine: ConstructorParameters<typeof NativeCalls>[1];
  #calls: NativeCalls | undefined;
  readonly #types: CrossingTypes;
  readonly #measure: TypeMeasure;
  readonly #pointerSize: 4 | 8;

  constructor(metadata: Metadata, architecture: Architecture, machine: ConstructorParameters<typeof NativeCalls>[1], resolver?: Resolver) {
    this.#architecture = architecture;
    this.#metadata = metadata;
    this.#machine = machine;
    this.#pointerSize = processorFor(architecture).pointerSize;
    this.#measure = new TypeMeasure(metadata, this.#pointerSize, resolver);
    this.#types = new CrossingTypes(metadata, this.#pointerSize, { direction: 'reverse', host: 'core', resolver });
  }

  /** The thunk of a method, or why it cannot be made: the runtime finds out at the first call. */
  of(signature: Uint8Array, methodDef?: MethodDefToken): ReverseThunk | Unsupported {
    return attempt(() => this.#make(signature, methodDef));
  }

  /** The code behind a method's own entry, for callers that have managed values, or why it cannot be made. */
  ofEntry(signature: Uint8Array): ReverseThunk<ManagedCallPlan> | Unsupported {
    return attempt(() => {
      const plan = planManagedCall({ architecture: this.#architecture, metadata: this.#metadata, measure: this.#measure, signature });
      return plan.kind === 'unsupported' ? plan : this.#thunk(plan, false);
    });
  }

  #make(signature: Uint8Array, methodDef: MethodDefToken | undefined): ReverseThunk | Unsupported {
    this.#calls ??= new NativeCalls(this.#metadata, this.#machine);
    const calls = this.#calls;
    const plan = planReverseCall({
      architecture: this.#architecture,
      metadata: this.#metadata,
      types: this.#types,
      by: 'slot',
      signature,
      ...(methodDef !== undefined && { methodDef }),
      conventionOf: (decoded) => calls.conventionOf(methodDef ?? makeToken(0x06, 0), decoded),
    });
    return plan.kind === 'unsupported' ? plan : this.#thunk(plan, plan.convention.vararg);
  }

  #thunk<Plan extends { readonly placement: CallPlacement }>(plan: Plan, variadic: boolean): ReverseThunk<Plan> | Unsupported {
    const { placement } = plan;
    const stub: ReverseStub = { placement, record: transitionRecord(placement, this.#pointerSize), variadic };
    const write = reverseStubWriter(this.#architecture, stub);
    if (!write) return unsupported('The arguments take more room than a frame has');
    const shape = write(stub, 0, 0x4000);
    const unwind = stubUnwind(this.#architecture, stub, shape.length);
    return { kind: 'thunk', plan, size: shape.length, shape, ...(unwind && { unwind }), write: (code, data) => write(stub, code, data) };
  }
}

function attempt<Thunk>(make: () => Thunk | Unsupported): Thunk | Unsupported {
  try {
    return make();
  } catch (error) {
    if (error instanceof BadImageError) return unsupported(error.message);
    throw error;
  }
}
