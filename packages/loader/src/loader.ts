import { processPlatform } from '@ijw/assembly/runtime-profiles';
import { BadImageError, hex, ifReadable } from '@ijw/binary';
import { type Architecture, architectureOf } from '@ijw/machine';
import { Metadata, methodFullName, type Token, tableNameOf, tokenTable } from '@ijw/metadata';
import { imageKind, PEImage, readCliHeader } from '@ijw/pe';
import { GuestProcess, isDll, LoadRefusal, OsLoader, placeOf } from '@ijw/windows';
import type { LoadContext } from './clr/bind/load-context.ts';
import { hostEntryPoint } from './clr/cor-dll-main.ts';
import { assemblyDisplayName } from './clr/image/assembly-image.ts';
import { asRuntimeSees } from './clr/image/image-view.ts';
import { type AssemblyRequest, type LoadProgress, moduleOf, opened } from './clr/load-progress.ts';
import { Runtime, type RuntimeRun } from './clr/runtime.ts';
import { startUp } from './clr/start-up.ts';
import { ijwhost, mscoree, withHosts } from './hosts/host-provider.ts';
import { clrRefusal, clrRefusals } from './load/clr-error.ts';
import { Trace } from './load/load-event.ts';
import { type ClrRefusalDetails, refusalDetails } from './load/load-refusal.ts';
import type { ImageInput, LoaderOptions, LoadRequest } from './load/loader-options.ts';
import { type RefusedImage, refusalOf } from './load/refusal-by-runtime.ts';
import type { StartUpPath } from './load/start-up.ts';
import type { LoadOutcome } from './load-outcome.ts';
import { LoadedModule } from './loaded-module.ts';
import { thunkPlatformFor } from './platform/thunk-platform-for.ts';

/** One call of `load`. */
interface Load extends RuntimeRun {
  readonly path: StartUpPath;
  readonly request: AssemblyRequest;
}

/**
 * A process that loads mixed-mode images as the CLR does. Each call of `load` is one load into the same process: the second load of an image, a
 * copy of it, another context are what they are in a real process.
 */
export class Loader {
  readonly #options: LoaderOptions;
  #runtime: Runtime | undefined;
  #contexts = 0;

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  /** The process, once something was loaded into it. */
  get process(): GuestProcess | undefined {
    return this.#runtime?.process;
  }

  /** Loads an image. What the CLR or Windows refuses is an outcome, not an exception. @throws BadImageError when the bytes are not a PE image; UnsupportedError for an assembly without an image; UsageError when `base` cannot be a base */
  load(input: ImageInput, request: LoadRequest = {}): LoadOutcome {
    const image = imageOf(input);
    const runtime = this.#start(image, request);
    runtime.process.steps.renew();
    const trace = new Trace();
    const file = request.path ?? request.name ?? 'image.dll';
    trace.add({ step: 'open', file, size: image.bytes.length, machine: image.machine });
    const nativeFirst = request.nativeFirst ?? this.#options.nativeFirst ?? false;
    const from = request.from ?? (startsProgram(runtime, image) ? 'program' : 'path');
    const path = nativeFirst ? 'native' : from === 'reflectionOnly' || from === 'program' ? from : 'managed';
    const load: Load = { runtime, trace, path, request: this.#request(runtime, image, file, { ...request, from }) };
    const { host } = this.#options;
    const common = { host, runtime: runtime.id, architecture: runtime.process.architecture, nativeFirst };
    const wasMapped = runtime.osLoader.find(file) !== undefined;
    let reached: LoadProgress = opened(load.request);
    try {
      if (nativeFirst) requireFile(load.request);
      for (const progress of startUp(load, path, reached)) reached = progress;
      if (nativeFirst && reached.mapping.kind === 'refused') throw reached.mapping.refusal;
      const module = describe(load, reached);
      const again = nativeFirst ? wasMapped : reached.stage === 'loaded' && reached.again;
      return withEvents({ outcome: 'loaded', hresult: 0, module, again, ...common }, trace);
    } catch (error) {
      const details = detailsOf(error, load.request.file);
      const { rule, reason, place, fatal = false } = details;
      const { observed, ...known } = refusalOf(runtime.id, details, refusedImage(load.request));
      const said = { rule, ...known, reason, ...(place && { place }) };
      trace.add({ step: 'refuse', ...said });
      const module = leaveMapped(load, reached, rule) ? describe(load, reached) : undefined;
      const refused = { outcome: 'refused' as const, ...said, fatal, ...(observed && { observed }), ...(module && { module }), ...common };
      return withEvents(refused, trace);
    }
  }

  /** The process is made for the first image, unless the caller said what it is. */
  #start(image: PEImage, request: LoadRequest): Runtime {
    if (this.#runtime) return this.#runtime;
    const architecture = this.#options.architecture ?? defaultArchitecture(image);
    const process = new GuestProcess(architecture, {
      first: placeOf(image, request.base ?? this.#options.base),
      ...(this.#options.commitLimit !== undefined && { commitLimit: this.#options.commitLimit }),
    });
    const hosts = [ijwhost(thunkPlatformFor(architecture).hostEntryNames), mscoree];
    const osLoader = new OsLoader<Trace>({
      process,
      provider: withHosts(hosts, architecture, this.#options.provider),
      entryPointHost: hostEntryPoint(() => runtime),
      relocate: this.#options.relocate ?? true,
    });
    const runtime: Runtime = new Runtime(this.#options, process, osLoader);
    this.#runtime = runtime;
    return runtime;
  }

  #request(runtime: Runtime, image: PEImage, file: string, request: LoadRequest): AssemblyRequest {
    const base = request.base ?? this.#options.base;
    return {
      image,
      file: request.from === 'bytes' ? undefined : file,
      context: this.#context(runtime, request),
      ...(request.from === 'program' && !request.nativeFirst && { isProgram: true }),
      ...(request.from === 'bundle' && { inBundle: true }),
      ...(base !== undefined && { base }),
      ...(request.from === 'reflectionOnly' && { reflectionOnly: true }),
    };
  }

  #context(runtime: Runtime, request: LoadRequest): LoadContext {
    if (request.from === 'reflectionOnly') return runtime.context({ name: 'ReflectionOnly' });
    if (request.from === 'loadFile') return runtime.context({ name: `LoadFile #${++this.#contexts}` });
    if (request.context !== undefined) return runtime.context(request.context);
    if (request.from === 'bytes') return runtime.context({ name: `Load(byte[]) #${++this.#contexts}` });
    return runtime.context('default');
  }
}

/** Bytes of another realm are not an instance of this one's `Uint8Array`. */
function imageOf(input: ImageInput): PEImage {
  if (input instanceof PEImage) return input;
  return 'requireImage' in input ? input.requireImage() : PEImage.parse(input);
}

/** .NET Framework runs an EXE as the program of a process in which nothing is loaded yet. */
const startsProgram = (runtime: Runtime, image: PEImage): boolean =>
  runtime.host === 'framework' && !runtime.started && !isDll({ image }) && ifReadable(() => readCliHeader(image)) !== undefined;

/** The parts of messages about an image that can be read. */
function refusedImage({ image, file }: AssemblyRequest): RefusedImage {
  const seen = asRuntimeSees(image);
  const metadata = readMetadata(seen);
  const assembly = metadata && ifReadable(() => assemblyDisplayName(metadata));
  return { file, mixed: ifReadable(() => imageKind(seen)) === 'mixed', assembly, version: metadata?.root.version };
}

/** Of the process that loads an image on 64-bit Windows. */
function defaultArchitecture(image: PEImage): Architecture {
  const platform = ifReadable(() => processPlatform(image, readCliHeader(image)));
  if (platform?.anyCpu) return platform.architecture === 'x86' ? 'x86' : 'x64';
  return architectureOf(image.machine) ?? 'x64';
}

/** @throws LoadRefusal */
function requireFile({ file }: AssemblyRequest): void {
  if (file !== undefined) return;
  throw clrRefusal({ rule: 'nativeFromBytes', reason: 'LoadLibrary needs a file', exception: clrRefusals.badFormat(undefined) });
}

/** Rules that are broken before the runtime holds on to the module: the reference of the load is given back, which unmaps it. */
function leaveMapped({ runtime, trace }: Load, reached: LoadProgress, rule: string): boolean {
  const module = moduleOf(reached);
  if (!module) return false;
  const held = reached.stage !== 'opened' && reached.stage !== 'viewed' && rule !== 'collectibleContext';
  if (!held) runtime.freeLibrary(module, runtime.assemblyOf(module) !== undefined, trace);
  return held;
}

function describe({ runtime, trace, path, request: { image } }: Load, reached: LoadProgress): LoadedModule {
  const metadata = readMetadata(asRuntimeSees(image));
  const mapped = moduleOf(reached);
  const made = reached.stage === 'fixed' || reached.stage === 'loaded' ? reached.assembly : undefined;
  const assembly = made ?? (path === 'native' && mapped ? runtime.assemblyOf(mapped) : undefined);
  return new LoadedModule({
    runtime,
    trace,
    module: assembly?.module ?? mapped,
    assembly,
    image,
    nativeFirst: path === 'native',
    describeToken: (token) => describeToken(metadata, token),
  });
}

/** The trace is read when it is asked for: a load of thousands of slots makes objects for events only when they are read. */
const withEvents = <T extends object>(outcome: T, trace: Trace): T & Pick<LoadOutcome, 'events'> =>
  Object.defineProperty(outcome, 'events', { enumerable: true, get: () => trace.events }) as T & Pick<LoadOutcome, 'events'>;

/** Malformed bytes that no rule checks are a bad image for the CLR. */
function detailsOf(error: unknown, file: string | undefined): ClrRefusalDetails {
  if (error instanceof LoadRefusal) return refusalDetails(error);
  if (!(error instanceof BadImageError)) throw error;
  const exception = clrRefusals.badFormat(file);
  return { rule: error.code, hresult: exception.hresult, reason: error.message, exception, place: { structure: error.reading } };
}

const readMetadata = (image: PEImage): Metadata | undefined => ifReadable(() => Metadata.of(image));

const METHOD_TABLES: readonly (string | undefined)[] = ['MethodDef', 'MemberRef', 'MethodSpec'];

/** The method's name, or the token's digits where the method cannot be read. */
function describeToken(metadata: Metadata | undefined, token: number): string {
  if (!metadata || !METHOD_TABLES.includes(tableNameOf(tokenTable(token)))) return '';
  try {
    return methodFullName(metadata, token as Token);
  } catch (error) {
    if (error instanceof BadImageError) return hex(token, 8);
    throw error;
  }
}
