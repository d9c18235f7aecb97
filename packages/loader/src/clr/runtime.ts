import { BadImageError } from '@ijw/binary';
import { Resolver } from '@ijw/metadata';
import type { Host } from '../architecture.ts';
import { BootstrapThunks } from '../hosts/bootstrap-thunks.ts';
import type { ContextRequest, LoaderOptions } from '../loader-options.ts';
import { type ManagedEntry, RecordingManagedEntry } from '../managed-entry.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import { GuestStack } from '../process/guest-stack.ts';
import type { OsLoader } from '../windows/os-loader.ts';
import type { MappedModule } from '../windows/os-module.ts';
import { type AssemblyLoad, runStartUp } from './assembly-load.ts';
import type { CallResult } from './call-result.ts';
import { HResult } from './clr-error.ts';
import type { IjwData } from './fix-up-vtables.ts';
import type { FixedSlot, FixedSlots } from './fixed-slots.ts';
import { createContext, type LoadContext, type LoadedAssembly } from './load-context.ts';
import type { BoundPInvoke } from './p-invoke.ts';
import { referencedAssemblies } from './referenced-assemblies.ts';

/** The managed half of the process: contexts, assemblies, and what each mapped image's slots have become. */
export class Runtime {
  readonly host: Host;
  readonly process: GuestProcess;
  readonly osLoader: OsLoader;
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

  constructor(options: LoaderOptions, process: GuestProcess, osLoader: OsLoader) {
    this.options = options;
    this.host = options.host;
    this.process = process;
    this.osLoader = osLoader;
    this.bootstrap = new BootstrapThunks(process);
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

  /** What a bootstrap thunk does first. Answers with why there is no runtime. */
  startFromThunk(): CallResult | undefined {
    const config = this.options.runtimeConfig ?? 'present';
    if (config !== 'present' && !this.started)
      return runtimeNotStarted(config === 'missing' ? HResult.HOST_NO_RUNTIME_CONFIG : HResult.HOST_NO_RUNTIME);
    this.start('a bootstrap thunk');
    return undefined;
  }

  /** `InMemoryAssemblyLoader.LoadInMemoryAssembly`: the mapped module becomes an assembly of the default context. @throws LoadRefusal */
  loadInMemory(module: MappedModule): LoadedAssembly | undefined {
    const load: AssemblyLoad = { image: module.image, file: module.path, context: this.context('default'), module, inMemory: true };
    runStartUp(this, 'firstCall', load);
    return load.assembly;
  }

  /** The same from `_CorDllMain` of .NET Framework, while the Windows loader is still at work. @throws LoadRefusal */
  attachInMemory(module: MappedModule): void {
    this.loadInMemory(module);
  }

  /** The assembly over a mapped module; of several contexts the first. */
  assemblyOf(module: MappedModule): LoadedAssembly | undefined {
    for (const context of this.#contexts.values()) {
      for (const assembly of context.assemblies.values()) if (assembly.module === module) return assembly;
    }
    return undefined;
  }

  /** FreeLibrary. The runtime holds a reference to every module that it has an assembly of. Answers whether the module is gone. */
  freeLibrary(module: MappedModule, held: boolean): boolean {
    if (held) return false;
    const gone = this.osLoader.unload(module);
    if (gone) this.forget(module.base);
    return gone;
  }

  /** Forgets what belonged to an image that is mapped no more. */
  forget(base: number): void {
    this.#ijwData.delete(base);
    this.#pinvokes.delete(base);
    this.#pinvokesByToken.delete(base);
  }

  start(cause: string): void {
    if (this.started) return;
    this.started = true;
    const runtime = this.host === 'core' ? 'CoreCLR' : 'CLR 4';
    this.process.trace.add({ step: 'startRuntime', runtime, cause });
  }
}

const runtimeNotStarted = (hresult: number): CallResult => ({
  kind: 'processDied',
  hresult,
  reason: `Failed to start the .NET runtime. Error code: 0x${hresult.toString(16)}`,
});
