import { BadImageError } from '@ijw/binary';
import { faultText, isFault } from '@ijw/machine';
import { Metadata, makeToken, TableId } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { NativeCalls } from '@ijw/vtfixup';
import { START_UP, type StartUpPath, type StartUpState } from '../hosts/start-up.ts';
import { type ClrException, LoadRefusal } from '../load-refusal.ts';
import type { BoundImport, MappedModule } from '../windows/os-module.ts';
import { WindowsError } from '../windows/windows-error.ts';
import { type AssemblyImage, assemblyDisplayName, assemblyImage, knownDisplayName } from './assembly.ts';
import { identityProblem } from './assembly-identity-rules.ts';
import { checkArchitecture } from './check-architecture.ts';
import { checkFormat } from './check-format.ts';
import { metadataProblem } from './cli-header-rules.ts';
import { clrRefusal, clrRefusals, fatalRefusal } from './clr-error.ts';
import { fixUpVTables } from './fix-up-vtables.ts';
import { asRuntimeSees, CLI_HEADER_SIZE, cliHeaderOf, type ImageView, viewImage } from './image-view.ts';
import type { LoadContext, LoadedAssembly } from './load-context.ts';
import { runManagedEntryPoint } from './managed-dll-main.ts';
import { activate } from './module-constructor.ts';
import { bindPInvokes } from './p-invoke.ts';
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

/** Of a module that native code has loaded the metadata is opened before anything else is looked at (`PEAssembly::Open` of an HMODULE). */
function checkMetadata(view: ImageView): void {
  if (!view.cli) return;
  const problem = metadataProblem(view, view.cli);
  if (problem?.kind !== 'corrupt') {
    readMetadata(view);
    return;
  }
  const exception = clrRefusals.corruptMetadata();
  throw clrRefusal({ rule: 'metadataRoot', reason: `The image ${problem.text}`, exception, place: { structure: 'metadata root' } });
}

/** The runtime looks at the mapped image, where ijwhost may have written thunks over what it looks at: then it is read again from there. */
function imageToCheck({ process, bootstrap }: Runtime, { image, module, file }: AssemblyLoad): PEImage {
  if (!module) return asRuntimeSees(image);
  const cli = cliHeaderOf(image);
  const looksAt = [
    { rva: 0, size: image.optionalHeader.sizeOfHeaders },
    ...(cli ? [{ rva: asRuntimeSees(image).dataDirectories[14]?.rva ?? 0, size: CLI_HEADER_SIZE }, cli.metaData] : []),
  ];
  if (!looksAt.some(({ rva, size }) => bootstrap.hasWritten(module.base, rva, size))) return asRuntimeSees(image);
  const bytes = process.memory.read(module.base, module.size);
  if (isFault(bytes)) throw fatalRefusal('imageFault', `The mapped image cannot be read: ${faultText(bytes)}`);
  try {
    return PEImage.parse(bytes, { layout: 'mapped' });
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    const reason = `The headers of the mapped image have been written over: ${error.message}`;
    throw clrRefusal({ rule: error.code, reason, exception: clrRefusals.badIlFormat(file), place: { structure: error.reading } });
  }
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

interface Manifest {
  readonly metadata: Metadata;
  readonly displayName: string;
}

function readManifest(view: ImageView, file: string | undefined): Manifest {
  const metadata = readMetadata(view);
  const displayName = metadata && readDisplayName(metadata);
  if (metadata && displayName !== undefined) checkIdentity(metadata, file);
  if (metadata && displayName !== undefined) return { metadata, displayName };
  throw clrRefusal({ rule: 'noManifest', reason: 'The image has no assembly manifest', exception: clrRefusals.manifestExpected(file) });
}

/** ECMA-335 II.24.2.6, and the versions before it: 1.0, 1.1 and 2.0. */
const TABLES_VERSIONS: readonly string[] = ['1.0', '1.1', '2.0'];

function readMetadata(view: ImageView): Metadata | undefined {
  try {
    checkRootVersion(view);
    const metadata = Metadata.of(view.image);
    const header = metadata?.stream('#~');
    if (header && !TABLES_VERSIONS.includes(`${header[4]}.${header[5]}`)) {
      const reason = `The tables stream has version ${header[4]}.${header[5]}`;
      throw clrRefusal({ rule: 'tablesVersion', reason, exception: clrRefusals.oldMetadata(), place: { structure: 'tables header' } });
    }
    // The tables are laid out when they are first asked for.
    return metadata?.tables && metadata;
  } catch (error) {
    throw manifestRefusal(error, clrRefusals.corruptMetadata());
  }
}

/** `MDFormat::VerifySignature` (md/runtime/mdinternaldisp.cpp): version 1.1 of the metadata root and no other. */
function checkRootVersion({ image, cli }: ImageView): void {
  const root = image.readerAt(cli!.metaData.rva + ROOT_VERSION, 4, 'the metadata root');
  const [major, minor] = [root.u16(), root.u16()];
  if (major === 1 && minor === 1) return;
  const reason = `The metadata root has version ${major}.${minor}`;
  throw clrRefusal({ rule: 'metadataVersion', reason, exception: clrRefusals.oldMetadata(), place: { structure: 'metadata root' } });
}

const ROOT_VERSION = 4;

/** `AssemblyName::Init` (binder/assemblyname.cpp): the name, the flags and the public key must make an identity. */
function checkIdentity(metadata: Metadata, file: string | undefined): void {
  const problem = identityProblem(metadata);
  if (!problem) return;
  const exception = problem.rule === 'publicKey' ? clrRefusals.invalidPublicKey() : clrRefusals.invalidName(file);
  throw clrRefusal({ ...problem, exception, place: { structure: 'Assembly' } });
}

function readDisplayName(metadata: Metadata): string | undefined {
  try {
    return assemblyDisplayName(metadata);
  } catch (error) {
    throw manifestRefusal(error, clrRefusals.manifestIndexNotFound(knownDisplayName(metadata)));
  }
}

function manifestRefusal(error: unknown, exception: ClrException): unknown {
  if (!(error instanceof BadImageError)) return error;
  return clrRefusal({ rule: error.code, reason: error.message, exception, place: { structure: error.reading } });
}
