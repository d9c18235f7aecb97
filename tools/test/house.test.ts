import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALLOWED_ARROWS } from '../allowed-arrows.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const names = Object.keys(ALLOWED_ARROWS);
const folder = (name: string): string => `packages/${name.slice('@ijw/'.length)}`;
const IMPORT = /^(?:import|export)\b[^'";]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
const importsOf = (source: string): string[] => [...source.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3]!);

describe.each(names)('%s', (name) => {
  const sources = readdirSync(join(root, folder(name), 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder(name)}/src/${path}`);
  const manifest = JSON.parse(read(`${folder(name)}/package.json`));

  it('imports only from floors below its own, and only what it declares', () => {
    const declared = Object.keys(manifest.dependencies ?? {});
    for (const source of sources) {
      for (const target of importsOf(read(source)).filter((path) => !path.startsWith('.'))) {
        const bare = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0]!;
        expect(declared, `${source} imports ${target}`).toContain(bare);
        if (bare.startsWith('@ijw/')) expect(ALLOWED_ARROWS[name], source).toContain(bare);
        expect(target, `${source} would not run in a browser`).not.toMatch(/^node:/);
      }
    }
  });

  it('has an index that only re-exports by name', () => {
    const statements = read(`${folder(name)}/src/index.ts`)
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
      .split(';')
      .map((statement) => statement.trim())
      .filter(Boolean);
    for (const statement of statements) expect(statement).toMatch(/^export (type )?\{[\s\S]*\} from '\.\/[^']+\.ts'$/);
  });

  it('says what it is: README, licence, types', () => {
    expect(read(`${folder(name)}/README.md`)).toContain(name);
    expect(manifest).toMatchObject({ license: 'MIT', type: 'module', engines: { node: '>=20' } });
    expect(manifest.exports['.']).toMatchObject({ types: './dist/index.d.ts', default: './dist/index.js' });
  });

  it('pins the versions of its dependencies', () => {
    for (const version of Object.values(manifest.dependencies ?? {})) expect(version).toMatch(/^(workspace:\*|\d+\.\d+\.\d+)$/);
  });
});
