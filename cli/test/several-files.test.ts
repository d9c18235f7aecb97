// Every command that reports on a file: several files, standard input, one JSON document a file, options that have no meaning, exit codes.
import { buildMixedImage, managedSample } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/command-list.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const mixed = buildMixedImage({ architecture: 'x64', records: [{ type: 0x06, slots: ['Add'] }], host: 'mscoree.dll' }).bytes;
const managed = managedSample();
const text = new TextEncoder().encode('To be, or not to be');

async function ijw(...words: readonly string[]) {
  const io = memoryIo({ 'a.dll': mixed, 'b.dll': mixed, 'm.dll': managed, 'bad.dll': text, '-': mixed });
  const exitCode = await run(words, io);
  return { exitCode, output: io.output.text, errors: io.errors.text, io };
}

/** A command line of each command that reports on files, without the files. */
const REPORTS: Readonly<Record<string, readonly string[]>> = {
  info: ['info'],
  headers: ['headers'],
  tables: ['tables'],
  dis: ['dis'],
  boundary: ['boundary'],
  interop: ['interop', 'inventory'],
  lint: ['lint', '--fail-on', 'error', '--rule', 'NI001'],
  load: ['load'],
  tour: ['tour'],
  stubs: ['stubs', '--for', 'c'],
  hex: ['hex'],
  resources: ['resources'],
};

/** Commands whose document is about all files together, or about other files, and where that is tested. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  find: 'find.test.ts',
  xref: 'find.test.ts',
  diff: 'goldens.test.ts: two files',
  extract: 'take-apart.test.ts: bundles',
  doctor: 'doctor.test.ts: deployments',
};

it('covers every command that has files', () => {
  const withFiles = COMMANDS.filter(({ files }) => files !== 'none').map(({ name }) => name);
  expect(Object.keys({ ...REPORTS, ...ELSEWHERE })).toEqual(expect.arrayContaining(withFiles));
});

describe.each(Object.entries(REPORTS))('ijw %s', (_name, words) => {
  it('prints one document for a file, and for standard input', async () => {
    const { output, exitCode } = await ijw(...words, 'a.dll', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ file: 'a.dll', diagnostics: expect.any(Array) });
    expect(JSON.parse((await ijw(...words, '-', '--json')).output).file).toBe('-');
  });

  it('prints a line for each of several files, and goes on after a bad one', async () => {
    const { output, errors, exitCode } = await ijw(...words, 'a.dll', 'bad.dll', 'b.dll', '--json');
    const files = output
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { file: string }).file);
    expect(files).toEqual(['a.dll', 'b.dll']);
    expect([exitCode, /^ijw: bad\.dll: [^\n]+\n$/.test(errors)]).toEqual([1, true]);
  });

  it('names each of several files in text', async () => {
    const { output, exitCode } = await ijw(...words, 'a.dll', 'b.dll');
    expect(exitCode).toBe(0);
    for (const file of ['a.dll', 'b.dll']) expect(output).toContain(file);
  });

  it('says 1 for a bad file', async () => {
    expect((await ijw(...words, 'bad.dll')).exitCode).toBe(1);
  });
});

describe('commands', () => {
  it('takes what does not name a file for a member or a table, after several files too', async () => {
    const { output } = await ijw('dis', 'a.dll', 'b.dll', '<Module>::Add');
    expect(output.match(/\} \/\/ end of method/g)).toHaveLength(2);
    expect(output).toMatch(/^\/\/ a\.dll\n[\s\S]*\n\/\/ b\.dll\n/);
    expect((await ijw('tables', 'a.dll', 'b.dll', 'MethodDef')).output.match(/^token /gm)).toHaveLength(2);
  });

  it('reads standard input once', async () => {
    expect(await ijw('info', '-', '-')).toMatchObject({ exitCode: 2, errors: 'ijw: -: Standard input can be read once\n' });
  });

  it('refuses --json where nothing is reported', async () => {
    const { exitCode, errors } = await ijw('completion', 'bash', '--json');
    expect([exitCode, errors]).toEqual([2, expect.stringContaining("unknown option '--json'")]);
  });

  it.each([
    [['boundary', 'a.dll', '--dot', '--json'], "'--dot' cannot be used with option '--json'"],
    [['tables', 'a.dll', '--raw', '--json'], "'--raw' cannot be used with option '--json'"],
    [['dis', 'a.dll', '--strict', '--json'], "'--strict' cannot be used with option '--json'"],
    [['dis', 'a.dll', '--no-il', '--listing'], "'--no-il' cannot be used with option '--listing'"],
    [['dis', 'a.dll', '--source-root', 'x'], '--source-root needs --source'],
    [['lint', 'a.dll', '--base', '0x10'], '--base needs --check'],
    [['lint', 'a.dll', '--explain', 'NI001'], '--explain takes a rule and no file'],
    [['interop', 'inventory', 'a.dll', '--signatures', 'x'], '--signatures is an option of "interop registry"'],
    [['stubs', 'a.dll', '--for', 'c', '--bare'], '--bare is an option of --for tinyclr'],
    [['demangle', '?f@@YAHH@Z', '--layout', 'file'], "unknown option '--layout'"],
  ])('%j has an option that would be ignored', async (words, message) => {
    const { exitCode, errors } = await ijw(...words);
    expect([exitCode, errors]).toEqual([2, expect.stringContaining(message)]);
  });

  it('writes no file twice', async () => {
    const { exitCode, errors } = await ijw('stubs', 'a.dll', 'b.dll', '--for', 'c', '-o', 'out');
    expect([exitCode, errors]).toEqual([2, expect.stringContaining('would be written twice')]);
  });

  it('lists IL as JSON, one method at a time', async () => {
    const { output } = await ijw('dis', 'm.dll', '--json');
    const { methods } = JSON.parse(output);
    expect(methods.length).toBeGreaterThan(0);
    for (const method of methods)
      expect(method).toMatchObject({ token: expect.any(Number), name: expect.any(String), rva: expect.any(Number) });
    const il = methods.find(({ instructions }: { instructions?: object[] }) => instructions !== undefined);
    expect(il).toMatchObject({ maxStack: expect.any(Number), locals: expect.any(Array), handlers: expect.any(Array) });
    expect(il.instructions.at(-1)).toMatchObject({ offset: expect.any(Number), opcode: 'ret' });
  });
});

describe('colours', () => {
  const colours = async (environment: Readonly<Record<string, string>>, isTerminal: boolean, ...words: readonly string[]) => {
    const io = { ...memoryIo({ 'a.dll': mixed }), environment, isTerminal };
    await run(['info', 'a.dll', ...words], io);
    return io.output.text.includes('\u001b[');
  };

  it.each([
    [{}, true, [], true],
    [{}, false, [], false],
    [{ NO_COLOR: '1' }, true, [], false],
    [{ NO_COLOR: '' }, true, [], true],
    [{ TERM: 'dumb' }, true, [], false],
    [{ FORCE_COLOR: '1' }, false, [], true],
    [{ FORCE_COLOR: '0' }, true, [], false],
    [{ CLICOLOR_FORCE: '1' }, false, [], true],
    [{ CLICOLOR_FORCE: '0' }, false, [], false],
    [{ NO_COLOR: '1' }, false, ['--color'], true],
    [{ FORCE_COLOR: '1' }, true, ['--no-color'], false],
  ] as const)('%j, terminal %s, %j: %s', async (environment, isTerminal, words, expected) => {
    expect(await colours(environment, isTerminal, ...words)).toBe(expected);
  });
});
