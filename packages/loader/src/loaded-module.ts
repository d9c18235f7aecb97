import { type Architecture, type Fault, pageRightsText } from '@ijw/machine';
import type { CallShape } from '@ijw/marshalling';
import { fieldFullName, type Metadata, makeToken, TableId, tokenRid } from '@ijw/metadata';
import type { BoundImport, MappedModule } from '@ijw/windows';
import type { LoadedAssembly } from './clr/bind/load-context.ts';
import type { BoundPInvoke } from './clr/calls/bound-p-invoke.ts';
import type { CallResult, Use } from './clr/calls/call-result.ts';
import type { Runtime, RuntimeRun } from './clr/runtime.ts';
import { attemptCall, CallDispatcher } from './execution/call-dispatcher.ts';
import type { CalledModule } from './execution/called-module.ts';
import type { ExecutionResult } from './execution/execution-result.ts';
import type { VariableArgument } from './execution/forward-execution.ts';
import { NativeExecution } from './execution/native-execution.ts';
import type { Host } from './load/host.ts';
import type { Trace } from './load/load-event.ts';
import { readSlots, type SlotState } from './slot-state.ts';

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
    if (!this.#module || !this.mapped) return [];
    return readSlots({ runtime: this.#runtime, trace: this.#trace, module: this.#module, describeToken: this.#describeToken });
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

  /** Calls what the first slot holds, without arguments: native first this is what starts the runtime. `undefined` where the image has no slots. */
  callFirstSlot(): CallResult | undefined {
    const [first] = this.slots;
    return first && this.callSlot(first.rva);
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
}

/** The RVA of a static field that has its data in the image; `Name` alone is one of `<Module>`. */
function fieldRva(metadata: Metadata, field: string | number): number | undefined {
  const { Field, FieldRVA } = metadata.tables;
  const wanted = typeof field === 'string' && !field.includes('::') ? `<Module>::${field}` : field;
  for (let rid = 1; rid <= FieldRVA.rowCount; rid++) {
    const token = makeToken(TableId.Field, tokenRid(FieldRVA.column('Field').token(rid)));
    if (!Field.has(tokenRid(token))) continue;
    if (token === wanted || (typeof wanted === 'string' && fieldFullName(metadata, token) === wanted)) return FieldRVA.get(rid, 'RVA');
  }
  return undefined;
}
