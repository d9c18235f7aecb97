// Covers the rules of the house that are about packages and files: floors, dependencies, circles, names, sizes, folders, indexes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circlesOf } from '../circles.ts';
import { FLOORS } from '../floors.ts';
import { NATURAL_RECURSION } from '../house-exceptions.ts';
import { folderGraph, importsOf, moduleGraph, packageOf, sourceFiles } from '../source-imports.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const packages = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'package.json')));
const folderOf = (name: string): string => (packages.includes(name) ? `packages/${name}` : name);
/** Everything that has sources of its own. */
const houses = [...packages, 'cli', 'fixtures'];
const sources = new Map(houses.map((name) => [name, sourceFiles(join(root, folderOf(name), 'src'))]));
const manifests = new Map(houses.map((name) => [name, JSON.parse(read(`${folderOf(name)}/package.json`))]));
const floorOf = (name: string): number => FLOORS.findIndex((floor) => floor.includes(name));

/** The packages that the files import, each with a file that does. */
function importedBy(name: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [path, source] of sources.get(name)!) {
    for (const { specifier } of importsOf(source)) {
      if (!specifier.startsWith('.') && !specifier.startsWith('node:')) found.set(packageOf(specifier), path);
    }
  }
  return found;
}

describe.each(houses)('%s', (name) => {
  const declared = Object.keys(manifests.get(name).dependencies ?? {});
  const imported = importedBy(name);

  it('declares what it imports, and nothing else', () => {
    // What the command line imports is in its bundle: there is nothing to install beside it.
    const bundled = name === 'cli' ? new Set(imported.keys()) : new Set<string>();
    expect(declared.sort()).toEqual([...imported.keys()].filter((used) => !bundled.has(used)).sort());
    expect(Object.keys(manifests.get(name).devDependencies ?? {})).toEqual(expect.arrayContaining([...bundled]));
  });

  it('takes its dependencies in ranges, and pins what it is built and tested with', () => {
    const { dependencies = {}, devDependencies = {}, private: isPrivate = false } = manifests.get(name);
    const published = isPrivate ? /^workspace:\*$/ : /^(workspace:\^|\^\d+\.\d+\.\d+)$/;
    for (const version of Object.values(dependencies)) expect(version).toMatch(published);
    for (const version of Object.values(devDependencies)) expect(version).toMatch(/^(workspace:\*|\d+\.\d+\.\d+)$/);
  });
});

describe.each(packages)('%s', (name) => {
  it('imports only from floors below its own', () => {
    expect(floorOf(name), `tools/floors.ts does not name ${name}`).toBeGreaterThanOrEqual(0);
    for (const [target, path] of importedBy(name)) {
      if (target.startsWith('@ijw/'))
        expect(floorOf(target.slice('@ijw/'.length)), `${path} imports ${target}`).toBeLessThan(floorOf(name));
    }
  });

  it('runs in a browser', () => {
    for (const [path, source] of sources.get(name)!) {
      for (const { specifier } of importsOf(source)) expect(specifier, path).not.toMatch(/^node:/);
    }
  });

  it('has indexes that only re-export by name', () => {
    for (const [path, source] of sources.get(name)!) {
      if (posix.basename(path) !== 'index.ts') continue;
      const statements = source
        .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
        .split(';')
        .map((statement) => statement.trim())
        .filter(Boolean);
      for (const statement of statements) expect(statement, path).toMatch(/^export (type )?\{[\s\S]*\} from '\.\.?\/[^']+\.ts'$/);
    }
  });

  it('says what it is: README, licence, types', () => {
    expect(read(`packages/${name}/README.md`)).toContain(`@ijw/${name}`);
    expect(manifests.get(name)).toMatchObject({ license: 'MIT', type: 'module', engines: { node: '>=20.19' } });
    expect(manifests.get(name).exports['.']).toMatchObject({ types: './dist/index.d.ts', default: './dist/index.js' });
  });
});

describe.each(houses.filter((name) => manifests.get(name).private !== true))('%s', (name) => {
  it('says to npm where it is from', () => {
    const manifest = manifests.get(name);
    expect(manifest).toMatchObject({
      repository: { type: 'git', directory: folderOf(name) },
      publishConfig: { access: 'public', provenance: true },
    });
    const home = manifest.repository.url.replace(/^git\+|\.git$/g, '');
    expect(manifest).toMatchObject({ homepage: `${home}/tree/main/${folderOf(name)}#readme`, bugs: `${home}/issues` });
    expect(manifest.keywords.length).toBeGreaterThan(2);
  });
});

describe('circles', () => {
  const found = houses.flatMap((name) => {
    const files = sources.get(name)!;
    return [...circlesOf(moduleGraph(files)), ...circlesOf(folderGraph(files))].map((circle) => `${name}: ${circle.join(' ')}`);
  });

  it('are found', () => {
    const files = (...pairs: [string, string][]) => new Map(pairs.map(([path, target]) => [path, `import { a } from '${target}';\n`]));
    expect(circlesOf(moduleGraph(files(['a.ts', './b/b.ts'], ['b/b.ts', '../c.ts'], ['c.ts', './a.ts'])))).toEqual([
      ['a.ts', 'b/b.ts', 'c.ts'],
    ]);
    expect(circlesOf(folderGraph(files(['a/1.ts', '../b/1.ts'], ['b/2.ts', '../a/2.ts'])))).toEqual([['a', 'b']]);
    const types = new Map([
      ['a/a.ts', "import type { b } from '../b/b.ts';"],
      ['b/b.ts', "import { type a } from '../a/a.ts';"],
    ]);
    expect(circlesOf(moduleGraph(types))).toEqual([['a/a.ts', 'b/b.ts']]);
    expect(circlesOf(folderGraph(types))).toEqual([]);
  });

  it('are only those of natural recursion', () => {
    expect([...new Set(found)].sort()).toEqual([...NATURAL_RECURSION].sort());
  });
});

/** `Name` to the files that define it, for every class, type and constant that an entry of a package exports. */
function definitions(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  // `ijw` re-exports the others.
  for (const name of packages.filter((one) => one !== 'ijw')) {
    for (const [path, source] of sources.get(name)!) {
      if (posix.basename(path) !== 'index.ts') continue;
      for (const [, list, from] of source.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm)) {
        const names = list!.split(',').map((item) =>
          item
            .trim()
            .replace(/^type /, '')
            .replace(/^.* as /, ''),
        );
        for (const exported of names.filter((item) => /^[A-Z]/.test(item))) {
          found.set(exported, (found.get(exported) ?? new Set()).add(`${name}/${posix.join(posix.dirname(path), from!)}`));
        }
      }
    }
  }
  return found;
}

describe('exported names', () => {
  it('mean one thing across packages', () => {
    const all = definitions();
    expect(all.size).toBeGreaterThan(500);
    const ambiguous = [...all].filter(([, files]) => files.size > 1);
    expect(ambiguous.map(([name, files]) => [name, ...files])).toEqual([]);
  });
});

/** A file of so few lines that only one other imports is part of that file; what an index alone names is for other packages. */
const FRAGMENT = 25;
const LARGEST = 500;

describe('files', () => {
  const linesOf = (source: string): number => source.split('\n').length - 1;
  /** More rows of a table than anything else. */
  const isTable = (source: string): boolean =>
    (source.match(/^ +(\[|'|"|\d|[\w']+: ?(\[|'|"|\d)).*,$/gm)?.length ?? 0) > linesOf(source) / 2;
  const hasOneUser = (importers: ReadonlySet<string> | undefined): boolean =>
    importers?.size === 1 && ![...importers].some((path) => path.endsWith('index.ts'));
  /** What a processor is like is a file by itself, however short: `platform/x64.ts`. */
  const isOfPlatform = (path: string): boolean => /(^|\/)(platform\/|(x86|x64|arm64)\.ts$)/.test(path);

  it('of 25 lines or less have several importers', () => {
    const fragments = houses.flatMap((name) => {
      const files = sources.get(name)!;
      const importers = new Map<string, Set<string>>();
      for (const [path, source] of files)
        for (const { specifier } of importsOf(source))
          if (specifier.startsWith('.')) {
            const target = posix.join(posix.dirname(path), specifier);
            importers.set(target, (importers.get(target) ?? new Set()).add(path));
          }
      return Array.from(files)
        .filter(([path, source]) => linesOf(source) <= FRAGMENT && hasOneUser(importers.get(path)))
        .filter(([path, source]) => !isTable(source) && !isOfPlatform(path) && posix.basename(path) !== 'index.ts')
        .map(([path]) => `${name}/${path}`);
    });
    expect(fragments).toEqual([]);
  });

  it('have 500 lines at most', () => {
    const large = houses.flatMap((name) =>
      Array.from(sources.get(name)!)
        .filter(([path, source]) => linesOf(source) > LARGEST && !isTable(source) && !path.includes('generated/'))
        .map(([path]) => `${name}/${path}`),
    );
    expect(large).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const described = Array.from(read('docs/architecture.md').matchAll(/^\| `([^`]+)` \| (.+) \|$/gm), ([, folder, text]) => ({
    folder: folder!,
    text: text!,
  }));

  it('describes every folder of every package, and none that is not there', () => {
    const folders = houses.flatMap((name) =>
      [...new Set([...sources.get(name)!.keys()].map((path) => posix.dirname(path)))].map((folder) =>
        folder === '.' ? name : `${name}/${folder}`,
      ),
    );
    expect(described.map(({ folder }) => folder).sort()).toEqual(folders.sort());
    for (const { text } of described) expect(text.trim()).not.toBe('');
  });
});
