// What npm gets of the libraries: packed, unpacked into an empty project, and read by Node and by the oldest and the newest TypeScript (skipped without a build).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const names = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'package.json')));
const isBuilt = names.every((name) => existsSync(join(root, 'packages', name, 'dist/index.d.ts')));
/** What pe depends on beside our own packages. */
const OTHERS = ['asn1js', 'fflate', 'pkijs'];

const scratch = mkdtempSync(join(tmpdir(), 'ijw-libraries-'));
const modules = join(scratch, 'node_modules');
afterAll(() => rmSync(scratch, { recursive: true }));

function execute(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: scratch, encoding: 'utf8', maxBuffer: 1 << 28 });
  return status === 0 ? stdout : `${command} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
}

const installed = (name: string): string => join(modules, '@ijw', name);
const manifestOf = (name: string): Manifest => JSON.parse(readFileSync(join(installed(name), 'package.json'), 'utf8'));
const entriesOf = (name: string): readonly string[] => Object.keys(manifestOf(name).exports).filter((entry) => entry !== './package.json');
const filesOf = (name: string): readonly string[] =>
  readdirSync(installed(name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed(name).length + 1));

describe.skipIf(!isBuilt)('the libraries as packages (skipped without a build)', () => {
  beforeAll(() => {
    const archives = join(scratch, 'archives');
    mkdirSync(archives);
    spawnSync('npx', ['--yes', 'pnpm@12.21.0', '-r', '--filter', './packages/*', 'pack', '--pack-destination', archives], { cwd: root });
    for (const name of names) {
      mkdirSync(installed(name), { recursive: true });
      const archive = readdirSync(archives).find((file) => file.startsWith(`ijw-${name}-`));
      expect(execute('tar', '-xzf', join(archives, archive ?? `ijw-${name}.tgz`), '--strip-components=1', '-C', installed(name))).toBe('');
    }
    for (const name of OTHERS) symlinkSync(realpathSync(join(root, 'packages/pe/node_modules', name)), join(modules, name));
    writeFileSync(join(scratch, 'package.json'), '{ "private": true, "type": "module" }');
  }, 120_000);

  it.each(names)('@ijw/%s has its sources, its licence and nothing else', (name) => {
    const files = filesOf(name);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'src/index.ts', 'dist/index.js']));
    const others = files.filter((path) => !/^(dist\/.+\.(js|d\.ts)(\.map)?|src\/.+\.ts|LICENSE|README\.md|package\.json)$/.test(path));
    expect(others).toEqual([]);
  });

  it.each(names)('@ijw/%s has the source behind every map', (name) => {
    const maps = filesOf(name).filter((path) => path.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(0);
    const missing = maps.flatMap((path) => {
      const { sources } = JSON.parse(readFileSync(join(installed(name), path), 'utf8')) as { readonly sources: readonly string[] };
      return sources.map((source) => join(installed(name), dirname(path), source)).filter((source) => !existsSync(source));
    });
    expect(missing).toEqual([]);
  });

  it.each(names)('@ijw/%s depends on ranges', (name) => {
    for (const range of Object.values(manifestOf(name).dependencies ?? {})) expect(range).toMatch(/^\^\d+\.\d+\.\d+$/);
  });

  it.each(names)('@ijw/%s has nothing that publint finds', async (name) => {
    const { messages } = await publint({ pkgDir: installed(name), pack: false });
    expect(messages).toEqual([]);
  });

  const specifiers = (): readonly string[] => names.flatMap((name) => entriesOf(name).map((entry) => `@ijw/${name}${entry.slice(1)}`));

  it('every entry is imported by Node', () => {
    const lines = specifiers().map((specifier) => `console.log(Object.keys(await import('${specifier}')).length);`);
    writeFileSync(join(scratch, 'import.js'), lines.join('\n'));
    const counts = execute(process.execPath, 'import.js').trim().split('\n');
    expect(counts).toHaveLength(specifiers().length);
    for (const count of counts) expect(count).toMatch(/^\d+$/);
  });

  describe.each([
    ['5.4', 'typescript-oldest'],
    ['7', 'typescript'],
  ])('TypeScript %s, without skipLibCheck, without types of a browser or of Node', (_, compiler) => {
    it.each([
      ['node16', 'node16'],
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ])('reads every entry: module %s, resolution %s', (module, moduleResolution) => {
      const lines = specifiers().map((specifier, index) => `export * as entry${index} from '${specifier}';`);
      writeFileSync(join(scratch, 'entries.ts'), lines.join('\n'));
      const compilerOptions = { noEmit: true, strict: true, target: 'es2022', lib: ['es2023'], types: [], skipLibCheck: false };
      writeFileSync(
        join(scratch, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: { ...compilerOptions, module, moduleResolution }, files: ['entries.ts'] }),
      );
      expect(execute(process.execPath, join(root, 'node_modules', compiler, 'bin/tsc'), '-p', 'tsconfig.json')).toBe('');
    });
  });
});
