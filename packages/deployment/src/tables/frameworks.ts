import { RUNTIME_PROFILES, type RuntimeId, runtimeIds } from '@ijw/assembly/runtime-profiles';
import type { AssemblyIdentity } from '@ijw/metadata/resolution';
import { FRAMEWORK_ROWS, type FrameworkName, type FrameworkRow } from './framework-assemblies.ts';

const byName: ReadonlyMap<string, readonly FrameworkRow[]> = indexRows();

function indexRows(): ReadonlyMap<string, readonly FrameworkRow[]> {
  const index = new Map<string, FrameworkRow[]>();
  for (const row of FRAMEWORK_ROWS)
    for (const name of row.names.flatMap((line) => line.split(' ')))
      index.set(name.toLowerCase(), [...(index.get(name.toLowerCase()) ?? []), row]);
  return index;
}

const age = (runtime: RuntimeId): number => runtimeIds.indexOf(runtime);

const isIn = (runtime: RuntimeId, { framework, since, until }: FrameworkRow): boolean =>
  (framework === '.NETFramework') === (RUNTIME_PROFILES[runtime].host === 'framework') &&
  age(runtime) >= age(since) &&
  (until === undefined || age(runtime) <= age(until));

/** The frameworks of a runtime that have an assembly, by its simple name. */
export const frameworksWith = (runtime: RuntimeId, name: string): readonly FrameworkName[] => [
  ...new Set((byName.get(name.toLowerCase()) ?? []).filter((row) => isIn(runtime, row)).map(({ framework }) => framework)),
];

/** Public key tokens of Microsoft's frameworks: ECMA, Microsoft, Silverlight, WPF, .NET Standard, ASP.NET Core. */
const FRAMEWORK_KEYS: ReadonlySet<string> = new Set([
  'b77a5c561934e089',
  'b03f5f7f11d50a3a',
  '7cec85d7bea7798e',
  '31bf3856ad364e35',
  'cc7b13ffcd2ddd51',
  'adb9793829ddae60',
]);

/** Whether an assembly is one of a framework itself, whatever its version. */
export const isFrameworkAssembly = ({ name, publicKeyToken }: AssemblyIdentity): boolean =>
  byName.has(name.toLowerCase()) && FRAMEWORK_KEYS.has(publicKeyToken ?? '');

/** The native half of an assembly of the framework: `libSystem.Native`, `System.IO.Compression.Native`. */
export const isFrameworkLibrary = (library: string): boolean =>
  /^(?:lib)?System\.(?:\w+\.)*Native(?:\.\w+)?(?:\.dll|\.so|\.dylib)?$/.test(library);

/** The versions of a framework that have an assembly, where the runtime's own does not: `net10.0`, `.NETFramework`. */
export function otherFrameworkWith(name: string): FrameworkRow | undefined {
  return byName.get(name.toLowerCase())?.[0];
}

/** `8` of `net8.0`: from .NET 5 on assemblies of the framework have its major version. */
export const majorOf = (runtime: RuntimeId): number => Number(/(\d+)\.\d+$/.exec(runtime)?.[1] ?? 4);
