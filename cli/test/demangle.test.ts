// `ijw demangle`: names as arguments and on standard input, text and JSON.
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const call = async (args: readonly string[], input = '') => {
  const io = memoryIo({ '-': new TextEncoder().encode(input) });
  return { exitCode: await run(['demangle', ...args], io), output: io.output.text, errors: io.errors.text };
};

describe('ijw demangle', () => {
  it('prints a line for each name, in order', async () => {
    expect(await call(['?f@@YAHH@Z', 'main', '?g@N@@QAEXXZ'])).toEqual({
      exitCode: 0,
      output: 'int __cdecl f(int)\nmain\npublic: void __thiscall N::g(void)\n',
      errors: '',
    });
  });

  it('gives a malformed name back and says where it breaks', async () => {
    const { exitCode, output, errors } = await call(['?f@@YAH']);
    expect([exitCode, output]).toEqual([1, '?f@@YAH\n']);
    expect(errors).toMatch(/^ijw: \?f@@YAH: MALFORMED_NAME at character \d+: .+\n$/);
  });

  it('is a filter without names', async () => {
    const { output } = await call([], 'undefined symbol: ?f@@YAHH@Z (in a.obj), see "?g@N@@QAEXXZ"\n');
    expect(output).toBe('undefined symbol: int __cdecl f(int) (in a.obj), see "public: void __thiscall N::g(void)"\n');
  });

  it('lists what it found as JSON', async () => {
    expect(JSON.parse((await call(['--json'], 'x ?f@@YAHH@Z y')).output)).toEqual({
      names: [{ decorated: '?f@@YAHH@Z', text: 'int __cdecl f(int)' }],
    });
  });
});
