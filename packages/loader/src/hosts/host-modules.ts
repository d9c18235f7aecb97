import type { HostModule } from '../windows/module-provider.ts';

const hostModule = (name: string, exports: readonly string[]): HostModule => ({
  kind: 'host',
  name,
  /** Ordinals count from 1 in the order of the names. */
  resolve(symbol) {
    const found = typeof symbol === 'number' ? exports[symbol - 1] : exports.find((candidate) => candidate === symbol);
    return found === undefined ? undefined : { name: found };
  },
});

/** ijwhost `Exports.def`, in the order in which the linker numbers them. On x86 the decorated name is there too. */
export const ijwhost = hostModule('ijwhost.dll', ['GetTokenForVTableEntry', '_CorDllMain']);
export const ijwhostX86 = hostModule('ijwhost.dll', ['GetTokenForVTableEntry', '_CorDllMain', '__CorDllMain@12']);

/** The part of mscoree.dll that an image can import. It keeps no thunks that the .NET runtime could ask it about. */
export const mscoree: HostModule = {
  kind: 'host',
  name: 'mscoree.dll',
  resolve: (symbol) => {
    if (typeof symbol === 'number') return { name: `#${symbol}` };
    return { name: symbol };
  },
};
