import { readImportDirectory } from '@ijw/pe';
import type { GuestProcess } from '../process/guest-process.ts';
import { asAddress, readPointer } from '../process/pointer-access.ts';
import type { MappedModule, OsModule } from '../windows/os-module.ts';

export interface FoundHost {
  readonly module: OsModule;
  /** The import that led to it. */
  readonly symbol: string;
}

/**
 * `GetIJWHostForModule`: the module that owns the address in the import slot of `_CorDllMain`. Only imports by name count, delayed ones do not,
 * and the walk ends at the first module without an import lookup table.
 */
export function findHostOfModule(process: GuestProcess, module: MappedModule): FoundHost | undefined {
  for (const imported of readImportDirectory(module.image)?.modules ?? []) {
    if (imported.importLookupTableRva === 0) return undefined;
    for (const symbol of imported.symbols) {
      if (symbol.name === undefined || !process.platform.hostEntryNames.includes(symbol.name)) continue;
      const address = asAddress(readPointer(process.memory, module.base + symbol.iatRva, process.platform.pointerSize));
      const owner = address === undefined ? undefined : process.moduleAt(address);
      if (owner) return { module: owner, symbol: symbol.name };
    }
  }
  return undefined;
}
