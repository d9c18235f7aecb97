import { BadImageError } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { NativeCalls } from '@ijw/vtfixup';
import type { Host } from '../architecture.ts';
import { BootstrapThunks } from '../hosts/bootstrap-thunks.ts';
import { START_UP, type StartUpPath, type StartUpState } from '../hosts/start-up.ts';
import { LoadRefusal } from '../load-refusal.ts';
import type { ContextRequest, LoaderOptions } from '../loader-options.ts';
import { type ManagedEntry, RecordingManagedEntry } from '../managed-entry.ts';
import { precodeThunkBuilder } from '../precode-thunk-builder.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import type { ThunkBuilder } from '../thunk-builder.ts';
import type { OsLoader } from '../windows/os-loader.ts';
import type { MappedModule } from '../windows/os-module.ts';
import { WindowsError } from '../windows/windows-error.ts';
import { type AssemblyImage, assemblyDisplayName, assemblyImage } from './assembly.ts';
import type { CallResult } from './call-result.ts';
import { checkArchitecture } from './check-architecture.ts';
import { checkFormat } from './check-format.ts';
import { clrRefusal, clrRefusals, HResult } from './clr-error.ts';
import { fixUpVTables, type IjwData } from './fix-up-vtables.ts';
import { type ImageView, viewImage } from './image-view.ts';
import { createContext, type LoadContext, type LoadedAssembly } from './load-context.ts';
import { activate } from './module-constructor.ts';
import { type BoundPInvoke, bindPInvokes } from './p-invoke.ts';
import { TypeLoader } from './type-loader.ts';

/** One assembly on its way through the start-up states. */
export interface AssemblyLoad {
  readonly image: PEImage;
  /** Absent for images that came as bytes. */
  readonly file: string | undefined;
  readonly context: LoadContext;
  readonly base?: number;
  module?: MappedModule;
  /** Why the Windows loader did not load it, which counts only once the module is needed. */
  moduleRefusal?: LoadRefusal;
  view?: ImageView;
  bound?: AssemblyImage;
  assembly?: LoadedAssembly;
}

/** The managed half of the process: contexts, assemblies, and what each mapped image's slots have become. */
export class Runtime {
  readonly host: Host;
  readonly process: GuestProcess;
  readonly osLoader: OsLoader;
  readonly bootstrap: BootstrapThunks;
  readonly managedEntry: ManagedEntry;
  readonly options: LoaderOptions;
  readonly #thunkBuilder: ThunkBuilder;
  readonly #ijwData = new Map<number, IjwData>();
  readonly #contexts = new Map<string, LoadContext>([['Default', createContext('Default')]]);
  readonly #pinvokes = new Map<number, BoundPInvoke[]>();
  readonly #pinvokesByToken = new Map<number, ReadonlyMap<number, BoundPInvoke>>();
  started = false;

  constructor(options: LoaderOptions, process: GuestProcess, osLoader: OsLoader) {
    this.options = options;
    this.host = options.host;
    this.process = process;
    this.osLoader = osLoader;
    this.bootstrap = new BootstrapThunks(process);
    this.managedEntry = options.managedEntry ?? new RecordingManagedEntry();
    this.#thunkBuilder = options.thunkBuilder ?? precodeThunkBuilder;
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
      data = { fixedUp: false, slots: [], byAddress: new Map() };
      this.#ijwData.set(base, data);
    }
    return data;
  }

  pinvokesOf(base: number): readonly BoundPInvoke[] {
    return this.#pinvokes.get(base) ?? [];
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
    const load: AssemblyLoad = { image: module.image, file: module.path, context: this.context('default'), module };
    this.run('firstCall', load);
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

  /**
   * Goes through the states of a path. Ends early where the assembly is there already.
   * @throws LoadRefusal
   */
  run(path: StartUpPath, load: AssemblyLoad): void {
    let from = path === 'firstCall' ? 'osLoad' : 'unloaded';
    for (const state of START_UP[this.host][path]) {
      this.process.trace.add({ step: 'state', from, to: state });
      this.#enter(state, load);
      if (load.assembly && state === 'bindAssembly') return;
      from = state;
    }
  }

  #enter(state: StartUpState, load: AssemblyLoad): void {
    const handlers: Readonly<Record<StartUpState, () => void>> = {
      osLoad: () => this.#osLoad(load),
      startRuntime: () => this.start('a managed caller'),
      checkFormat: () => this.#checkFormat(load),
      bindAssembly: () => this.#bindAssembly(load),
      checkContext: () => this.#checkContext(load),
      requireModule: () => this.#requireModule(load),
      eagerFixups: () => this.process.trace.add({ step: 'eagerFixups' }),
      deliverEvents: () => this.process.trace.add({ step: 'deliverEvents' }),
      fixUpVTables: () => this.#fixUpVTables(load),
      bindPInvokes: () => this.#bindPInvokes(load),
      loaded: () => this.#loaded(load),
      activate: () => this.#activate(load),
    };
    handlers[state]();
  }

  start(cause: string): void {
    if (this.started) return;
    this.started = true;
    const runtime = this.host === 'core' ? 'CoreCLR' : 'CLR 4';
    this.process.trace.add({ step: 'startRuntime', runtime, cause });
  }

  /** On Windows the runtime prefers the Windows loader to its own for every file; what goes wrong there counts later, if at all. */
  #osLoad(load: AssemblyLoad): void {
    if (load.file === undefined || load.module) return;
    try {
      load.module = this.osLoader.load(load.image, load.file, load.base);
    } catch (error) {
      if (!(error instanceof LoadRefusal)) throw error;
      load.moduleRefusal = error;
    }
  }

  #checkFormat(load: AssemblyLoad): void {
    load.view = viewImage(load.image, load.module !== undefined);
    checkFormat(this.process, load.view, load.file);
  }

  #bindAssembly(load: AssemblyLoad): void {
    const view = load.view!;
    const { metadata, displayName } = readManifest(view, load.file);
    checkArchitecture(view, this.process.architecture, load.file);
    load.bound = assemblyImage(load.image, view.cli!, metadata, displayName);
    this.process.trace.add({ step: 'bindAssembly', assembly: displayName, context: load.context.name });
    const known = load.context.assemblies.get(displayName);
    if (!known) return;
    load.assembly = known;
    if (load.module) this.#giveBack(load.module);
    this.process.trace.add({ step: 'alreadyLoaded', assembly: displayName, base: known.module?.base ?? 0 });
  }

  /** The reference of a load that found its assembly there already. A copy that was mapped for it goes again. */
  #giveBack(module: MappedModule): void {
    if (this.osLoader.unload(module)) this.forget(module.base);
  }

  #checkContext(load: AssemblyLoad): void {
    if (!load.bound?.mixed || !load.context.collectible) return;
    const reason = `A mixed assembly cannot be in the collectible context ${load.context.name}`;
    throw clrRefusal({ rule: 'collectibleContext', reason, exception: clrRefusals.collectible(load.file) });
  }

  #requireModule(load: AssemblyLoad): void {
    if (!load.bound?.mixed || load.module) return;
    if (load.file === undefined) {
      const reason = 'A mixed assembly must come from a file, so that the Windows loader can map it';
      throw clrRefusal({ rule: 'mixedFromBytes', reason, exception: clrRefusals.badFormat(undefined) });
    }
    const { details } = load.moduleRefusal!;
    const text = Object.values(WindowsError).find((error) => error.hresult === details.hresult)?.text ?? details.reason;
    const exception = clrRefusals.moduleNotLoaded(load.file, details.hresult, text);
    throw new LoadRefusal({ ...details, exception });
  }

  #fixUpVTables(load: AssemblyLoad): void {
    const bound = load.bound!;
    const assembly: LoadedAssembly = {
      image: bound,
      module: load.module,
      context: load.context,
      types: new TypeLoader(bound),
      path: load.file ?? '',
      activation: 'none',
      constructorRuns: 0,
    };
    if (load.module) {
      const data = this.ijwData(load.module.base);
      if (!data.fixedUp) data.owner = assembly;
      fixUpVTables({
        process: this.process,
        host: this.host,
        assembly: bound,
        module: load.module,
        types: assembly.types,
        bootstrap: this.bootstrap,
        thunkBuilder: this.#thunkBuilder,
        data,
      });
    }
    load.assembly = assembly;
  }

  #bindPInvokes(load: AssemblyLoad): void {
    const { module, bound } = load;
    if (!module || !bound || this.#pinvokes.has(module.base)) return;
    const bind = (): BoundPInvoke[] => {
      const calls = new NativeCalls(bound.metadata, bound.image);
      const { types } = load.assembly!;
      return bindPInvokes({
        process: this.process,
        assembly: bound,
        types,
        module,
        calls,
        loadModule: (name) => this.osLoader.dependency(name),
      });
    };
    const pinvokes = this.#attempt(bind, bound);
    this.#pinvokes.set(module.base, pinvokes);
    for (const { token, method, address, via } of pinvokes) {
      this.process.trace.add({ step: 'bindPInvoke', token, method, via, ...(address !== undefined && { address }) });
    }
  }

  /** Metadata that cannot be read in the middle of a load is a bad image. */
  #attempt<T>(read: () => T, assembly: AssemblyImage): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof BadImageError)) throw error;
      throw clrRefusal({ rule: error.code, reason: error.message, exception: clrRefusals.invalidToken(assembly.displayName) });
    }
  }

  #loaded(load: AssemblyLoad): void {
    const assembly = load.assembly!;
    load.context.assemblies.set(assembly.image.displayName, assembly);
    this.process.trace.add({ step: 'loaded', assembly: assembly.image.displayName, base: load.module?.base ?? 0 });
  }

  #activate(load: AssemblyLoad): void {
    activate(this, load.assembly!, '_CorDllMain');
  }
}

function readManifest(view: ImageView, file: string | undefined): { readonly metadata: Metadata; readonly displayName: string } {
  try {
    const metadata = Metadata.of(view.image);
    const displayName = metadata && assemblyDisplayName(metadata);
    if (metadata && displayName !== undefined) return { metadata, displayName };
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    throw clrRefusal({
      rule: error.code,
      reason: error.message,
      exception: clrRefusals.badFormat(file),
      place: { structure: error.reading },
    });
  }
  throw clrRefusal({ rule: 'noManifest', reason: 'The image has no assembly manifest', exception: clrRefusals.manifestExpected(file) });
}

const runtimeNotStarted = (hresult: number): CallResult => ({
  kind: 'processDied',
  hresult,
  reason: `Failed to start the .NET runtime. Error code: 0x${hresult.toString(16)}`,
});
