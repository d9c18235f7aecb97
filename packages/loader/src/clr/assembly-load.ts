import { BadImageError } from '@ijw/binary';
import { NativeCalls } from '@ijw/marshalling';
import { type Metadata, makeToken, TableId } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { START_UP, type StartUpPath, type StartUpState } from '../hosts/start-up.ts';
import { LoadRefusal } from '../load-refusal.ts';
import type { BoundImport, MappedModule } from '../windows/os-module.ts';
import { WindowsError } from '../windows/windows-error.ts';
import { type AssemblyImage, assemblyImage } from './assembly.ts';
import { checkArchitecture } from './check-architecture.ts';
import { checkFormat } from './check-format.ts';
import { clrRefusal, clrRefusals } from './clr-error.ts';
import { fixUpVTables } from './fix-up-vtables.ts';
import { imageToCheck } from './image-to-check.ts';
import { type ImageView, viewImage } from './image-view.ts';
import type { LoadContext, LoadedAssembly } from './load-context.ts';
import { runManagedEntryPoint } from './managed-dll-main.ts';
import { activate } from './module-constructor.ts';
import { bindPInvokes } from './p-invoke.ts';
import { checkMetadata, readManifest } from './read-manifest.ts';
import type { Runtime } from './runtime.ts';
import { TypeLoader } from './type-loader.ts';

/** One assembly on its way through the start-up states. */
export interface AssemblyLoad {
  readonly image: PEImage;
  /** Absent for images that came as bytes. */
  readonly file: string | undefined;
  readonly context: LoadContext;
  readonly base?: number;
  /** Only looked at: not mapped by the Windows loader, never run. */
  readonly reflectionOnly?: boolean;
  /** A mapped module becomes an assembly: the first call through a bootstrap thunk, or `_CorDllMain` of .NET Framework. */
  readonly inMemory?: boolean;
  module?: MappedModule;
  /** Why the Windows loader did not load it, which counts only once the module is needed. */
  moduleRefusal?: LoadRefusal;
  view?: ImageView;
  bound?: AssemblyImage;
  assembly?: LoadedAssembly;
  /** The context had the assembly already. */
  wasLoaded?: true;
}

/** What is done on entering a state. @throws LoadRefusal, which ends the load in the state before */
type StateHandler = (runtime: Runtime, load: AssemblyLoad) => void;

const HANDLERS: Readonly<Record<StartUpState, StateHandler>> = {
  osLoad,
  startRuntime: (runtime) => runtime.start('a managed caller'),
  refuseReflectionOnly: () => {
    throw clrRefusal({ rule: 'reflectionOnly', reason: '.NET has no reflection-only loads', exception: clrRefusals.reflectionOnly() });
  },
  checkFormat: checkImageFormat,
  bindAssembly,
  checkContext,
  requireModule,
  eagerFixups: ({ process }) => process.trace.add({ step: 'eagerFixups' }),
  deliverEvents: ({ process }) => process.trace.add({ step: 'deliverEvents' }),
  fixUpVTables: fixUpSlots,
  bindPInvokes: bindImagePInvokes,
  loaded,
  activate: (runtime, load) => {
    activate(runtime, load.assembly!, '_CorDllMain');
  },
  managedEntryPoint: (runtime, load) => runManagedEntryPoint(runtime, load.assembly!),
};

/**
 * Goes through the states of a path. Ends early where the assembly is there already.
 * @throws LoadRefusal
 */
export function runStartUp(runtime: Runtime, path: StartUpPath, load: AssemblyLoad): void {
  let from = path === 'firstCall' ? 'osLoad' : 'unloaded';
  for (const state of START_UP[runtime.host][path]) {
    runtime.process.trace.add({ step: 'state', from, to: state });
    HANDLERS[state](runtime, load);
    if (load.assembly && state === 'bindAssembly') return;
    from = state;
  }
}

/** On Windows the runtime prefers the Windows loader to its own for every file; what goes wrong there counts later, if at all. */
function osLoad(runtime: Runtime, load: AssemblyLoad): void {
  if (load.file === undefined || load.module) return;
  try {
    load.module = runtime.osLoader.load(load.image, load.file, load.base);
  } catch (error) {
    if (!(error instanceof LoadRefusal)) throw error;
    load.moduleRefusal = error;
  }
}

function checkImageFormat(runtime: Runtime, load: AssemblyLoad): void {
  load.view = viewImage(imageToCheck(runtime, load), load.module !== undefined);
  if (load.inMemory) checkMetadata(load.view);
  // A module that native code has loaded is only asked for its manifest, which an image that breaks a rule does not have.
  const exception = load.inMemory ? clrRefusals.manifestExpected(load.file) : clrRefusals.badIlFormat(load.file);
  checkFormat(runtime.process, load.view, exception);
}

function bindAssembly(runtime: Runtime, load: AssemblyLoad): void {
  const view = load.view!;
  const { metadata, displayName } = readManifest(view, load.file);
  checkArchitecture(view, runtime.process.architecture, load.file);
  load.bound = assemblyImage({ image: view.image, file: load.file }, view.cli!, metadata, displayName);
  runtime.process.trace.add({ step: 'bindAssembly', assembly: displayName, context: load.context.name });
  const known = load.context.assemblies.get(displayName);
  if (!known) return;
  load.assembly = known;
  load.wasLoaded = true;
  if (load.module) giveBack(runtime, load.module);
  runtime.process.trace.add({ step: 'alreadyLoaded', assembly: displayName, base: known.module?.base ?? 0 });
}

/** The reference of a load that found its assembly there already. A copy that was mapped for it goes again. */
function giveBack(runtime: Runtime, module: MappedModule): void {
  if (runtime.osLoader.unload(module)) runtime.forget(module.base);
}

function checkContext(_runtime: Runtime, load: AssemblyLoad): void {
  if (!load.bound?.mixed || !load.context.collectible) return;
  const reason = `A mixed assembly cannot be in the collectible context ${load.context.name}`;
  throw clrRefusal({ rule: 'collectibleContext', reason, exception: clrRefusals.collectible(load.file) });
}

function requireModule(_runtime: Runtime, load: AssemblyLoad): void {
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

function fixUpSlots(runtime: Runtime, load: AssemblyLoad): void {
  const bound = load.bound!;
  const assembly = newAssembly(load, bound);
  checkTypeNames(bound);
  if (load.module) {
    const data = runtime.ijwData(load.module.base);
    if (!data.fixedUp) data.owner = assembly;
    fixUpVTables({
      process: runtime.process,
      host: runtime.host,
      assembly: bound,
      module: load.module,
      types: assembly.types,
      bootstrap: runtime.bootstrap,
      data,
      stack: () => runtime.stack,
      resolver: () => runtime.resolver,
    });
  }
  load.assembly = assembly;
}

/** `ClassLoader::PopulateAvailableClassHashTable`: every type's name but that of `<Module>` is read before any type is loaded. */
function checkTypeNames({ metadata }: AssemblyImage): void {
  const { TypeDef } = metadata.tables;
  for (let rid = 2; rid <= TypeDef.rowCount; rid++) {
    if (hasString(metadata, TypeDef.get(rid, 'Name')) && hasString(metadata, TypeDef.get(rid, 'Namespace'))) continue;
    const place = { structure: 'TypeDef', token: makeToken(TableId.TypeDef, rid) };
    throw clrRefusal({ rule: 'typeName', reason: `The name of type ${rid} is not there`, exception: clrRefusals.invalidTypeName(), place });
  }
}

const hasString = (metadata: Metadata, offset: number): boolean => offset === 0 || offset < (metadata.stream('#Strings')?.length ?? 0);

const newAssembly = ({ module, context, file, reflectionOnly = false }: AssemblyLoad, image: AssemblyImage): LoadedAssembly => ({
  image,
  module,
  context,
  types: new TypeLoader(image),
  path: file ?? '',
  activation: reflectionOnly ? 'forbidden' : 'none',
  constructorRuns: 0,
});

function bindImagePInvokes(runtime: Runtime, load: AssemblyLoad): void {
  const { module, bound } = load;
  if (!module || !bound) return;
  const { process, osLoader } = runtime;
  const { types } = load.assembly!;
  const made = runtime.bindPInvokesOnce(module.base, () => {
    const calls = nativeCalls(bound);
    const imports = new Map(module.imports.map((entry) => [module.base + entry.iatRva, entry]));
    const importAt = (slot: number): BoundImport | undefined => imports.get(slot);
    const loadModule = (name: string) => osLoader.dependency(name);
    return bindPInvokes({
      process,
      assembly: bound,
      types,
      module,
      calls,
      importAt,
      loadModule,
      host: runtime.host,
      resolver: () => runtime.resolver,
    });
  });
  for (const { token, method, address, via } of made ?? []) {
    process.trace.add({ step: 'bindPInvoke', token, method, via, ...(address !== undefined && { address }) });
  }
}

/** Metadata that cannot be read in the middle of a load is a bad image. */
function nativeCalls({ metadata, image, displayName }: AssemblyImage): NativeCalls {
  try {
    return new NativeCalls(metadata, image);
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    throw clrRefusal({ rule: error.code, reason: error.message, exception: clrRefusals.invalidToken(displayName) });
  }
}

function loaded({ process }: Runtime, load: AssemblyLoad): void {
  const assembly = load.assembly ?? newAssembly(load, load.bound!);
  load.assembly = assembly;
  load.context.assemblies.set(assembly.image.displayName, assembly);
  process.trace.add({ step: 'loaded', assembly: assembly.image.displayName, base: load.module?.base ?? 0 });
}
