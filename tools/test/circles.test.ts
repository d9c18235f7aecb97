// No file and no folder of a package imports itself through others, not even for a type.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** Packages without circles. The index imports every folder and is in none. */
const PACKAGES = ['loader', 'machine', 'windows'];
const IMPORT = /\bfrom '(\.[^']+)'/g;

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

function importsOf(name: string): Graph {
  const source = join(root, 'packages', name, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('index.ts'),
  );
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(source, file), 'utf8');
      return [file, new Set([...text.matchAll(IMPORT)].map(([, target]) => normalize(join(dirname(file), target!))))];
    }),
  );
}

function foldersOf(files: Graph): Graph {
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of files) {
    const from = dirname(file);
    const known = folders.get(from) ?? new Set();
    folders.set(from, known);
    for (const target of targets) if (dirname(target) !== from) known.add(dirname(target));
  }
  return folders;
}

/** A walk that comes back to where it began, or `undefined`. */
function circleIn(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const circle = visit(next, [...path, node]);
      if (circle) return circle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const circle = visit(node, []);
    if (circle) return circle;
  }
  return undefined;
}

describe.each(PACKAGES)('%s', (name) => {
  const files = importsOf(name);

  it('has no circle of files', () => {
    expect(circleIn(files)).toBeUndefined();
  });

  it('has no circle of folders', () => {
    expect(circleIn(foldersOf(files))).toBeUndefined();
  });
});

it('a circle is found', () => {
  const graph = (edges: Readonly<Record<string, readonly string[]>>): Graph =>
    new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]));
  expect(circleIn(graph({ a: ['b'], b: ['c'], c: ['b'] }))).toEqual(['b', 'c', 'b']);
  expect(circleIn(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toBeUndefined();
});
