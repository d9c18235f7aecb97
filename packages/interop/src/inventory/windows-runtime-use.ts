// ECMA-335 II.24.2.1 (version string of the root), II.23.1.15 and II.23.1.2 (tdWindowsRuntime, ContentType); dotnet/runtime `src/coreclr/md/winmd`
// of .NET Core 1 to 3.1 for what was projected.

import { AssemblyFlags, isTokenOf, makeToken, TableId, type Token, TypeAttributes, tokenRid, tokenTable } from '@ijw/metadata';
import { projectedTypes } from '../winrt/projected-types.ts';
import { typesWith } from './com-uses.ts';
import type { NamedType, WindowsRuntimeUse } from './interop-inventory.ts';
import type { InteropModule } from './interop-module.ts';

/** Scopes nested deeper than this are a loop. */
const MAX_SCOPES = 100;

/** Whether a metadata root's version is a `.winmd` file's: `WindowsRuntime 1.4`, with the CLR's version behind a `;` where a managed component made it. */
export const isWindowsRuntimeVersion = (version: string): boolean => version.startsWith('WindowsRuntime ');

/** The parts of a module that come from the Windows Runtime or replace it. */
export function readWindowsRuntimeUse(module: InteropModule): WindowsRuntimeUse {
  const isWinmd = isWindowsRuntimeVersion(module.metadata.root.version);
  const { references, projected } = readReferences(module);
  return {
    isWinmd,
    types: flaggedTypes(module),
    references,
    projected,
    projections: typesWith(module, 'windowsRuntimeType'),
  };
}

function flaggedTypes(module: InteropModule): readonly NamedType[] {
  const flags = module.metadata.tables.TypeDef.column('Flags');
  const found: NamedType[] = [];
  for (const token of module.types())
    if (flags.at(tokenRid(token)) & TypeAttributes.WindowsRuntime) found.push({ token, type: module.typeName(token) });
  return found;
}

/** The AssemblyRef that a TypeRef leads to. */
function assemblyOf(module: InteropModule, type: Token): number | undefined {
  const scope = module.metadata.tables.TypeRef.column('ResolutionScope');
  let current = type;
  for (let depth = 0; depth < MAX_SCOPES && isTokenOf(current, 'TypeRef'); depth++) {
    if (!module.metadata.tables.TypeRef.has(tokenRid(current))) return undefined;
    const outer = scope.tokenOrBad(tokenRid(current));
    if (outer === -1) return undefined;
    current = outer;
  }
  return tokenTable(current) === TableId.AssemblyRef ? tokenRid(current) : undefined;
}

function readReferences(module: InteropModule): Pick<WindowsRuntimeUse, 'references' | 'projected'> {
  const { AssemblyRef, TypeRef } = module.metadata.tables;
  const references: string[] = [];
  const projected: { windows: string; dotnet: string }[] = [];
  for (let rid = 1; rid <= TypeRef.rowCount; rid++) {
    const token = makeToken(TableId.TypeRef, rid);
    const assembly = assemblyOf(module, token);
    if (assembly === undefined || !AssemblyRef.has(assembly)) continue;
    const isWindows = (AssemblyRef.get(assembly, 'Flags') & AssemblyFlags.ContentTypeMask) === AssemblyFlags.WindowsRuntime;
    if (!isWindows) continue;
    const name = module.typeName(token);
    references.push(name);
    const dotnet = projectedTypes.get(name);
    if (dotnet !== undefined) projected.push({ windows: name, dotnet });
  }
  return { references, projected };
}
