// info, tables and dis of an assembly of .NET nanoFramework, in text and in JSON; what the other commands say.

import { describe, expect, it } from 'vitest';
import { demoAssembly } from '../../packages/nano/test/nano-builder.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const damaged = demoAssembly(1);
damaged[damaged.length - 1] = 1;
const files = { 'Demo.pe': demoAssembly(1), 'damaged.pe': damaged };

async function ijw(...argv: readonly string[]) {
  const io = memoryIo(files);
  const exitCode = await run(argv, io);
  return { exitCode, output: io.output.text, errors: io.errors.text };
}

describe('a nanoFramework assembly', () => {
  it('is described', async () => {
    const { exitCode, output } = await ijw('info', 'Demo.pe');
    expect(exitCode).toBe(0);
    expect(output).toContain('assembly       Demo 1.2.3.4\n');
    expect(output).toContain('nanoFramework  NFMRK1, checksum of native methods 0x12345678\n');
    expect(output).toContain('references     mscorlib 1.17.11.0\n');
    const document = JSON.parse((await ijw('info', 'Demo.pe', '--json')).output);
    expect(document).toMatchObject({ format: 'nano', kind: 'managed', counts: { types: 1, methods: 1, fields: 1 }, diagnostics: [] });
  });

  it('with a checksum that is wrong has a diagnostic', async () => {
    const { diagnostics } = JSON.parse((await ijw('info', 'damaged.pe', '--json')).output);
    expect(diagnostics).toMatchObject([{ code: 'BAD_CHECKSUM', offset: 12 }]);
  });

  it('has tables', async () => {
    expect((await ijw('tables', 'Demo.pe')).output).toMatch(/ {2}MethodDef +1 rows\n/);
    expect((await ijw('tables', 'Demo.pe', 'typedef')).output).toContain('N.C');
    const { rows } = JSON.parse((await ijw('tables', 'Demo.pe', 'MethodDef', '--json')).output);
    expect(rows).toMatchObject([{ index: 0, Name: 'Run', Flags: 0x40000016 }]);
    const { exitCode, errors } = await ijw('tables', 'Demo.pe', 'Nothing');
    expect([exitCode, errors]).toEqual([2, expect.stringContaining('AssemblyRef, TypeRef')]);
  });

  it('is disassembled', async () => {
    expect((await ijw('dis', 'Demo.pe')).output).toContain('    IL_0001: ldstr      "hello"\n');
    expect((await ijw('dis', 'Demo.pe', 'C::Run')).output).toContain('.method static void Run(string)');
    expect(JSON.parse((await ijw('dis', 'Demo.pe', '--json')).output).methods).toMatchObject([{ name: 'N.C::Run' }]);
    expect((await ijw('dis', 'Demo.pe', 'Nothing')).exitCode).toBe(2);
  });

  it('is refused by the other commands', async () => {
    const { exitCode, errors } = await ijw('boundary', 'Demo.pe');
    expect([exitCode, errors]).toEqual([1, expect.stringContaining('nanoFramework')]);
  });
});
