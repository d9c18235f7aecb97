import { hex, hexBytes } from '@ijw/binary';
import type { MethodDefToken } from '@ijw/metadata';
import { type Unsupported, unsupported } from '../abi/abi-type.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import type { ReverseCallPlan } from '../thunk/reverse-call-plan.ts';
import { ReverseThunks } from '../thunk/reverse-thunk.ts';
import type { MappedModule } from '../windows/os-module.ts';
import type { AssemblyImage } from './assembly.ts';
import type { ResolvedMethod } from './resolve-fixup-token.ts';

/** Machine code in its place. */
export interface PlacedCode {
  readonly address: number;
  readonly size: number;
}

/** The marshalling code of a method, and what it does. */
export interface PlacedStub extends PlacedCode {
  readonly kind: 'stub';
  readonly plan: ReverseCallPlan;
}

/**
 * The marshalling code of one image's methods, made when a method is first called from native code (`UMThunkMarshInfo::RunTimeInit`). As the
 * runtime's IL stubs are, one is shared by all methods that are called in the same way: the method's identity comes with the call.
 */
export class MarshallingStubs {
  readonly #process: GuestProcess;
  readonly #module: MappedModule;
  readonly #thunks: ReverseThunks;
  /** By the code that a stub would have at one and the same place. */
  readonly #byShape = new Map<string, PlacedCode>();
  readonly #byToken = new Map<number, PlacedCode>();

  constructor(process: GuestProcess, module: MappedModule, { metadata, image }: AssemblyImage) {
    this.#process = process;
    this.#module = module;
    this.#thunks = new ReverseThunks(metadata, process.architecture, image);
  }

  /** Where every stub of the image hands its record over. */
  get gate(): number {
    const { base, name } = this.#module;
    return this.#process.gates.for(name, `managed code of ${name} at ${hex(base)}`, 'managed').address;
  }

  /** The managed code of a method. */
  entryOf({ token, name }: ResolvedMethod): number {
    return this.#process.gates.for(this.#module.name, name, 'managed', token).address;
  }

  /** The stub of a method, or why it has none: its first call goes to the runtime as it is. */
  of(method: ResolvedMethod): PlacedStub | Unsupported {
    if (!method.signature) return unsupported('The signature of the method is not known');
    const thunk = this.#thunks.of(method.signature, method.methodDef as MethodDefToken | undefined);
    if (thunk.kind === 'unsupported') return thunk;
    const placed = this.#byToken.get(method.token) ?? this.#place(method, thunk);
    return { kind: 'stub', ...placed, plan: thunk.plan };
  }

  #place({ token, name }: ResolvedMethod, thunk: { readonly size: number; write(code: number, data: number): Uint8Array }): PlacedCode {
    const shape = hexBytes(thunk.write(0, thunk.size));
    const known = this.#byShape.get(shape);
    const placed = known ?? this.#write(thunk);
    this.#byShape.set(shape, placed);
    this.#byToken.set(token, placed);
    this.#process.trace.add({ step: 'makeStub', token, method: name, ...placed, shared: known !== undefined });
    return placed;
  }

  #write(thunk: { readonly size: number; write(code: number, data: number): Uint8Array }): PlacedCode {
    const { heap } = this.#process;
    const { code, data } = heap.allocate(thunk.size, this.gate);
    heap.writeCode(code, thunk.write(code, data));
    return { address: code, size: thunk.size };
  }
}
