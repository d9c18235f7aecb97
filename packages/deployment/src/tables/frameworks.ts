import { isFrameworkKey, RUNTIME_PROFILES, type RuntimeId, runtimeIds } from '@ijw/assembly/runtime-profiles';
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

/** Whether an assembly is one of a framework itself, whatever its version. */
export const isFrameworkAssembly = ({ name, publicKeyToken }: AssemblyIdentity): boolean =>
  byName.has(name.toLowerCase()) && isFrameworkKey(publicKeyToken);

/** The native half of an assembly of the framework: `libSystem.Native`, `System.IO.Compression.Native`. */
export const isFrameworkLibrary = (library: string): boolean =>
  /^(?:lib)?System\.(?:\w+\.)*Native(?:\.\w+)?(?:\.dll|\.so|\.dylib)?$/.test(library);

/** The versions of a framework that have an assembly, where the runtime's own does not: `net10.0`, `.NETFramework`. */
export function otherFrameworkWith(name: string): FrameworkRow | undefined {
  return byName.get(name.toLowerCase())?.[0];
}

/** `8` of `net8.0`: from .NET 5 on assemblies of the framework have its major version. */
export const majorOf = (runtime: RuntimeId): number => Number(/(\d+)\.\d+$/.exec(runtime)?.[1] ?? 4);
