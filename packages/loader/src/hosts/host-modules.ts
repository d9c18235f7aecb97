import type { HostModule } from '@ijw/windows';

const hostModule = (name: string, exports: readonly string[]): HostModule => ({
  kind: 'host',
  name,
  /** Ordinals count from 1 in the order of the names. */
  resolve(symbol) {
    const found = typeof symbol === 'number' ? exports[symbol - 1] : exports.find((candidate) => candidate === symbol);
    return found === undefined ? undefined : { name: found };
  },
});

/** ijwhost `Exports.def`, in the order in which the linker numbers them. `entryNames` are those of its `_CorDllMain`. */
export const ijwhost = (entryNames: readonly string[]): HostModule => hostModule('ijwhost.dll', ['GetTokenForVTableEntry', ...entryNames]);

/** The part of mscoree.dll that an image can import. It keeps no thunks that the .NET runtime could ask it about. */
export const mscoree: HostModule = {
  kind: 'host',
  name: 'mscoree.dll',
  resolve: (symbol) => {
    if (typeof symbol === 'number') return { name: `#${symbol}` };
    return { name: symbol };
  },
};
