// Every package that ships with ijw, direct or behind another, has a licence that lets it.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Manifest {
  readonly name: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The folder of a package as Node finds it from another. */
function folderOf(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return realpathSync(candidate);
    if (folder === dirname(folder)) throw new Error(`${name} is not installed beside ${from}`);
  }
}

function licences(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (folder: string): void => {
    const { name: owner, dependencies, devDependencies } = manifestIn(folder);
    // The command line bundles what it imports.
    for (const name of Object.keys({ ...dependencies, ...(owner === '@ijw/cli' ? devDependencies : {}) })) {
      if (name.startsWith('@ijw/') || found.has(name)) continue;
      const place = folderOf(name, folder);
      found.set(name, manifestIn(place).license ?? 'none');
      visit(place);
    }
  };
  for (const folder of [join(root, 'cli'), ...readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))])
    if (existsSync(join(folder, 'package.json'))) visit(folder);
  return found;
}

const ALLOWED = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0'];

describe('dependencies', () => {
  const found = licences();

  it('are found, those behind others too', () => {
    expect([...found.keys()]).toEqual(expect.arrayContaining(['commander', 'pkijs', 'pvtsutils']));
  });

  it('have a licence that is allowed', () => {
    const others = [...found].filter(([, licence]) => !ALLOWED.includes(licence));
    expect(others).toEqual([]);
  });
});
