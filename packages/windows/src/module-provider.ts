import { isSystemDll } from '@ijw/pe/imports';

/** A host function for a symbol. Its arguments are defined between it and the processor that calls it. */
export type HostFunction = (...args: readonly (number | bigint)[]) => number | bigint | undefined;

/** A parameter or the result of a host function. Sizes are in bytes. */
export type HostValue =
  | { readonly kind: 'integer'; readonly size: 1 | 2 | 4 | 8; readonly signed: boolean }
  | { readonly kind: 'float'; readonly size: 4 | 8 };

/** How native code calls a host function; every value is an integer, an address or a floating-point number. */
export interface HostCall {
  /** The Windows API is stdcall, which matters on x86 only. Default stdcall. */
  readonly convention?: 'stdcall' | 'cdecl';
  readonly parameters: readonly HostValue[];
  readonly result: HostValue | { readonly kind: 'void' };
}

/** A symbol of a host module. */
export interface HostSymbol {
  readonly name: string;
  readonly function?: HostFunction;
  /** Without it, native code stops when it calls the function. */
  readonly call?: HostCall;
}

/** A module without a file: its symbols are functions of the program that loads the images. */
export interface HostModule {
  readonly kind: 'host';
  /** File name with extension, in any case. */
  readonly name: string;
  /** The function behind a name or an ordinal, or `undefined` where the module has no such symbol: then an import of it cannot be bound. */
  resolve(symbol: string | number): HostSymbol | undefined;
}

/** A real DLL: it is mapped by the same loader, its imports are bound in turn. */
export interface ImageModule {
  readonly kind: 'image';
  readonly bytes: Uint8Array;
  /** Where it was found. */
  readonly path: string;
  /** From the folder of a program. A simulated runtime stays simulated: a real file of its name is only checked. */
  readonly deployed?: true;
}

/**
 * The source of modules, by the name in the importing image. `undefined`: the provider does not have the module, and each of its symbols gets an
 * address that names it and says so when it is called. `'missing'`: the file is not there, and an import of it ends the load as on Windows.
 */
export interface ModuleProvider {
  find(name: string): ImageModule | HostModule | 'missing' | undefined;
}

/** Combines providers: the first result that is not `undefined`. */
export const firstOf = (...providers: readonly ModuleProvider[]): ModuleProvider => ({
  find(name) {
    for (const provider of providers) {
      const found = provider.find(name);
      if (found !== undefined) return found;
    }
    return undefined;
  },
});

/** Modules by file name, as `--search` gives them. Names are compared without case. */
export function modulesByName(modules: Iterable<readonly [name: string, module: ImageModule | HostModule]>): ModuleProvider {
  const byName = new Map([...modules].map(([name, module]) => [name.toLowerCase(), module]));
  return { find: (name) => byName.get(name.toLowerCase()) };
}

/**
 * The DLLs of some folders, which are all that a program brings: one that is not there is missing, unless it comes with Windows. A program that is imported
 * (`node.exe`) is the one that runs in the process. A name without an extension is a DLL's.
 */
export const searchedModules = (read: (fileName: string) => Pick<ImageModule, 'bytes' | 'path'> | undefined): ModuleProvider => ({
  find(name) {
    const file = read(name) ?? (/\.[^.\\/]*$/.test(name) ? undefined : read(`${name}.dll`));
    if (file) return { kind: 'image', ...file, deployed: true };
    return isSystemDll(name) || /\.exe$/i.test(name) ? undefined : 'missing';
  },
});
