// A process of `@ijw/windows` for tests: what LoadLibrary gave, as one value.

import { type Architecture, pageRightsText } from '@ijw/machine';
import { PEImage } from '@ijw/pe';
import {
  type EntryPointHost,
  GuestProcess,
  LoadRefusal,
  type LoadRefusalDetails,
  type MappedModule,
  type ModuleProvider,
  OsLoader,
  type WindowsEvent,
} from '@ijw/windows';

interface LibraryEvents {
  readonly events: readonly WindowsEvent[];
}

/** A library that is mapped. */
export class Library {
  readonly #process: GuestProcess;
  readonly #module: MappedModule;

  constructor(process: GuestProcess, module: MappedModule) {
    this.#process = process;
    this.#module = module;
  }

  get base(): number {
    return this.#module.base;
  }

  get imports(): MappedModule['imports'] {
    return this.#module.imports;
  }

  rightsAt(rva: number): string {
    return pageRightsText(this.#process.memory.query(this.base + rva).rights);
  }

  read(rva: number, length: number): DataView {
    const bytes = this.#process.memory.read(this.base + rva, length);
    if (!(bytes instanceof Uint8Array)) throw new Error(`Nothing at ${rva}`);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }
}

export type LibraryLoad =
  | ({ readonly outcome: 'loaded'; readonly library: Library } & LibraryEvents)
  | ({ readonly outcome: 'refused'; readonly mapped: number } & LoadRefusalDetails & LibraryEvents);

export interface WindowsProcessInput {
  readonly architecture?: Architecture;
  readonly provider?: ModuleProvider;
  readonly entryPointHost?: EntryPointHost;
}

export interface LoadOptions {
  readonly path?: string;
  readonly base?: number | undefined;
}

/** LoadLibrary of one process. */
export function windowsProcess(input: WindowsProcessInput = {}): (bytes: Uint8Array, options?: LoadOptions) => LibraryLoad {
  const process = new GuestProcess(input.architecture ?? 'x64');
  const { provider = { find: () => undefined }, entryPointHost } = input;
  const loader = new OsLoader({ process, provider, relocate: true, ...(entryPointHost && { entryPointHost }) });
  return (bytes, { path = 'C:\\app\\main.dll', base } = {}) => {
    const events: WindowsEvent[] = [];
    try {
      const module = loader.load({ image: PEImage.parse(bytes), path, base }, { add: (event) => events.push(event) });
      return { outcome: 'loaded', library: new Library(process, module), events };
    } catch (error) {
      if (!(error instanceof LoadRefusal)) throw error;
      return { outcome: 'refused', ...error.details, mapped: process.modules.size, events };
    }
  };
}

export function loaded(load: LibraryLoad): Library {
  if (load.outcome !== 'loaded') throw new Error(`${load.rule}: ${load.reason}`);
  return load.library;
}
