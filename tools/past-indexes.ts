import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { packageOf } from './source-imports.ts';

/** The file that defines a name, and what it is called there. */
interface Definition {
  readonly path: string;
  readonly name: string;
}

/** `a, type B, c as d`: the values, by the name that they have outside. */
function valueNames(clause: string): readonly (readonly [inside: string, outside: string])[] {
  const names = clause.split(',').map((name) => name.trim());
  return names
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => {
      const [inside = '', outside = inside] = name.split(' as ');
      return [inside, outside];
    });
}

const indexes = new Map<string, ReadonlyMap<string, Definition>>();

/** What an index re-exports; a test holds that indexes do nothing else. */
function definitionsIn(path: string): ReadonlyMap<string, Definition> {
  const known = indexes.get(path);
  if (known) return known;
  const found = new Map<string, Definition>();
  for (const [, clause = '', from = ''] of readFileSync(path, 'utf8').matchAll(/^export \{([^}]*)\} from '([^']+)'/gm)) {
    const target = join(dirname(path), from);
    for (const [name, outside] of valueNames(clause)) found.set(outside, definitionOf(target, name));
  }
  indexes.set(path, found);
  return found;
}

function definitionOf(path: string, name: string): Definition {
  if (!path.endsWith('/index.ts')) return { path, name };
  const definition = definitionsIn(path).get(name);
  if (definition === undefined) throw new Error(`${path} does not export ${name}`);
  return definition;
}

/** The source of an entry of one of our packages, as its manifest says. */
function entryOf(root: string, specifier: string): string {
  const name = packageOf(specifier);
  const folder = join(root, 'packages', name.slice('@ijw/'.length));
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, exports[`.${specifier.slice(name.length)}`]['@ijw/source']);
}

const IMPORT = /^import \{([^}]*)\} from '(@ijw\/[^']+|\.[^']*\/index\.ts)';/gm;

/**
 * Imports what a file names from the files that define it, in the place of an index. esbuild puts a file into the script of all commands that reach it, and through an index a command reaches
 * everything that any other takes from there.
 */
export const pastIndexes = (root: string): Plugin => ({
  name: 'past-indexes',
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replace(IMPORT, (_, clause: string, from: string) => {
        const entry = from.startsWith('.') ? join(dirname(path), from) : entryOf(root, from);
        return valueNames(clause)
          .map(([name, local]) => {
            const definition = definitionOf(entry, name);
            return `import { ${definition.name} as ${local} } from '${definition.path}';`;
          })
          .join('');
      }),
    }));
  },
});
