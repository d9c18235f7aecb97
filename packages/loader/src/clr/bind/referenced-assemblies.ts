import { ifReadable } from '@ijw/binary';
import { type AssemblyProvider, Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import type { ModuleProvider } from '@ijw/windows';

/** Assemblies that a provider of DLLs has, by simple name: types of signatures are looked up in them, nothing is loaded. One that is no assembly is none. */
export const referencedAssemblies = (provider: ModuleProvider): AssemblyProvider => ({
  assembly({ name }) {
    const found = provider.find(`${name}.dll`);
    if (found === undefined || found === 'missing' || found.kind !== 'image') return undefined;
    return ifReadable(() => Metadata.of(PEImage.parse(found.bytes)));
  },
});
