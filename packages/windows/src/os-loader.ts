import { BadImageError, ifReadable } from '@ijw/binary';
import { architectureOf } from '@ijw/machine';
import { CorFlags, PEImage, readCliHeader } from '@ijw/pe';
import { bindImports } from './bind-imports.ts';
import { callEntryPoint, callTlsCallback, type EntryPointHost } from './call-entry-point.ts';
import { findExport } from './find-export.ts';
import type { GuestProcess } from './guest-process.ts';
import { type ImagePlace, LoadRefusal } from './load-refusal.ts';
import type { LoadRun } from './load-run.ts';
import { type Mapping, mapImage, protectSections } from './map-image.ts';
import type { HostModule, ImageModule, ModuleProvider } from './module-provider.ts';
import { fileName, type HostedModule, isDll, type MappedModule, type OsModule } from './os-module.ts';
import { relocateImage } from './relocate-image.ts';
import { initializeSecurityCookie } from './security-cookie.ts';
import { initializeTls } from './thread-local-storage.ts';
import { windowsRefusal } from './windows-error.ts';
import type { DllReason, WindowsTrace } from './windows-event.ts';

export interface OsLoaderOptions<T extends WindowsTrace = WindowsTrace> {
  readonly process: GuestProcess;
  readonly provider: ModuleProvider;
  /** Called when an entry point reaches one of its functions. */
  readonly entryPointHost?: EntryPointHost<T>;
  /** False: images are not relocated. */
  readonly relocate: boolean;
}

export interface LoadLibraryRequest {
  readonly image: PEImage;
  /** The file's path, which is the module's identity. */
  readonly path: string;
  /** The base to use instead of the preferred base. */
  readonly base?: number | undefined;
  /** CreateProcess, not LoadLibrary: the image is the program of the process. */
  readonly isProgram?: boolean | undefined;
}

/** One call of LoadLibrary in progress. */
interface Loading<T extends WindowsTrace> extends LoadRun<T> {
  /** The modules that it mapped, imports before importers: the order in which entry points are called. */
  readonly order: MappedModule[];
}

/** The longest chain of imported modules; a longer one is refused. */
const MODULE_LIMIT = 512;

/** LoadLibrary and FreeLibrary of one process. Each call gets the trace that its steps go to. */
export class OsLoader<T extends WindowsTrace = WindowsTrace> {
  readonly #process: GuestProcess;
  readonly #options: OsLoaderOptions<T>;
  /** Images by lower-case path. */
  readonly #byPath = new Map<string, MappedModule>();

  constructor(options: OsLoaderOptions<T>) {
    this.#options = options;
    this.#process = options.process;
  }

  /** The mapped module of a path, if there is one: GetModuleHandle. */
  find(path: string): MappedModule | undefined {
    return this.#byPath.get(path.toLowerCase());
  }

  /**
   * LoadLibrary: maps the image and everything it imports, then calls the entry points, the imports' first. Of a program that is loaded like a DLL no import is
   * bound and nothing runs; the program of the process is bound.
   * @throws LoadRefusal; nothing of the image stays mapped then
   */
  load({ image, path, base, isProgram }: LoadLibraryRequest, trace: T): MappedModule {
    const loaded = this.find(path);
    if (loaded) {
      loaded.references++;
      return loaded;
    }
    this.#process.steps.renew();
    return this.#attempt(trace, (loading) => this.#map(loading, { image, path, base, isProgram }));
  }

  /** FreeLibrary: tells the entry points, then unmaps. A module that has references left stays. */
  unload(module: MappedModule, trace: T): boolean {
    module.references--;
    if (module.references > 0) return false;
    this.#process.steps.renew();
    const run = { process: this.#process, trace };
    if (module.attached) this.#callEntryPoints(run, module, 'processDetach');
    this.#unmap(run, module);
    return true;
  }

  /** A module by name as an import would find it, for P/Invokes. Entry points of a module that is mapped now are called at once. */
  dependency(name: string, trace: T): OsModule | undefined {
    try {
      return this.#attempt(trace, (loading) => this.#dependency(loading, name));
    } catch (error) {
      if (error instanceof LoadRefusal) return undefined;
      throw error;
    }
  }

  /** GetProcAddress. */
  exportAddress(module: MappedModule, symbol: string | number, trace: T): number | undefined {
    return findExport(this.#process, module, symbol, (name) => this.dependency(name, trace))?.address;
  }

  /** Maps the requested image and calls the entry points. @throws LoadRefusal; nothing that was mapped on the way stays then */
  #attempt<M>(trace: T, map: (loading: Loading<T>) => M): M {
    const loading: Loading<T> = { process: this.#process, trace, order: [] };
    try {
      const mapped = map(loading);
      for (const member of loading.order) this.#attach(loading, member);
      return mapped;
    } catch (error) {
      for (const member of loading.order.reverse()) this.#unmap(loading, member);
      throw asRefusal(error);
    }
  }

  #map(loading: Loading<T>, { image, path, base, isProgram = false }: LoadLibraryRequest): MappedModule {
    const ilOnly = isForEveryProcess(image);
    if (!ilOnly && (architectureOf(image.machine) !== this.#process.architecture || image.machineOs !== undefined)) {
      const machine = `${image.machineOs ? `${image.machineOs} ` : ''}${image.machine}`;
      const reason = `${fileName(path)} is for ${machine}, the process is ${this.#process.architecture}`;
      throw windowsRefusal('BAD_EXE_FORMAT', 'wrongMachine', reason, { structure: 'COFF header', field: 'Machine' });
    }
    const name = fileName(path);
    const mapping = mapImage(loading, { image, module: name, relocate: this.#options.relocate, ...(base !== undefined && { base }) });
    const module: MappedModule = {
      kind: 'image',
      name,
      path,
      image,
      base: mapping.base,
      size: mapping.size,
      imports: [],
      isProgram,
      references: 1,
      attached: false,
      ilOnly: ilOnly && this.#process.architecture !== 'x86',
    };
    this.#process.modules.set(module.base, module);
    this.#byPath.set(path.toLowerCase(), module);
    this.#link(loading, module, mapping);
    return module;
  }

  #link(loading: Loading<T>, module: MappedModule, mapping: Mapping): void {
    const { order } = loading;
    const mappedBefore = order.length;
    try {
      if (this.#options.relocate) relocateImage(loading, module.image, module.name, mapping);
      if (!module.ilOnly && (module.isProgram || isDll(module))) {
        const load = (name: string): OsModule | undefined => this.#dependency(loading, name, module.name);
        bindImports(loading, module, { load, known: (name) => this.#known(loading, name) });
        initializeTls(loading, module);
      }
      if (!module.ilOnly) initializeSecurityCookie(loading, module);
      protectSections(loading, module.image, module.name, mapping);
    } catch (error) {
      order.splice(mappedBefore, 0, module);
      throw error;
    }
    order.push(module);
  }

  /** A module that needs no mapping. */
  #known(loading: Loading<T>, written: string): OsModule | undefined {
    const name = fileName(written);
    const found = this.#options.provider.find(name);
    if (typeof found === 'object' && found.kind === 'host') return this.#dependency(loading, name);
    return [...this.#process.modules.values()].find((module) => module.name === name);
  }

  /** The module an import names: mapped already or mapped now; `undefined` where no provider has it. */
  #dependency(loading: Loading<T>, written: string, importer?: string): OsModule | undefined {
    const name = fileName(written);
    const found = this.#options.provider.find(name);
    const known = [...this.#process.modules.values()].find((module) => module.name === name && (module.kind === 'host' || !isHost(found)));
    if (known) return known;
    if (found === undefined) return undefined;
    if (found === 'missing') throw notFound(written, importer);
    return found.kind === 'host' ? this.#host(found) : this.#dependencyImage(loading, found);
  }

  #host(host: HostModule): HostedModule {
    const name = fileName(host.name);
    const base = this.#process.gates.for(name, '', 'module').address;
    const module: HostedModule = { kind: 'host', name, path: name, base, host };
    this.#process.modules.set(base, module);
    return module;
  }

  #dependencyImage(loading: Loading<T>, found: ImageModule): MappedModule {
    if (this.#process.modules.size >= MODULE_LIMIT) {
      throw windowsRefusal('BAD_EXE_FORMAT', 'tooManyModules', `More than ${MODULE_LIMIT} modules import one another`, {
        structure: 'imports',
      });
    }
    try {
      return this.#map(loading, { image: PEImage.parse(found.bytes), path: found.path });
    } catch (error) {
      throw ofDependency(error, found.path);
    }
  }

  #attach(run: LoadRun<T>, module: MappedModule): void {
    const result = this.#callEntryPoints(run, module, 'processAttach');
    if (result === 0) {
      throw windowsRefusal('DLL_INIT_FAILED', 'entryPointFailed', `The entry point of ${module.name} returned FALSE`, {
        structure: 'optional header',
        field: 'AddressOfEntryPoint',
      });
    }
    module.attached = true;
  }

  #callEntryPoints(run: LoadRun<T>, module: MappedModule, reason: DllReason): number | undefined {
    if (module.ilOnly) return undefined;
    for (const address of module.tls?.callbacks ?? []) callTlsCallback(run, module, address, reason);
    return callEntryPoint(run, module, reason, this.#options.entryPointHost);
  }

  #unmap({ trace }: LoadRun, module: MappedModule): void {
    this.#process.modules.delete(module.base);
    this.#byPath.delete(module.path.toLowerCase());
    this.#process.memory.release(module.base);
    trace.add({ step: 'unmap', module: module.name, base: module.base });
  }
}

function notFound(name: string, importer: string | undefined): LoadRefusal {
  const reason = importer === undefined ? `${name} was not found` : `${name}, which ${importer} imports, was not found`;
  return windowsRefusal('MOD_NOT_FOUND', 'moduleNotFound', reason, { file: name, structure: 'imports', field: name });
}

/**
 * An IL-only PE32 image for i386 that does not require 32 bits: 64-bit Windows maps it into 64-bit processes too, only for the runtime (Wine `dlls/ntdll/loader.c`,
 * `convert_to_pe64`, does as Windows does).
 */
function isForEveryProcess(image: PEImage): boolean {
  if (image.is64Bit || image.machine !== 'i386') return false;
  const flags = ifReadable(() => readCliHeader(image)?.flags) ?? 0;
  return (flags & (CorFlags.ILONLY | CorFlags.REQUIRED_32BIT)) === CorFlags.ILONLY;
}

/** Windows searches the host modules first: an image of the same name does not replace one. */
const isHost = (found: ReturnType<ModuleProvider['find']>): boolean => typeof found === 'object' && found.kind === 'host';

/** A refusal of a DLL that is imported names it: the innermost file is at fault. */
function ofDependency(error: unknown, path: string): unknown {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  if (error instanceof BadImageError) {
    const reason = `${file} is not an image that Windows loads: ${error.message}`;
    return windowsRefusal('BAD_EXE_FORMAT', error.code, reason, { file, ...placeOf(error) });
  }
  if (!(error instanceof LoadRefusal) || error.details.place?.file !== undefined) return error;
  const { place, reason } = error.details;
  const named = reason.toLowerCase().includes(file.toLowerCase()) ? reason : `${file}: ${reason}`;
  return new LoadRefusal({ ...error.details, reason: named, place: { file, structure: 'image', ...place } });
}

const placeOf = (error: BadImageError): ImagePlace => ({
  structure: error.reading,
  ...(error.rva !== undefined && { rva: error.rva }),
});

/** A directory that cannot be read ends a load as a bad executable. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof BadImageError)) return error;
  return windowsRefusal('BAD_EXE_FORMAT', error.code, error.message, placeOf(error));
}
