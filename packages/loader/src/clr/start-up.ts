import { BadImageError } from '@ijw/binary';
import { NativeCalls } from '@ijw/marshalling';
import { type Metadata, makeToken, TableId } from '@ijw/metadata';
import { type BoundImport, LoadRefusal, type MappedModule } from '@ijw/windows';
import { clrRefusal, clrRefusals } from '../load/clr-error.ts';
import type { Host } from '../load/host.ts';
import type { Trace } from '../load/load-event.ts';
import { ClrRefusal, refusalDetails } from '../load/load-refusal.ts';
import { moduleNotLoaded } from '../load/module-refusal.ts';
import {
  type BoundState,
  type FixedState,
  type LoadedState,
  type OpenState,
  START_UP,
  type StartUpPath,
  type StartUpState,
} from '../load/start-up.ts';
import { checkArchitecture } from './bind/check-architecture.ts';
import { checkFormat } from './bind/check-format.ts';
import { checkRuntimeVersion } from './bind/check-runtime-version.ts';
import { imageToCheck } from './bind/image-to-check.ts';
import type { LoadedAssembly } from './bind/load-context.ts';
import { checkExecution, checkMetadata, readManifest } from './bind/read-manifest.ts';
import { TypeLoader } from './bind/type-loader.ts';
import type { BoundPInvoke } from './calls/bound-p-invoke.ts';
import { runManagedDllMain } from './calls/managed-dll-main.ts';
import { activate } from './calls/module-constructor.ts';
import { bindPInvokes } from './calls/p-invoke.ts';
import { runProgram } from './calls/run-program.ts';
import { fixUpVTables } from './fixups/fix-up-vtables.ts';
import { type AssemblyImage, assemblyImage } from './image/assembly-image.ts';
import { isMixed, viewImage } from './image/image-view.ts';
import { type Bound, type Fixed, type Loaded, type LoadProgress, moduleOf, type Opened, type Viewed } from './load-progress.ts';
import type { Runtime, RuntimeRun } from './runtime.ts';

const OPEN: Readonly<Record<OpenState, (run: RuntimeRun, load: Opened) => Opened>> = {
  osLoad,
  startRuntime,
  refuseReflectionOnly: () => {
    throw clrRefusal({ rule: 'reflectionOnly', reason: '.NET has no reflection-only loads', exception: clrRefusals.reflectionOnly() });
  },
};

const deliverEvents = ({ trace }: RuntimeRun): void => trace.add({ step: 'deliverEvents' });

const BOUND: Readonly<Record<BoundState, (run: RuntimeRun, load: Bound) => void>> = {
  checkContext,
  requireModule,
  eagerFixups: ({ trace }) => trace.add({ step: 'eagerFixups' }),
  deliverEvents,
};

const FIXED: Readonly<Record<FixedState, (run: RuntimeRun, load: Fixed) => void>> = { deliverEvents, bindPInvokes: bindImagePInvokes };

const LOADED: Readonly<Record<LoadedState, (run: RuntimeRun, load: Loaded) => void>> = {
  activate: ({ runtime, trace }, { assembly, request }) => {
    activate({ managedEntry: runtime.managedEntry, trace, cause: request.isProgram ? '_CorExeMain' : '_CorDllMain' }, assembly);
  },
  managedEntryPoint: ({ runtime, trace }, { assembly }) => runManagedDllMain(runtime.managedEntry, assembly, trace),
  runProgram: ({ runtime: { process, managedEntry }, trace }, { assembly }) => runProgram({ process, managedEntry, trace }, assembly),
};

/**
 * Goes through the states of a path, stage by stage, and gives each stage that it reaches. Ends early where the context has the assembly already.
 * @throws LoadRefusal, which ends the load in the state before
 */
export function* startUp(run: RuntimeRun, path: StartUpPath, load: Opened): Generator<LoadProgress, void> {
  const { open, assembly } = START_UP[run.runtime.host][path];
  const enter = stateTrace(run.trace, path);
  let opened = load;
  for (const state of open) {
    enter(state);
    opened = OPEN[state](run, opened);
    yield opened;
  }
  if (!assembly) return;
  enter('checkFormat');
  const viewed = view(run, opened);
  yield viewed;
  enter('bindAssembly');
  const bound = bind(run, viewed);
  yield bound;
  const known = bound.request.context.assemblies.get(bound.bound.displayName);
  if (known) {
    yield alreadyLoaded(run, bound, known);
    return;
  }
  for (const state of assembly.bound) {
    enter(state);
    BOUND[state](run, bound);
  }
  let fixed: Fixed | undefined;
  if (assembly.fixed) {
    enter('fixUpVTables');
    fixed = fixUp(run, bound);
    yield fixed;
    for (const state of assembly.fixed) {
      enter(state);
      FIXED[state](run, fixed);
    }
  }
  enter('loaded');
  const loaded = finish(run, bound, fixed?.assembly ?? newAssembly(run.runtime, bound));
  yield loaded;
  for (const state of assembly.loaded) {
    enter(state);
    LOADED[state](run, loaded);
  }
}

function stateTrace(trace: Trace, path: StartUpPath): (state: StartUpState) => void {
  let from: StartUpState | 'unloaded' = path === 'firstCall' ? 'osLoad' : 'unloaded';
  return (to) => {
    trace.add({ step: 'state', from, to });
    from = to;
  };
}

/**
 * A program of .NET Framework is started by mscoree's `_CorExeMain`, which Windows calls whatever the image's own entry point is (.NET Framework hosting reference,
 * "_CorExeMain Function").
 */
function startRuntime({ runtime, trace }: RuntimeRun, load: Opened): Opened {
  const { isProgram, file } = load.request;
  const byExeMain = isProgram && runtime.host === 'framework';
  if (byExeMain) trace.add({ step: 'corExeMain', host: 'mscoree.dll', module: moduleOf(load)?.name ?? file ?? '' });
  runtime.start(byExeMain ? '_CorExeMain' : 'a managed caller', trace);
  return load;
}

/** On Windows the runtime prefers the Windows loader to its own for every file; an error there matters later, if at all. */
function osLoad({ runtime, trace }: RuntimeRun, load: Opened): Opened {
  const { image, file, base, isProgram, inBundle } = load.request;
  if (file === undefined || inBundle || load.mapping.kind === 'mapped') return load;
  try {
    return {
      ...load,
      mapping: {
        kind: 'mapped',
        module: runtime.osLoader.load({ image, path: file, base, isProgram: isProgram && runtime.host === 'framework' }, trace),
      },
    };
  } catch (error) {
    if (!(error instanceof LoadRefusal)) throw error;
    return { ...load, mapping: { kind: 'refused', refusal: error } };
  }
}

function view({ runtime, trace }: RuntimeRun, load: Opened): Viewed {
  const { image, file, inMemory } = load.request;
  const module = moduleOf(load);
  const seen = viewImage(imageToCheck(runtime, { image, module, file }), module !== undefined);
  if (inMemory) checkMetadata(seen);
  // A module that native code has loaded is only asked for its manifest, which an image that breaks a rule does not have.
  const exception = inMemory ? clrRefusals.manifestExpected(file) : clrRefusals.badIlFormat(file);
  return { ...load, stage: 'viewed', view: checkFormat({ trace, exception }, seen) };
}

function bind({ runtime, trace }: RuntimeRun, load: Viewed): Bound {
  const { view, request } = load;
  const { file, context } = request;
  const { metadata, displayName } = readManifest(view, file);
  checkCoreLibrary(runtime.host, displayName, file);
  checkArchitecture(view, runtime.process.architecture, file);
  const versioned = { version: metadata.root.version, mixed: isMixed(view.cli) };
  checkRuntimeVersion(runtime.id, versioned, runtime.options.legacyV2Policy ?? false);
  trace.add({ step: 'bindAssembly', assembly: displayName, context: context.name });
  return { ...load, stage: 'bound', bound: assemblyImage(view, { file, metadata, displayName }) };
}

/** The binder (binder/defaultassemblybinder.cpp, `BindUsingPEImage`) takes no second core library, the runtime's own file included. */
function checkCoreLibrary(host: Host, displayName: string, file: string | undefined): void {
  if (host !== 'core' || !/^System\.Private\.CoreLib,/i.test(displayName)) return;
  const exception = clrRefusals.assemblyNotFound(file ?? displayName);
  throw clrRefusal({
    rule: 'coreLibrary',
    reason: 'System.Private.CoreLib is part of the runtime and is not loaded from a file',
    exception,
  });
}

/** The reference of this load is released: a copy that was mapped for it is unmapped. */
function alreadyLoaded({ runtime, trace }: RuntimeRun, load: Bound, known: LoadedAssembly): Loaded {
  const module = moduleOf(load);
  if (module && runtime.osLoader.unload(module, trace)) runtime.forget(module.base);
  trace.add({ step: 'alreadyLoaded', assembly: load.bound.displayName, base: known.module?.base ?? 0 });
  return { ...load, stage: 'loaded', assembly: known, again: true };
}

function checkContext(_run: RuntimeRun, { bound, request: { context, file } }: Bound): void {
  checkExecution(bound);
  if (!bound.mixed || !context.collectible) return;
  const reason = `A mixed assembly cannot be in the collectible context ${context.name}`;
  throw clrRefusal({ rule: 'collectibleContext', reason, exception: clrRefusals.collectible(file) });
}

function requireModule(_run: RuntimeRun, { bound, mapping, request: { file, inBundle } }: Bound): void {
  if (!bound.mixed || mapping.kind === 'mapped') return;
  if (inBundle) {
    const reason = 'A mixed assembly cannot be loaded from inside a single-file bundle: the Windows loader needs a file of its own';
    throw clrRefusal({ rule: 'mixedInBundle', reason, exception: clrRefusals.badFormat(file) });
  }
  if (file === undefined || mapping.kind === 'none') {
    const reason = 'A mixed assembly must come from a file, so that the Windows loader can map it';
    throw clrRefusal({ rule: 'mixedFromBytes', reason, exception: clrRefusals.badFormat(file) });
  }
  throw new ClrRefusal(moduleNotLoaded(file, refusalDetails(mapping.refusal)));
}

function fixUp({ runtime, trace }: RuntimeRun, load: Bound): Fixed {
  const assembly = newAssembly(runtime, load);
  checkTypeNames(load.bound);
  const module = moduleOf(load);
  if (module) {
    const { process, host, bootstrap, platform, forms, heap } = runtime;
    const { types } = assembly;
    const lazy = { stack: () => runtime.stack, resolver: () => runtime.references?.resolver };
    const context = { process, host, assembly: load.bound, module, types, bootstrap, platform, forms, heap, ...lazy };
    fixUpVTables(context, assembly, runtime.fixups, trace);
  }
  return { ...load, stage: 'fixed', assembly };
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

const newAssembly = (runtime: Runtime, { mapping, bound, request }: Bound): LoadedAssembly => ({
  image: bound,
  module: mapping.kind === 'mapped' ? mapping.module : undefined,
  context: request.context,
  types: new TypeLoader(bound, runtime.references),
  path: request.file ?? '',
  activation: request.reflectionOnly ? 'forbidden' : 'none',
  constructorRuns: 0,
});

function bindImagePInvokes({ runtime, trace }: RuntimeRun, load: Fixed): void {
  const module = moduleOf(load);
  if (!module) return;
  const made = runtime.bindPInvokesOnce(module.base, () => boundPInvokes({ runtime, trace }, load, module));
  for (const { token, method, address, via } of made ?? []) {
    trace.add(address === undefined ? { step: 'bindPInvoke', token, method, via } : { step: 'bindPInvoke', token, method, via, address });
  }
}

function boundPInvokes({ runtime, trace }: RuntimeRun, { bound, assembly }: Fixed, module: MappedModule): BoundPInvoke[] {
  const imports = new Map(module.imports.map((entry) => [module.base + entry.iatRva, entry]));
  return bindPInvokes({
    process: runtime.process,
    assembly: bound,
    types: assembly.types,
    module,
    calls: nativeCalls(bound),
    importAt: (slot): BoundImport | undefined => imports.get(slot),
    loadModule: (name) => runtime.osLoader.dependency(name, trace),
    host: runtime.host,
    resolver: () => runtime.references?.resolver,
  });
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

function finish({ trace }: RuntimeRun, load: Bound, assembly: LoadedAssembly): Loaded {
  load.request.context.assemblies.set(assembly.image.displayName, assembly);
  trace.add({ step: 'loaded', assembly: assembly.image.displayName, base: moduleOf(load)?.base ?? 0 });
  return { ...load, stage: 'loaded', assembly, again: false };
}
