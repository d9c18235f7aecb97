import type { OperatingSystem } from '../tables/operating-systems.ts';

/**
 * From the identifier of a process to the most general: what NuGet's `runtime.json` (dotnet/runtime `Microsoft.NETCore.Platforms/src/runtime.json`) lists for
 * the portable identifiers, which are all that .NET 8 and later look at.
 */
export function runtimeIdentifiers(os: OperatingSystem, architecture: string): readonly string[] {
  switch (os) {
    case 'linux':
      return [`linux-${architecture}`, 'linux', `unix-${architecture}`, 'unix', 'any', 'base'];
    case 'macos':
      return [`osx-${architecture}`, 'osx', `unix-${architecture}`, 'unix', 'any', 'base'];
    case 'win7':
      return [`win7-${architecture}`, 'win7', `win-${architecture}`, 'win', 'any', 'base'];
    default:
      return [`win10-${architecture}`, 'win10', `win7-${architecture}`, 'win7', `win-${architecture}`, 'win', 'any', 'base'];
  }
}
