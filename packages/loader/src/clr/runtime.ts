import { BadImageError } from '@ijw/binary';
import { Resolver } from '@ijw/metadata';
import { type GuestProcess, GuestStack, type MappedModule, type OsLoader } from '@ijw/windows';
import { ExecutableHeap } from '../code-memory/executable-heap.ts';
import { BootstrapThunks } from '../hosts/bootstrap-thunks.ts';
import type { Host } from '../load/host.ts';
import type { Trace } from '../load/load-event.ts';
import type { ContextRequest, LoaderOptions } from '../load/loader-options.ts';
import { type ManagedEntry, RecordingManagedEntry } from '../load/managed-entry.ts';
import type { ThunkPlatform } from '../platform/thunk-platform.ts';
import { thunkPlatformFor } from '../platform/thunk-platform-for.ts';
import { createContext, type LoadContext, type LoadedAssembly } from './bind/load-context.ts';
import { referencedAssemblies } from './bind/referenced-assemblies.ts';
import type { BoundPInvoke } from './calls/p-invoke.ts';
import type { IjwData } from './fixups/fix-up-vtables.ts';
import type { FixedSlot, FixedSlots } from './fixups/fixed-slots.ts';

/** The managed half of the process: contexts, assemblies, and what each mapped image's slots have become. */
export class Runtime {
  readonly host: Host;
  readonly process: GuestProcess;
  readonly platform: ThunkPlatform;
  /** Bootstrap thunks and marshalling code. Precodes have runs of their own. */
  readonly heap: ExecutableHeap;
  readonly osLoader: OsLoader<Trace>;
  readonly bootstrap: BootstrapThunks;
  readonly managedEntry: ManagedEntry;
  readonly options: LoaderOptions;
  readonly #ijwData = new Map<number, IjwData>();
  readonly #contexts = new Map<string, LoadContext>([['Default', createContext('Default')]]);
  readonly #pinvokes = new Map<number, BoundPInvoke[]>();
  readonly #pinvokesByToken = new Map<number, ReadonlyMap<number, BoundPInvoke>>();
  #stack: GuestStack | undefined;
  #resolver: Resolver | undefined;
  /** Marshal.GetLastPInvokeError: the last error that a P/Invoke has saved. */
  savedError = 0;
  started = false;

  constructor(options: LoaderOptions, process: GuestProcess, osLoader: OsLoader<Trace>) {
    this.options = options;
    this.host = options.host;
    this.process = process;
    this.platform = thunkPlatformFor(process.architecture);
    this.heap = new ExecutableHeap(process.memory, this.platform.heapBase, process.processor.pointerSize);
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

  ijwData(base: number): IjwData {
    let data = this.#ijwData.get(base);
    if (!data) {
      data = { fixedUp: false };
      this.#ijwData.set(base, data);
    }
    return data;
  }

  /** The slot whose thunk begins at an address, and the base of its image. */
  slotAt(thunk: number): { readonly base: number; readonly slots: FixedSlots; readonly slot: FixedSlot } | undefined {
    for (const [base, { slots }] of this.#ijwData) {
      const slot = slots?.at(thunk);
      if (slots && slot) return { base, slots, slot };
    }
    return undefined;
  }

  /** Finds types of assemblies that the provider has; `undefined` where there is no provider. */
  get resolver(): Resolver | undefined {
    const { provider } = this.options;
    this.#resolver ??= provider && new Resolver(referencedAssemblies(provider));
    return this.#resolver;
  }

  /** The stack of the thread that runs native code, made for the first of it. */
  get stack(): GuestStack {
    this.#stack ??= new GuestStack(this.process);
    return this.#stack;
  }

  pinvokesOf(base: number): readonly BoundPInvoke[] {
    return this.#pinvokes.get(base) ?? [];
  }

  /** P/Invokes are bound once an image: the first load's are everybody's. */
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

  /** What the file has at an RVA; zero beyond its bytes. */
  fileValue({ image }: MappedModule, rva: number, width: 4 | 8): bigint {
    try {
      const reader = image.readerAt(rva, width, 'a slot');
      return width === 8 ? reader.u64() : BigInt(reader.u32());
    } catch (error) {
      if (error instanceof BadImageError) return 0n;
      throw error;
    }
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

  /** Forgets what belonged to an image that is mapped no more. */
  forget(base: number): void {
    this.#ijwData.delete(base);
    this.#pinvokes.delete(base);
    this.#pinvokesByToken.delete(base);
  }

  start(cause: string, trace: Trace): void {
    if (this.started) return;
    this.started = true;
    const runtime = this.host === 'core' ? 'CoreCLR' : 'CLR 4';
    trace.add({ step: 'startRuntime', runtime, cause });
  }
}

/** Something that the runtime does, and where its steps are recorded. */
export interface RuntimeRun {
  readonly runtime: Runtime;
  readonly trace: Trace;
}
