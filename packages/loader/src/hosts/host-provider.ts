import { BadImageError, ifReadable } from '@ijw/binary';
import { type Architecture, architectureOf } from '@ijw/machine';
import { PEImage } from '@ijw/pe';
import { readExportDirectory } from '@ijw/pe/exports';
import { readImportDirectory } from '@ijw/pe/imports';
import { type HostModule, type ImageModule, type ModuleProvider, windowsRefusal } from '@ijw/windows';

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

/** The part of mscoree.dll that an image can import. It has no thunks whose tokens the .NET runtime could read. */
export const mscoree: HostModule = {
  kind: 'host',
  name: 'mscoree.dll',
  resolve: (symbol) => {
    if (typeof symbol === 'number') return { name: `#${symbol}` };
    return { name: symbol };
  },
};

/**
 * The simulated hosts. A provider may have files of their names. A real file is only checked: it must be an image for the process, and it
 * exports what it exports. A host of the provider's own takes the place of the simulated one, and so does an image that needs no other DLL: its code can run here.
 */
export const withHosts = (hosts: readonly HostModule[], architecture: Architecture, provider?: ModuleProvider): ModuleProvider => ({
  /** @throws LoadRefusal for a file that Windows does not load */
  find(name) {
    const found = provider?.find(name);
    const host = hosts.find((candidate) => candidate.name === name.toLowerCase());
    if (host === undefined || found === 'missing' || found?.kind === 'host') return found;
    if (found === undefined) return host;
    return !found.deployed && standsAlone(found) ? found : checkedHost(host, found, architecture);
  },
});

const standsAlone = ({ bytes }: ImageModule): boolean =>
  ifReadable(() => readImportDirectory(PEImage.parse(bytes))?.modules.length ?? 0) === 0;

/** The simulated host with the exports of a real file. */
function checkedHost(host: HostModule, file: ImageModule, architecture: Architecture): HostModule {
  const exported = exportsOf(host.name, file, architecture);
  return {
    ...host,
    resolve(symbol) {
      const real = exported.find(({ name, ordinal }) => (typeof symbol === 'number' ? ordinal === symbol : name === symbol));
      return real && host.resolve(real.name ?? symbol);
    },
  };
}

function exportsOf(name: string, { bytes, path }: ImageModule, architecture: Architecture) {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  try {
    const image = PEImage.parse(bytes);
    if (architectureOf(image.machine) === architecture && image.machineOs === undefined) return readExportDirectory(image)?.symbols ?? [];
    const reason = `${name} is for ${image.machine}, the process is ${architecture} (${path})`;
    throw windowsRefusal('BAD_EXE_FORMAT', 'wrongMachine', reason, { file, structure: 'COFF header', field: 'Machine' });
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    const reason = `${name} is not an image that Windows loads: ${error.message} (${path})`;
    throw windowsRefusal('BAD_EXE_FORMAT', error.code, reason, { file, structure: error.reading });
  }
}
