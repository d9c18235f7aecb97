import { BadImageError, hex, ifReadable } from '@ijw/binary';
import { Metadata, methodFullName, type Token, tableNameOf, tokenTable } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { type Architecture, architectureOf } from './architecture.ts';
import { type AssemblyLoad, runStartUp } from './clr/assembly-load.ts';
import { clrRefusal, clrRefusals } from './clr/clr-error.ts';
import { asRuntimeSees } from './clr/image-view.ts';
import type { LoadContext } from './clr/load-context.ts';
import { Runtime } from './clr/runtime.ts';
import { hostEntryPoint } from './hosts/host-entry-point.ts';
import { ijwhost, ijwhostX86, mscoree } from './hosts/host-modules.ts';
import { Trace } from './load-event.ts';
import type { LoadOutcome } from './load-outcome.ts';
import { LoadRefusal, type LoadRefusalDetails } from './load-refusal.ts';
import { LoadedModule } from './loaded-module.ts';
import type { ImageInput, LoaderOptions, LoadRequest } from './loader-options.ts';
import { GuestProcess } from './process/guest-process.ts';
import { firstOf, modulesByName } from './windows/module-provider.ts';
import { OsLoader } from './windows/os-loader.ts';
import { windowsRefusal } from './windows/windows-error.ts';

interface Machinery {
  readonly process: GuestProcess;
  readonly runtime: Runtime;
}

/**
 * A process that loads mixed-mode images as the CLR does. Each call of `load` is one load into the same process: the second load of an image, a
 * copy of it, another context are what they are in a real process.
 */
export class Loader {
  readonly #options: LoaderOptions;
  #machinery: Machinery | undefined;
  #contexts = 0;

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  /** The process, once something was loaded into it. */
  get process(): GuestProcess | undefined {
    return this.#machinery?.process;
  }

  /** Loads an image. What the CLR or Windows refuses is an outcome, not an exception. @throws BadImageError when the bytes are no PE image; UsageError when `base` is none */
  load(input: ImageInput, request: LoadRequest = {}): LoadOutcome {
    const image = input instanceof PEImage ? input : PEImage.parse(input);
    const trace = new Trace();
    const { process, runtime } = this.#start(image, trace);
    process.trace = trace;
    const nativeFirst = request.nativeFirst ?? this.#options.nativeFirst ?? false;
    const path = request.path ?? request.name ?? 'image.dll';
    trace.add({ step: 'open', file: path, size: image.bytes.length, machine: image.machine });
    const base = request.base ?? this.#options.base;
    const load: AssemblyLoad = {
      image,
      file: request.from === 'bytes' ? undefined : path,
      context: this.#context(runtime, request),
      ...(base !== undefined && { base }),
      ...(request.from === 'reflectionOnly' && { reflectionOnly: true }),
    };
    const common = {
      host: this.#options.host,
      architecture: process.architecture,
      nativeFirst,
    };
    try {
      const again = nativeFirst ? this.#loadNative(runtime, load) : this.#loadManaged(runtime, load);
      const module = this.#describe(runtime, load, nativeFirst);
      return withEvents({ outcome: 'loaded', hresult: 0, module, again, ...common }, trace);
    } catch (error) {
      const { rule, hresult, reason, place, exception, fatal = false } = refusalDetails(error, load.file);
      trace.add({ step: 'refuse', rule, hresult, reason, ...(place && { place }), ...(exception && { exception }) });
      const left = this.#leaveMapped(runtime, load, rule) ? this.#describe(runtime, load, nativeFirst) : undefined;
      const refused = {
        outcome: 'refused' as const,
        hresult,
        rule,
        reason,
        fatal,
        ...(place && { place }),
        ...(exception && { exception }),
        ...(left && { module: left }),
        ...common,
      };
      return withEvents(refused, trace);
    }
  }

  /** The process is made for the first image, unless the caller said what it is. */
  #start(image: PEImage, trace: Trace): Machinery {
    if (this.#machinery) return this.#machinery;
    const architecture: Architecture = this.#options.architecture ?? architectureOf(image.machine) ?? 'x64';
    const process = new GuestProcess(architecture, trace, this.#options.commitLimit);
    const hosts = modulesByName([
      ['ijwhost.dll', architecture === 'x86' ? ijwhostX86 : ijwhost],
      ['mscoree.dll', mscoree],
    ]);
    const osLoader = new OsLoader({
      process,
      provider: this.#options.provider ? firstOf(this.#options.provider, hosts) : hosts,
      hostEntryPoint: hostEntryPoint(() => runtime),
      relocate: this.#options.relocate ?? true,
    });
    const runtime: Runtime = new Runtime(this.#options, process, osLoader);
    this.#machinery = { process, runtime };
    return this.#machinery;
  }

  #context(runtime: Runtime, request: LoadRequest): LoadContext {
    if (request.from === 'reflectionOnly') return runtime.context({ name: 'ReflectionOnly' });
    if (request.from === 'loadFile') return runtime.context({ name: `LoadFile #${++this.#contexts}` });
    if (request.context !== undefined) return runtime.context(request.context);
    if (request.from === 'bytes') return runtime.context({ name: `Load(byte[]) #${++this.#contexts}` });
    return runtime.context('default');
  }

  #loadManaged(runtime: Runtime, load: AssemblyLoad): boolean {
    runStartUp(runtime, load.reflectionOnly ? 'reflectionOnly' : 'managed', load);
    return load.wasLoaded ?? false;
  }

  #loadNative(runtime: Runtime, load: AssemblyLoad): boolean {
    if (load.file === undefined) {
      const reason = 'LoadLibrary needs a file';
      throw clrRefusal({ rule: 'nativeFromBytes', reason, exception: clrRefusals.badFormat(undefined) });
    }
    const again = runtime.osLoader.find(load.file) !== undefined;
    runStartUp(runtime, 'native', load);
    if (load.moduleRefusal) throw load.moduleRefusal;
    if (!load.module) throw windowsRefusal('MOD_NOT_FOUND', 'moduleNotFound', `${load.file} was not found`);
    const assembly = runtime.assemblyOf(load.module);
    if (assembly) load.assembly = assembly;
    return again;
  }

  /** Rules that are broken before the runtime holds on to the module: the reference of the load is given back, which unmaps it. */
  #leaveMapped(runtime: Runtime, load: AssemblyLoad, rule: string): boolean {
    const { module } = load;
    if (!module) return false;
    const held = load.bound !== undefined && rule !== 'collectibleContext';
    if (!held) runtime.freeLibrary(module, runtime.assemblyOf(module) !== undefined);
    return held;
  }

  #describe(runtime: Runtime, load: AssemblyLoad, nativeFirst: boolean): LoadedModule {
    const metadata = readMetadata(asRuntimeSees(load.image));
    return new LoadedModule({
      runtime,
      module: load.assembly?.module ?? load.module,
      assembly: load.assembly,
      image: load.image,
      nativeFirst,
      describeToken: (token) => describeToken(metadata, token),
    });
  }
}

/** The trace is read when it is asked for: a load of thousands of slots makes no objects for events that nobody looks at. */
const withEvents = <T extends object>(outcome: T, trace: Trace): T & Pick<LoadOutcome, 'events'> =>
  Object.defineProperty(outcome, 'events', { enumerable: true, get: () => trace.events }) as T & Pick<LoadOutcome, 'events'>;

/** Bytes that turn out to be bad where no rule looked at them are a bad image to the CLR. */
function refusalDetails(error: unknown, file: string | undefined): LoadRefusalDetails {
  if (error instanceof LoadRefusal) return error.details;
  if (!(error instanceof BadImageError)) throw error;
  const exception = clrRefusals.badFormat(file);
  return { rule: error.code, hresult: exception.hresult, reason: error.message, exception, place: { structure: error.reading } };
}

const readMetadata = (image: PEImage): Metadata | undefined => ifReadable(() => Metadata.of(image));

const METHOD_TABLES: readonly (string | undefined)[] = ['MethodDef', 'MemberRef', 'MethodSpec'];

/** The method's name, or the token's digits where it is no method that can be read. */
function describeToken(metadata: Metadata | undefined, token: number): string {
  if (!metadata || !METHOD_TABLES.includes(tableNameOf(tokenTable(token)))) return '';
  try {
    return methodFullName(metadata, token as Token);
  } catch (error) {
    if (error instanceof BadImageError) return hex(token, 8);
    throw error;
  }
}
