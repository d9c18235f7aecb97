// Every entry of every library is an entry of @ijw/ijw, with the same exports.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const packages = join(import.meta.dirname, '../..');
const exportsOf = (name: string): readonly string[] =>
  Object.keys(JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')).exports).filter((entry) => entry !== './package.json');

const entries = readdirSync(packages)
  .filter((name) => name !== 'ijw')
  .flatMap((name) => exportsOf(name).map((entry) => `${name}${entry.slice(1)}`));

describe('@ijw/ijw', () => {
  it('has the entries of all libraries, and its own', () => {
    expect([...exportsOf('ijw')].sort()).toEqual(['.', ...entries.map((entry) => `./${entry}`)].sort());
  });

  it.each(entries)('@ijw/ijw/%s is @ijw/%s', async (entry) => {
    const [all, library] = await Promise.all([import(`../src/${entry.replaceAll('/', '-')}.ts`), import(`@ijw/${entry}`)]);
    expect(Object.keys(all).sort()).toEqual(Object.keys(library).sort());
    for (const name of Object.keys(library)) expect(all[name]).toBe(library[name]);
  });
});
