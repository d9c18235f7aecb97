import { isFrameworkKey } from '@ijw/assembly/runtime-profiles';
import { ifReadable } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import { type AssemblyIdentity, type AssemblyProvider, Resolver } from '@ijw/metadata/resolution';
import { PEImage } from '@ijw/pe';
import type { ModuleProvider } from '@ijw/windows';

/**
 * The assemblies that a provider of DLLs has, by simple name: references are looked up in them, nothing is loaded. The runtime looks for `Name.dll` alone
 * beside the program. A file without metadata is skipped.
 */
const referencedAssemblies = (provider: ModuleProvider): AssemblyProvider => ({
  assembly({ name }) {
    const found = provider.find(`${name}.dll`);
    if (found === undefined || found === 'missing' || found.kind !== 'image') return undefined;
    return ifReadable(() => Metadata.of(PEImage.parse(found.bytes)));
  },
});

/** The targets of references to other assemblies that a provider of DLLs has. */
export interface References {
  readonly resolver: Resolver;
  /** The path of a file that has the name of an assembly but is not one. */
  readonly unreadable: (name: string) => string | undefined;
}

export function referencesIn(provider: ModuleProvider): References {
  const assemblies = referencedAssemblies(provider);
  return {
    resolver: new Resolver(assemblies),
    unreadable: (name) => {
      const found = provider.find(`${name}.dll`);
      return typeof found === 'object' && found.kind === 'image' ? found.path : undefined;
    },
  };
}

const FRAMEWORK_NAME = /^(?:mscorlib|netstandard|system(?:\..*)?|microsoft\..*|windowsbase|windows|presentation.*)$/i;

/** Returns true for an assembly of the runtime itself, which exists although no folder has it. */
export const isFrameworkAssembly = ({ name, publicKeyToken }: AssemblyIdentity): boolean =>
  FRAMEWORK_NAME.test(name) || isFrameworkKey(publicKeyToken);
