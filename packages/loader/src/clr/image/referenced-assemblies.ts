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

/** Public key tokens of the frameworks: ECMA, Microsoft, Silverlight, WPF, .NET Standard, ASP.NET Core. */
const FRAMEWORK_KEYS: ReadonlySet<string> = new Set([
  'b77a5c561934e089',
  'b03f5f7f11d50a3a',
  '7cec85d7bea7798e',
  '31bf3856ad364e35',
  'cc7b13ffcd2ddd51',
  'adb9793829ddae60',
]);
const FRAMEWORK_NAME = /^(?:mscorlib|netstandard|system(?:\..*)?|microsoft\..*|windowsbase|windows|presentation.*)$/i;

/** Returns true for an assembly of the runtime itself, which exists although no folder has it. */
export const isFrameworkAssembly = ({ name, publicKeyToken }: AssemblyIdentity): boolean =>
  FRAMEWORK_NAME.test(name) || (publicKeyToken !== undefined && FRAMEWORK_KEYS.has(publicKeyToken.toLowerCase()));
