// What npm gets: the command line packed, installed alone into an empty project without a network, and used (skipped without a build).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/src/command-list.ts';

const root = join(import.meta.dirname, '../..');
const IMAGE = join(createRequire(import.meta.url).resolve('edge-js/package.json'), '../lib/native/win32/x64/24/edge_nativeclr.node');

/** Bytes on disk that the command line may take; 39 MB with dependencies before it was bundled. */
const LARGEST = 12e6;

/** The words of a call of a command that takes more than a file. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  interop: ['inventory', IMAGE],
  stubs: [IMAGE, '--for', 'csharp'],
  find: ['Main', IMAGE],
  xref: ['Object', IMAGE],
  diff: [IMAGE, IMAGE],
  demangle: ['?f@@YAHH@Z'],
  completion: ['bash'],
};

const scratch = mkdtempSync(join(tmpdir(), 'ijw-package-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function execute(command: string, args: readonly string[], folder: string) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status, stdout, stderr };
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile());

describe.skipIf(!existsSync(join(root, 'cli/dist/bundle/main.cjs')))('@ijw/cli alone (skipped without a build)', () => {
  const installed = join(scratch, 'node_modules/@ijw/cli');
  const manifest = () => JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const sizeOf = (path: string): number => statSync(join(installed, path)).size;

  beforeAll(() => {
    expect(execute('npm', ['pack', '--pack-destination', scratch], join(root, 'cli')).status).toBe(0);
    const archive = readdirSync(scratch).find((name) => name.endsWith('.tgz'))!;
    writeFileSync(join(scratch, 'package.json'), '{ "private": true }');
    const { status, stderr } = execute('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${archive}`], scratch);
    expect([status, stderr]).toEqual([0, '']);
  });

  it('brings no other package', () => {
    expect(manifest().dependencies).toBeUndefined();
    expect(readdirSync(join(scratch, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['@ijw']);
    expect(readdirSync(join(scratch, 'node_modules/@ijw'))).toEqual(['cli']);
  });

  it('is small, and has only what is used', () => {
    const files = filesIn(installed);
    expect(files.reduce((sum, path) => sum + sizeOf(path), 0)).toBeLessThan(LARGEST);
    expect(
      files.filter((path) => !/^(bin|lib)\/|^dist\/bundle\/.+\.cjs(\.cache)?$|\.d\.ts$|^[A-Z-]+(\.md)?$|^package\.json$/.test(path)),
    ).toEqual([]);
  });

  it('has the licences of what is in the bundle', () => {
    const notices = readFileSync(join(installed, 'THIRD-PARTY-NOTICES'), 'utf8');
    for (const name of ['chalk', 'commander', 'pino', 'pkijs', 'asn1js', 'fflate'])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(notices.match(/permission|redistribution/gi)!.length).toBeGreaterThan(8);
    expect(notices).not.toContain(root);
  });

  it.each(COMMANDS.map(({ name }) => name))('ijw %s runs', (name) => {
    const { status, stdout, stderr } = execute(join(scratch, 'node_modules/.bin/ijw'), [name, ...(WORDS[name] ?? [IMAGE])], scratch);
    // `extract` says that the image is not a bundle.
    expect(status, stderr).toBeLessThan(name === 'extract' ? 3 : 2);
    expect(stderr).not.toContain('    at ');
    expect(stdout.length + stderr.length).toBeGreaterThan(0);
  });

  it('writes a log', () => {
    const { status, stderr } = execute(join(scratch, 'node_modules/.bin/ijw'), ['info', IMAGE, '--log-level', 'debug'], scratch);
    expect(status).toBe(0);
    expect(JSON.parse(stderr.split('\n')[0]!)).toHaveProperty('level');
  });

  it.each([
    ['import', "import { run, processIo } from '@ijw/cli';"],
    ['require', "const { run, processIo } = process.getBuiltinModule('node:module').createRequire(import.meta.url)('@ijw/cli');"],
  ])('run(argv, io) by %s', (_, first) => {
    const args = _ === 'require' && process.versions.node.startsWith('20.') ? ['--experimental-require-module'] : [];
    writeFileSync(
      join(scratch, 'program.mjs'),
      `${first}\nlet text = '';\nconst io = { ...processIo(), write: (chunk) => { text += chunk; } };\nconst exitCode = await run(['info', ${JSON.stringify(IMAGE)}, '--json'], io);\nconsole.log(exitCode, JSON.parse(text).kind);\n`,
    );
    expect(execute(process.execPath, [...args, 'program.mjs'], scratch)).toMatchObject({ status: 0, stdout: '0 mixed\n' });
  });
});
