// The reference reader (System.Reflection.Metadata, built by `../shared/oracles/run.sh setup`) and the files to compare it on.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shared = fileURLToPath(new URL('../../shared', import.meta.url));
const peers = process.env.PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ijw-oracles');
const oracle = process.env.ORACLE ?? join(peers, 'bin/oracle.dll');

/** The folder that dotnet is installed in, or undefined. */
function dotnetFolder() {
  try {
    const found = process.env.DOTNET_ROOT ?? execFileSync('sh', ['-c', 'command -v dotnet'], { encoding: 'utf8' }).trim();
    return statSync(found).isDirectory() ? found : dirname(realpathSync(found));
  } catch {
    return undefined;
  }
}

/** Why nothing can be compared here, or undefined when it can. */
export function whyUnavailable() {
  if (dotnetFolder() === undefined) return 'dotnet is not installed';
  return existsSync(oracle) ? undefined : `the oracle is not built (${oracle}); run ../shared/oracles/run.sh setup`;
}

/** Every file that may be managed, in a folder and below. */
export function* filesOf(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && /\.(dll|exe|node|netmodule)$/i.test(entry.name)) yield join(entry.parentPath, entry.name);
  }
}

/** The corpus beside the repository and the folders of the installed .NET. */
export const defaultFolders = () => [join(shared, 'corpus'), ...['shared', 'sdk'].map((name) => join(dotnetFolder() ?? '', name))];

/** What the oracle prints, as bytes. */
export const ask = (...args) =>
  new Promise((resolve, reject) => {
    const child = spawn('dotnet', [oracle, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(chunks)));
  });

/** The first line that differs, ours and theirs. */
export function firstDifference(ours, theirs) {
  const [a, b] = [ours.toString('latin1').split('\n'), theirs.toString('latin1').split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return `line ${at + 1}: ijw "${a[at] ?? ''}", SRM "${b[at] ?? ''}"`;
}
