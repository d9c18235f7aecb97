// Covers: every command runs where V8 makes no code from strings, as under a page's content security policy.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/command-list.ts';

const ijw = join(import.meta.dirname, '../bin/ijw.js');
const edge = (architecture: string) =>
  join(createRequire(import.meta.url).resolve('edge-js/package.json'), `../lib/native/win32/${architecture}/22/edge_nativeclr.node`);
const x64 = edge('x64');

const execute = (...args: readonly string[]) => spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });

/** What each command is given: at least one line a command, more where an option brings in a package of its own. */
const CALLS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  info: [[x64], [x64, '--log-level', 'debug']],
  headers: [[x64, '--unwind']],
  tables: [
    [x64, '--resolved'],
    [x64, 'MethodDef'],
  ],
  dis: [[x64, '--strict'], [x64, '--listing'], ...['x64', 'ia32', 'arm64'].map((architecture) => [edge(architecture), '--native'])],
  boundary: [[x64], [x64, '--dot'], [x64, '--names', 'ida']],
  interop: ['inventory', 'verdicts', 'registry'].map((what) => [what, x64]),
  lint: [[x64, '--format', 'sarif']],
  load: [[x64, '--trace', '--host', 'core']],
  tour: [[x64]],
  stubs: ['c', 'csharp', 'leanclr', 'tinyclr', 'nanoframework'].map((system) => [x64, '--for', system]),
  doctor: [[x64]],
  find: [
    ['*Invoke*', x64],
    ['node', x64, '--strings'],
  ],
  xref: [['ClrFunc::Initialize', x64]],
  diff: [[edge('ia32'), x64]],
  hex: [[x64, '0x06000001']],
  resources: [[x64]],
  extract: [[x64]],
  demangle: [['?f@@YAHH@Z']],
  completion: [['bash']],
};

describe('without code from strings', () => {
  it('Node refuses it', () => {
    expect(execute('--disallow-code-generation-from-strings', '-e', 'new Function("return 1")').stderr).toContain('EvalError');
  });

  it.each(COMMANDS.map(({ name }) => name))('ijw %s writes what it writes otherwise', (name) => {
    expect(CALLS[name]).not.toHaveLength(0);
    for (const args of CALLS[name]!) {
      const { status, stdout, stderr } = execute('--disallow-code-generation-from-strings', ijw, name, ...args);
      const usual = execute(ijw, name, ...args);
      expect({ status, stdout }, args.join(' ')).toEqual({ status: usual.status, stdout: usual.stdout });
      expect(stderr).not.toContain('EvalError');
      expect(stdout + stderr).not.toBe('');
    }
  });
});
