import { BadImageError, hex } from '@ijw/binary';
import { type Architecture, asAddress, type Fault, isFault, mayExecute, pageRightsText, readPointer } from '@ijw/machine';
import type { CallShape, Unsupported } from '@ijw/marshalling';
import type { BoundImport, MappedModule } from '@ijw/windows';
import type { LoadedAssembly } from './clr/bind/load-context.ts';
import type { BoundPInvoke } from './clr/calls/bound-p-invoke.ts';
import type { CallResult, Use } from './clr/calls/call-result.ts';
import type { FixedSlot, FixedSlots } from './clr/fixups/fixed-slots.ts';
import type { PlacedStub } from './clr/fixups/marshalling-stubs.ts';
import { fieldRva } from './clr/image/field-rva.ts';
import { cliHeaderOf } from './clr/image/image-view.ts';
import type { Runtime, RuntimeRun } from './clr/runtime.ts';
import { attemptCall, CallDispatcher } from './execution/call-dispatcher.ts';
import type { CalledModule } from './execution/called-module.ts';
import type { ExecutionResult } from './execution/execution-result.ts';
import type { VariableArgument } from './execution/forward-execution.ts';
import { NativeExecution } from './execution/native-execution.ts';
import { readFixupRecords } from './hosts/fixup-records.ts';
import type { Host } from './load/host.ts';
import type { Trace } from './load/load-event.ts';

/** The marshalling code of a method, or why it has none. */
export type ThunkStub = (PlacedStub & { readonly bytes: Uint8Array; readonly unwindBytes?: Uint8Array }) | Unsupported;

/** What is in a slot: an address is a number; a bigint is a value beyond 2^53, which no address has. */
export type SlotWord = number | bigint;

/** What a slot leads to. */
export type SlotTarget =
  /** A thunk of the runtime: `reverse` for native callers, `managed` for the method's own entry. */
  | {
      readonly kind: 'reverse' | 'managed';
      readonly address: number;
      readonly size: number;
      readonly bytes: Uint8Array;
      /** The marshalling code of a `reverse` thunk, which its first call makes, or whoever asks for it here. */
      readonly stub?: ThunkStub;
    }
  /** ijwhost's, which starts the runtime. */
  | { readonly kind: 'bootstrap'; readonly address: number; readonly size: number; readonly bytes: Uint8Array }
  /** What the file has there, or anything else that is not a thunk. */
  | { readonly kind: 'raw' };

/** One slot of the vtable fixups. */
export interface SlotState {
  readonly record: number;
  /** Type of the record. */
  readonly type: number;
  readonly rva: number;
  /** Address of the slot. */
  readonly slot: number;
  /** The token the file has there. */
  readonly token: number;
  /** `Namespace.Type::Name`; the empty string where the token does not name a method. */
  readonly method: string;
  /** The slot's bytes as the file has them, and as they are now. */
  readonly before: SlotWord;
  readonly after: SlotWord;
  readonly content: SlotTarget;
}

export interface LoadedModuleInit extends RuntimeRun {
  readonly module: MappedModule | undefined;
  readonly assembly: LoadedAssembly | undefined;
  readonly image: MappedModule['image'];
  readonly nativeFirst: boolean;
  readonly describeToken: (token: number) => string;
}

/** A module in the process: loaded, or left mapped by a load that was refused. */
export class LoadedModule {
  readonly image: MappedModule['image'];
  readonly host: Host;
  readonly architecture: Architecture;
  readonly nativeFirst: boolean;
  readonly #runtime: Runtime;
  readonly #trace: Trace;
  readonly #module: MappedModule | undefined;
  readonly #calls: CallDispatcher;
  readonly #execution: NativeExecution;
  readonly #describeToken: (token: number) => string;
  #assembly: LoadedAssembly | undefined;

  constructor(init: LoadedModuleInit) {
    this.image = init.image;
    this.host = init.runtime.host;
    this.architecture = init.runtime.process.architecture;
    this.nativeFirst = init.nativeFirst;
    this.#runtime = init.runtime;
    this.#trace = init.trace;
    this.#module = init.module;
    this.#assembly = init.assembly;
    this.#describeToken = init.describeToken;
    const calls: CalledModule = {
      runtime: init.runtime,
      trace: init.trace,
      module: init.module,
      nativeFirst: init.nativeFirst,
      assembly: () => this.#loadedAssembly,
      adopt: (assembly) => {
        this.#assembly = assembly;
      },
    };
    this.#calls = new CallDispatcher(calls);
    this.#execution = new NativeExecution(calls);
  }

  /** 0 for an IL-only image that the Windows loader did not map. */
  get base(): number {
    return this.#module?.base ?? 0;
  }

  get size(): number {
    return this.#module?.size ?? 0;
  }

  /** The assembly of this load, or one that was loaded over the module since. */
  get #loadedAssembly(): LoadedAssembly | undefined {
    return this.#assembly ?? (this.#module && this.#runtime.assemblyOf(this.#module));
  }

  /** Display name of the assembly, once there is one. */
  get assemblyName(): string | undefined {
    return this.#loadedAssembly?.image.displayName;
  }

  /** Name of the AssemblyLoadContext. */
  get contextName(): string | undefined {
    return this.#loadedAssembly?.context.name;
  }

  /** Whether the module is mapped. */
  get mapped(): boolean {
    return this.#module !== undefined && this.#runtime.process.modules.get(this.#module.base) === this.#module;
  }

  get imports(): readonly BoundImport[] {
    return this.#module?.imports ?? [];
  }

  get pinvokes(): readonly BoundPInvoke[] {
    return this.#module ? this.#runtime.pinvokesOf(this.#module.base) : [];
  }

  /** How often `<Module>::.cctor` was begun for this assembly. */
  get constructorRuns(): number {
    return this.#loadedAssembly?.constructorRuns ?? 0;
  }

  /** Every slot with what it holds now, read from the process's memory. */
  get slots(): readonly SlotState[] {
    const module = this.#module;
    const cli = module && cliHeaderOf(module.image);
    if (!module || !cli || !this.mapped) return [];
    const { memory } = this.#runtime.process;
    const records = readFixupRecords(memory, module.base, cli);
    if (isFault(records)) return [];
    const slots: SlotState[] = [];
    for (const { index: record, rva, count, type } of records) {
      for (let index = 0; index < count; index++) {
        const width = slotWidth(type, this.#runtime);
        const state = this.#slotAt(module, record, type, rva + index * width, width);
        if (!state) break;
        slots.push(state);
      }
    }
    return slots;
  }

  /** The slot at an RVA. */
  slotAt(rva: number): SlotState | undefined {
    return this.slots.find((slot) => slot.rva === rva);
  }

  /** A copy of the module's memory as it is now. */
  read(rva: number, length: number): Uint8Array | Fault {
    return this.#runtime.process.memory.read(this.base + rva, length);
  }

  /** Writes into the module's memory as native code would. */
  write(rva: number, bytes: Uint8Array): Fault | undefined {
    return this.#runtime.process.memory.write(this.base + rva, bytes);
  }

  /** Rights of the page at an RVA, as `rwx` with dashes. */
  rightsAt(rva: number): string {
    return pageRightsText(this.#runtime.process.memory.query(this.base + rva).rights);
  }

  /** Where an RVA static of the image lives: base + RVA, shared with native code. `field` is a token or `Namespace.Type::Name`. */
  fieldAddress(field: string | number): number | undefined {
    const rva = this.#loadedAssembly && fieldRva(this.#loadedAssembly.image.metadata, field);
    return rva === undefined ? undefined : this.base + rva;
  }

  /** Calls what a slot holds as native code would: `slot` is its RVA. */
  callSlot(slot: number, ...args: readonly unknown[]): CallResult {
    return attemptCall(() => this.#calls.callSlot(slot, args));
  }

  /** GetProcAddress: where an export leads, through forwarders. */
  exportAddress(symbol: string | number): number | undefined {
    return this.#module && this.#runtime.osLoader.exportAddress(this.#module, symbol, this.#trace);
  }

  /** Calls an export as native code would. One whose code jumps through a slot is a call of that slot. */
  callExport(symbol: string | number, ...args: readonly unknown[]): CallResult {
    return attemptCall(() => this.#calls.callExport(symbol, args));
  }

  /**
   * Runs an export, or the code at an address, with native values: through slots and their marshalling code into managed code, which the process's
   * `ManagedEntry` runs, and back. Integers of eight bytes are `bigint`, structures are their bytes. Code that goes beyond the instructions and
   * functions that are here stops, with what it has done until then.
   * @throws UsageError where an argument does not fit its type
   */
  execute(target: string | number, shape: CallShape, ...args: readonly unknown[]): ExecutionResult {
    const address = typeof target === 'number' ? target : this.exportAddress(target);
    if (address === undefined) return { kind: 'stopped', address: 0, reason: `The module has no export ${target}` };
    return this.#execution.call(address, shape, args);
  }

  /**
   * Calls a P/Invoke as managed code would, and runs the native code behind it: activation, marshalling as its `stub` says, the call, and back.
   * `variable` are the arguments that a call site adds. `method` is a token or `Namespace.Type::Name`.
   * @throws UsageError where an argument is of another type than the signature's
   */
  executePInvoke(method: string | number, args: readonly unknown[], variable: readonly VariableArgument[] = []): ExecutionResult {
    return this.#calls.executePInvoke(this.#execution, method, args, variable);
  }

  /** Marshal.GetLastPInvokeError: what the last P/Invoke with SetLastError that was run has saved. */
  get savedError(): number {
    return this.#runtime.savedError;
  }

  /** Calls a method as reflection would. `method` is a token or `Namespace.Type::Name`. */
  call(method: string | number, ...args: readonly unknown[]): CallResult {
    return attemptCall(() => this.#calls.callMethod(method, args));
  }

  /** Uses the assembly in some other way. */
  use(use: Use): CallResult {
    return attemptCall(() => this.#calls.use(use));
  }

  /** FreeLibrary. A module that the CLR has loaded an assembly from stays mapped. Returns true if the module was unmapped. */
  unload(): boolean {
    if (!this.#module || !this.mapped) return false;
    return this.#runtime.freeLibrary(this.#module, this.#loadedAssembly !== undefined, this.#trace);
  }

  #slotAt(module: MappedModule, record: number, type: number, rva: number, width: 4 | 8): SlotState | undefined {
    const { memory } = this.#runtime.process;
    const slot = module.base + rva;
    const after = readPointer(memory, slot, width);
    if (isFault(after)) return undefined;
    const before = fileValue(module, rva, width);
    const token = Number(BigInt.asUintN(32, before));
    return {
      record,
      type,
      rva,
      slot,
      token,
      method: this.#describeToken(token),
      before: slotWord(before),
      after: slotWord(after),
      content: this.#targetOf(module, after),
    };
  }

  #targetOf(module: MappedModule, value: bigint): SlotTarget {
    const { platform, bootstrap } = this.#runtime;
    const address = asAddress(value);
    if (address === undefined) return { kind: 'raw' };
    const slots = this.#runtime.slotsOf(module.base);
    const fixed = slots?.at(address);
    if (slots && fixed) return this.#thunk(slots, fixed);
    const boot = bootstrap.at(address);
    if (!boot) return { kind: 'raw' };
    const { size } = platform.bootstrapThunk;
    return { kind: 'bootstrap', address, size, bytes: this.#bytes(boot.thunk, size) };
  }

  #thunk(slots: FixedSlots, slot: FixedSlot): SlotTarget {
    const { kind, address, size } = slot;
    const thunk = { kind, address, size, bytes: this.#bytes(address, size) };
    if (kind === 'managed') return thunk;
    const stub = (): ThunkStub => {
      const made = slots.prepare(slot, this.#trace) as PlacedStub | Unsupported;
      if (made.kind === 'unsupported') return made;
      const { address: code, size: length, unwind } = made;
      return Object.assign(made, {
        bytes: this.#bytes(code, length),
        ...(unwind && { unwindBytes: this.#bytes(unwind.address, unwind.size) }),
      });
    };
    return Object.defineProperty(thunk, 'stub', { enumerable: true, get: stub });
  }

  #bytes(address: number, size: number): Uint8Array {
    const { memory } = this.#runtime.process;
    const bytes = mayExecute(memory.query(address).rights) ? memory.fetch(address, size) : memory.read(address, size);
    if (isFault(bytes)) throw new Error(`The thunk at ${hex(address)} is gone`);
    return bytes;
  }
}

/** What the file has at an RVA; zero beyond its bytes. */
function fileValue({ image }: MappedModule, rva: number, width: 4 | 8): bigint {
  try {
    const reader = image.readerAt(rva, width, 'a slot');
    return width === 8 ? reader.u64() : BigInt(reader.u32());
  } catch (error) {
    if (error instanceof BadImageError) return 0n;
    throw error;
  }
}

const slotWord = (value: bigint): SlotWord => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value);

/**
 * Pointers where the record has the process's size bit, as the hosts go by. Else the ildasm rule: 4 bytes where COR_VTABLE_32BIT is set, 8 where it
 * is not.
 */
const slotWidth = (type: number, { platform, process }: Runtime): 4 | 8 => {
  if (type & platform.pointerSizedFixup) return process.processor.pointerSize;
  return type & 1 ? 4 : 8;
};
