// No list becomes an argument list: a file decides how long most lists are, and the stack holds some hundred thousand arguments.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const SPREAD = /\.(?:push|unshift)\(\.\.\.|Math\.(?:max|min)\(\.\.\./;

/** Lists of a few registers. */
const BOUNDED: readonly string[] = ['packages/pe/src/exceptions/arm64-packed-unwind.ts'];

const sourceFolders = ['cli/src', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/src`)];

const sources = sourceFolders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
);

it('no list is spread into arguments, but those of a few items', () => {
  expect(sources.length).toBeGreaterThan(500);
  expect(sources.filter((path) => SPREAD.test(readFileSync(join(root, path), 'utf8')))).toEqual(BOUNDED);
});
