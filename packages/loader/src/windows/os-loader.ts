import { BadImageError } from '@ijw/binary';
import { PEImage } from '@ijw/pe';
import { architectureOf } from '../architecture.ts';
import type { DllReason } from '../load-event.ts';
import { LoadRefusal } from '../load-refusal.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import { bindImports } from './bind-imports.ts';
import { callEntryPoint, callTlsCallback, type HostEntryPoint } from './call-entry-point.ts';
import { findExport } from './find-export.ts';
import { mapImage, protectSections } from './map-image.ts';
import type { HostModule, ImageModule, ModuleProvider } from './module-provider.ts';
import { fileName, type HostedModule, type MappedModule, type OsModule } from './os-module.ts';
import { relocateImage } from './relocate-image.ts';
import { initializeSecurityCookie } from './security-cookie.ts';
import { initializeTls } from './thread-local-storage.ts';
import { windowsRefusal } from './windows-error.ts';

export interface OsLoaderOptions {
  readonly process: GuestProcess;
  readonly provider: ModuleProvider;
  /** Called when an entry point reaches `_CorDllMain`. */
  readonly hostEntryPoint: HostEntryPoint;
  /** False: images are not relocated. */
  readonly relocate: boolean;
}

/** A DLL that needs more modules than this, one through the other, is refused. */
const MODULE_LIMIT = 512;

/** LoadLibrary and FreeLibrary of one process. */
export class OsLoader {
  readonly #process: GuestProcess;
  readonly #options: OsLoaderOptions;
  /** Images by lower-case path. */
  readonly #byPath = new Map<string, MappedModule>();

  constructor(options: OsLoaderOptions) {
    this.#options = options;
    this.#process = options.process;
  }

  /** The mapped module of a path, if there is one: GetModuleHandle. */
  find(path: string): MappedModule | undefined {
    return this.#byPath.get(path.toLowerCase());
  }

  /**
   * LoadLibrary: maps the image and everything it imports, then calls the entry points, the imports' first.
   * @throws LoadRefusal; nothing of the image stays mapped then
   */
  load(image: PEImage, path: string, base?: number): MappedModule {
    const loaded = this.find(path);
    if (loaded) {
      loaded.references++;
      return loaded;
    }
    const order: MappedModule[] = [];
    try {
      const module = this.#map(image, path, order, base);
      for (const member of order) this.#attach(member);
      return module;
    } catch (error) {
      for (const member of order.reverse()) this.#unmap(member);
      throw asRefusal(error);
    }
  }

  /** FreeLibrary: tells the entry points, then unmaps. A module that has references left stays. */
  unload(module: MappedModule): boolean {
    module.references--;
    if (module.references > 0) return false;
    if (module.attached) this.#callEntryPoints(module, 'processDetach');
    this.#unmap(module);
    return true;
  }

  /** A module by name as an import would find it, for P/Invokes. Entry points of a module that is mapped now are called at once. */
  dependency(name: string): OsModule | undefined {
    const order: MappedModule[] = [];
    try {
      const found = this.#dependency(name, order);
      for (const member of order) this.#attach(member);
      return found;
    } catch (error) {
      for (const member of order.reverse()) this.#unmap(member);
      if (asRefusal(error) instanceof LoadRefusal) return undefined;
      throw error;
    }
  }

  /** GetProcAddress. */
  exportAddress(module: MappedModule, symbol: string | number): number | undefined {
    return findExport(this.#process, module, symbol, (name) => this.dependency(name))?.address;
  }

  #map(image: PEImage, path: string, order: MappedModule[], base?: number): MappedModule {
    if (architectureOf(image.machine) !== this.#process.architecture || image.machineOs !== undefined) {
      const reason = `The image is for ${image.machineOs ? `${image.machineOs} ` : ''}${image.machine}, the process is ${this.#process.architecture}`;
      throw windowsRefusal('BAD_EXE_FORMAT', 'wrongMachine', reason, { structure: 'COFF header', field: 'Machine' });
    }
    const name = fileName(path);
    const mapping = mapImage(this.#process, { image, module: name, relocate: this.#options.relocate, ...(base !== undefined && { base }) });
    const module: MappedModule = {
      kind: 'image',
      name,
      path,
      image,
      base: mapping.base,
      size: mapping.size,
      imports: [],
      references: 1,
      attached: false,
    };
    this.#process.modules.set(module.base, module);
    this.#byPath.set(path.toLowerCase(), module);
    this.#link(module, mapping, order);
    return module;
  }

  #link(module: MappedModule, mapping: ReturnType<typeof mapImage>, order: MappedModule[]): void {
    const mappedBefore = order.length;
    try {
      if (this.#options.relocate) relocateImage(this.#process, module.image, module.name, mapping);
      bindImports(this.#process, module, { load: (name) => this.#dependency(name, order), known: (name) => this.#known(name) });
      initializeTls(this.#process, module);
      initializeSecurityCookie(this.#process, module);
      protectSections(this.#process, module.image, module.name, mapping);
    } catch (error) {
      order.splice(mappedBefore, 0, module);
      throw error;
    }
    order.push(module);
  }

  /** A module that needs no mapping. */
  #known(name: string): OsModule | undefined {
    const found = this.#options.provider.find(name);
    if (typeof found === 'object' && found.kind === 'host') return this.#dependency(name, []);
    return [...this.#process.modules.values()].find((module) => module.name === name);
  }

  /** The module an import names: mapped already, mapped now, or nobody's. */
  #dependency(name: string, order: MappedModule[]): OsModule | undefined {
    const found = this.#options.provider.find(name);
    const known = [...this.#process.modules.values()].find((module) => module.name === name && (module.kind === 'host' || !isHost(found)));
    if (known) return known;
    if (found === undefined) return undefined;
    if (found === 'missing')
      throw windowsRefusal('MOD_NOT_FOUND', 'moduleNotFound', `${name} was not found`, { structure: 'imports', field: name });
    return found.kind === 'host' ? this.#host(found) : this.#dependencyImage(found, order);
  }

  #host(host: HostModule): HostedModule {
    const name = fileName(host.name);
    const base = this.#process.gates.for(name, '', 'module').address;
    const module: HostedModule = { kind: 'host', name, path: name, base, host };
    this.#process.modules.set(base, module);
    return module;
  }

  #dependencyImage(found: ImageModule, order: MappedModule[]): MappedModule {
    if (this.#process.modules.size >= MODULE_LIMIT) {
      throw windowsRefusal('BAD_EXE_FORMAT', 'tooManyModules', `More than ${MODULE_LIMIT} modules import one another`, {
        structure: 'imports',
      });
    }
    return this.#map(PEImage.parse(found.bytes), found.path, order);
  }

  #attach(module: MappedModule): void {
    const result = this.#callEntryPoints(module, 'processAttach');
    if (result === 0) {
      throw windowsRefusal('DLL_INIT_FAILED', 'entryPointFailed', `The entry point of ${module.name} returned FALSE`, {
        structure: 'optional header',
        field: 'AddressOfEntryPoint',
      });
    }
    module.attached = true;
  }

  #callEntryPoints(module: MappedModule, reason: DllReason): number | undefined {
    for (const address of module.tls?.callbacks ?? []) {
      callTlsCallback(this.#process, module, address, reason);
    }
    return callEntryPoint(this.#process, module, reason, this.#options.hostEntryPoint);
  }

  #unmap(module: MappedModule): void {
    this.#process.modules.delete(module.base);
    this.#byPath.delete(module.path.toLowerCase());
    this.#process.memory.release(module.base);
    this.#process.trace.add({ step: 'unmap', module: module.name, base: module.base });
  }
}

/** A host module is where Windows looks first: an image that only shares its name does not stand in for it. */
const isHost = (found: ReturnType<ModuleProvider['find']>): boolean => typeof found === 'object' && found.kind === 'host';

/** A directory that cannot be read ends a load as a bad executable. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof BadImageError)) return error;
  const place = { structure: error.reading, ...(error.rva !== undefined && { rva: error.rva }) };
  return new LoadRefusal({ ...windowsRefusal('BAD_EXE_FORMAT', error.code, error.message, place).details });
}
