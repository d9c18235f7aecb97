/** Where the programs are that ijw is compared with: those that `../shared/oracles/run.sh setup` builds, dotnet, and the corpus beside the repository. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.env.PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ijw-oracles');

/** The command line of this checkout, after a build. */
export const IJW = fileURLToPath(new URL('../cli/bin/ijw.js', import.meta.url));
/** `../shared`, which need not be there. */
export const SHARED = fileURLToPath(new URL('../../shared', import.meta.url));
export const ILASM = join(folder, 'ilasm');
export const ILDASM = join(folder, 'ildasm');
/** The reference reader: System.Reflection.Metadata and Mono.Cecil behind one command line. */
export const ORACLE = process.env.ORACLE ?? join(folder, 'bin/oracle.dll');

/** The folder that dotnet is installed in, or undefined. */
export function dotnetFolder(): string | undefined {
  try {
    const found = process.env.DOTNET_ROOT ?? execFileSync('sh', ['-c', 'command -v dotnet'], { encoding: 'utf8' }).trim();
    return statSync(found).isDirectory() ? found : dirname(realpathSync(found));
  } catch {
    return undefined;
  }
}

/** The first of these peers that is missing, in words, or undefined when all are there. */
export function missingPeer(...paths: readonly string[]): string | undefined {
  if (dotnetFolder() === undefined) return 'dotnet is not installed';
  const missing = paths.find((path) => !existsSync(path));
  return missing && `${missing} does not exist; run ../shared/oracles/run.sh setup`;
}

/** The newest shared framework of the installed .NET, or undefined. */
export function newestFramework(): string | undefined {
  const root = join(dotnetFolder() ?? '', 'shared/Microsoft.NETCore.App');
  if (!existsSync(root)) return undefined;
  const number = (version: string): number[] => version.split('.').map(Number);
  const newest = readdirSync(root).sort((a, b) => compareNumbers(number(a), number(b)));
  return newest.length === 0 ? undefined : join(root, newest[newest.length - 1] ?? '');
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** The corpus beside the repository and the folders of the installed .NET. */
export const defaultFolders = (): readonly string[] => [
  join(SHARED, 'corpus'),
  ...['shared', 'sdk'].map((name) => join(dotnetFolder() ?? '', name)),
];

/** A file as it is; of a folder, every file below it that may be managed. */
export function* filesOf(path: string): Generator<string> {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && /\.(dll|exe|node|netmodule)$/i.test(entry.name)) yield join(entry.parentPath, entry.name);
  }
}
