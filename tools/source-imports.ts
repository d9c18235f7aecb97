import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** One import, export or `import()` of a source file. */
export interface SourceImport {
  readonly specifier: string;
  /** False where nothing but types is named, so that nothing is left of it at run time. */
  readonly runTime: boolean;
}

const STATEMENT = /^(?:import|export)\s+(type\s)?([^'";]*?)\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

function namesOnlyTypes(clause: string): boolean {
  const names = clause
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.length > 0 && names.every((name) => name.startsWith('type '));
}

export const importsOf = (source: string): SourceImport[] =>
  Array.from(source.matchAll(STATEMENT), ([, type, clause, from, bare, dynamic]) => ({
    specifier: (from ?? bare ?? dynamic)!,
    runTime: from === undefined || (type === undefined && !namesOnlyTypes(clause!)),
  }));

/** `@ijw/pe` of `@ijw/pe/resources`; `fflate` of `fflate`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The TypeScript files of a folder and those below it, by their path from it, with their text. */
export function sourceFiles(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  return new Map(
    paths
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .sort()
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
}

const targetsOf = (path: string, imports: readonly SourceImport[]): string[] =>
  imports.filter(({ specifier }) => specifier.startsWith('.')).map(({ specifier }) => posix.join(posix.dirname(path), specifier));

/** Which file of a package imports which, if only for types. An index imports everything and is left out. */
export const moduleGraph = (files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...files].filter(([path]) => posix.basename(path) !== 'index.ts').map(([path, source]) => [path, targetsOf(path, importsOf(source))]),
  );

/** Which folder imports which at run time. A file of the package's root is a node of its own. An index is an entry of the package and is left out. */
export function folderGraph(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const nodeOf = (path: string): string => (posix.dirname(path) === '.' ? path : posix.dirname(path));
  const graph = new Map<string, string[]>();
  for (const [path, source] of files) {
    if (posix.basename(path) === 'index.ts') continue;
    const node = nodeOf(path);
    const targets = targetsOf(
      path,
      importsOf(source).filter(({ runTime }) => runTime),
    );
    graph.set(node, [...(graph.get(node) ?? []), ...targets.map(nodeOf).filter((target) => target !== node)]);
  }
  return graph;
}
