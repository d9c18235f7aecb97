import { OBSERVED_RUNTIME, RUNTIME_PROFILES, type RuntimeId } from '@ijw/assembly/runtime-profiles';
import { UsageError } from '@ijw/binary';
import { type GuestProcess, GuestStack, type MappedModule, type OsLoader } from '@ijw/windows';
import { ExecutableHeap } from '../code-memory/executable-heap.ts';
import { BootstrapThunks } from '../hosts/bootstrap-thunks.ts';
import type { Host } from '../load/host.ts';
import type { Trace } from '../load/load-event.ts';
import type { ContextRequest, LoaderOptions } from '../load/loader-options.ts';
import { type ManagedEntry, RecordingManagedEntry } from '../load/managed-entry.ts';
import { type ThunkForms, thunkFormsOf } from '../platform/thunk-forms.ts';
import type { ThunkPlatform } from '../platform/thunk-platform.ts';
import { thunkPlatformFor } from '../platform/thunk-platform-for.ts';
import { createContext, type LoadContext, type LoadedAssembly } from './bind/load-context.ts';
import type { BoundPInvoke } from './calls/bound-p-invoke.ts';
import type { ImageFixups } from './fixups/fix-up-vtables.ts';
import type { FixedSlot, FixedSlots } from './fixups/fixed-slots.ts';
import { type References, referencesIn } from './image/referenced-assemblies.ts';

/** The managed part of the process: contexts, assemblies, and the slots of each mapped image. */
export class Runtime {
  readonly host: Host;
  readonly id: RuntimeId;
  readonly process: GuestProcess;
  readonly platform: ThunkPlatform;
  /** Of the thunks that this version of the runtime makes. */
  readonly forms: ThunkForms;
  /** Bootstrap thunks and marshalling code. Precodes have runs of their own. */
  readonly heap: ExecutableHeap;
  readonly osLoader: OsLoader<Trace>;
  readonly bootstrap: BootstrapThunks;
  readonly managedEntry: ManagedEntry;
  readonly options: LoaderOptions;
  /** By the base of the image. */
  readonly fixups = new Map<number, ImageFixups>();
  readonly #contexts = new Map<string, LoadContext>([['Default', createContext('Default')]]);
  readonly #pinvokes = new Map<number, BoundPInvoke[]>();
  readonly #pinvokesByToken = new Map<number, ReadonlyMap<number, BoundPInvoke>>();
  #stack: GuestStack | undefined;
  #references: References | undefined;
  /** Marshal.GetLastPInvokeError: the last error that a P/Invoke has saved. */
  savedError = 0;
  started = false;

  constructor(options: LoaderOptions, process: GuestProcess, osLoader: OsLoader<Trace>) {
    this.options = options;
    this.host = options.host;
    this.id = runtimeOf(options);
    this.process = process;
    this.platform = thunkPlatformFor(process.architecture);
    this.forms = thunkFormsOf(this.platform, this.id);
    this.heap = new ExecutableHeap(process.memory, process.processor.pointerSize);
    this.osLoader = osLoader;
    this.bootstrap = new BootstrapThunks({ process, platform: this.platform, heap: this.heap });
    this.managedEntry = options.managedEntry ?? new RecordingManagedEntry();
  }

  context(request: ContextRequest): LoadContext {
    const name = request === 'default' ? 'Default' : request.name;
    const known = this.#contexts.get(name);
    if (known) return known;
    const made = createContext(name, request !== 'default' && (request.collectible ?? false));
    this.#contexts.set(name, made);
    return made;
  }

  /** The targets of an image's slots. */
  slotsOf(base: number): FixedSlots | undefined {
    const known = this.fixups.get(base);
    return known && known.stage !== 'begun' ? known.slots : undefined;
  }

  /** The slot whose thunk begins at an address. */
  slotAt(thunk: number): ImageSlot | undefined {
    for (const base of this.fixups.keys()) {
      const slots = this.slotsOf(base);
      const slot = slots?.at(thunk);
      if (slots && slot) return { base, slots, slot };
    }
    return undefined;
  }

  /** Assemblies that the provider has; `undefined` without a provider. */
  get references(): References | undefined {
    const { provider } = this.options;
    this.#references ??= provider && referencesIn(provider);
    return this.#references;
  }

  /** The stack of the thread that runs native code, made for the first of it. */
  get stack(): GuestStack {
    this.#stack ??= new GuestStack(this.process);
    return this.#stack;
  }

  pinvokesOf(base: number): readonly BoundPInvoke[] {
    return this.#pinvokes.get(base) ?? [];
  }

  /** P/Invokes are bound once for each image, at its first load. */
  bindPInvokesOnce(base: number, bind: () => BoundPInvoke[]): readonly BoundPInvoke[] | undefined {
    if (this.#pinvokes.has(base)) return undefined;
    const bound = bind();
    this.#pinvokes.set(base, bound);
    return bound;
  }

  pinvokeOf(base: number, token: number): BoundPInvoke | undefined {
    let byToken = this.#pinvokesByToken.get(base);
    if (!byToken) {
      byToken = new Map(this.pinvokesOf(base).map((pinvoke) => [pinvoke.token, pinvoke]));
      this.#pinvokesByToken.set(base, byToken);
    }
    return byToken.get(token);
  }

  /** The assembly over a mapped module; of several contexts the first. */
  assemblyOf(module: MappedModule): LoadedAssembly | undefined {
    for (const context of this.#contexts.values()) {
      for (const assembly of context.assemblies.values()) if (assembly.module === module) return assembly;
    }
    return undefined;
  }

  /** FreeLibrary. The runtime holds a reference to every module that it has an assembly of. Returns true if the module was unmapped. */
  freeLibrary(module: MappedModule, held: boolean, trace: Trace): boolean {
    if (held) return false;
    const gone = this.osLoader.unload(module, trace);
    if (gone) this.forget(module.base);
    return gone;
  }

  /** Removes the data of an image that is no longer mapped. */
  forget(base: number): void {
    this.fixups.delete(base);
    this.#pinvokes.delete(base);
    this.#pinvokesByToken.delete(base);
  }

  start(cause: string, trace: Trace): void {
    if (this.started) return;
    this.started = true;
    trace.add({ step: 'startRuntime', runtime: RUNTIME_PROFILES[this.id].engine, cause });
  }
}

/** @throws UsageError where the runtime is not one of the host's */
function runtimeOf({ host, runtime = host === 'core' ? OBSERVED_RUNTIME : 'net40' }: LoaderOptions): RuntimeId {
  if (RUNTIME_PROFILES[runtime].host === host) return runtime;
  throw new UsageError(`${RUNTIME_PROFILES[runtime].name} does not have the ${host} host`);
}

/** A slot of a mapped image that has been fixed up. */
export interface ImageSlot {
  readonly base: number;
  readonly slots: FixedSlots;
  readonly slot: FixedSlot;
}

/** An action of the runtime, with its trace. */
export interface RuntimeRun {
  readonly runtime: Runtime;
  readonly trace: Trace;
}
