// `ijw doctor`: documents, formats, baselines, suppressions, archives, exit codes.
import { buildMixedImage, deployed, deployedImage } from '@ijw/fixtures';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const core = buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', name: 'core', records: [{ type: 6, slots: ['Add'] }] }).bytes;
const ijwhost = deployedImage({ exports: ['_CorDllMain', 'GetTokenForVTableEntry'] });
const files = {
  'bin/core.dll': core,
  'whole/core.dll': core,
  'whole/ijwhost.dll': ijwhost,
  'warns/a.dll': deployedImage({ imports: { 'MSVCR120.dll': ['malloc'] } }),
  'whole.zip': zipSync({ 'app/core.dll': core, 'app/ijwhost.dll': ijwhost }),
  'broken.zip': text('PK\u0003\u0004 and nothing else'),
  'empty/notes.txt': text('no program'),
  'accepted.json': text('[{"rule":"DR401","target":"core.dll*","reason":"the installer brings it"}]'),
  'broken.json': text('{'),
};

async function doctor(...argv: string[]) {
  const io = memoryIo(files);
  const code = await run(['doctor', ...argv], io);
  return { code, output: io.output.text, errors: io.errors.text, io, first: io.output.text.split('\n')[0] };
}

describe('ijw doctor', () => {
  it('says the verdict and its cause first', async () => {
    expect(await doctor('bin/core.dll')).toMatchObject({
      code: 1,
      first: 'will not load: ijwhost.dll is missing; core.dll is C++/CLI and imports it',
    });
    expect(await doctor('bin')).toMatchObject({
      code: 1,
      first: 'will not load: ijwhost.dll is missing; core.dll is C++/CLI and imports it',
    });
    expect(await doctor('whole')).toMatchObject({ code: 0, first: 'loads' });
    const { code, first } = await doctor('warns');
    expect(code).toBe(0);
    expect(first).toMatch(/^depends on the target machine: MSVCR120\.dll is not in the folder/);
  });

  it('prints the keys of the contract', async () => {
    const { output, code } = await doctor('bin/core.dll', '--json');
    expect(code).toBe(1);
    const document = JSON.parse(output);
    expect(document).toMatchObject({
      file: 'bin/core.dll',
      verdict: 'will-not-load',
      runtime: 'net10.0',
      architecture: 'x64',
      diagnostics: [],
    });
    expect(document.findings[0]).toMatchObject({
      id: 'DR401',
      level: 'error',
      chain: ['core.dll', 'ijwhost.dll'],
      file: 'ijwhost.dll',
      hresult: 0x8007007e,
      exception: 'System.IO.FileNotFoundException',
    });
    for (const key of ['message', 'fix']) expect(document.findings[0][key]).toEqual(expect.any(String));
    expect(document.dependencies).toContainEqual(
      expect.objectContaining({ name: 'ijwhost.dll', kind: 'host', missing: true, from: 'core.dll' }),
    );
    expect(document.dependencies).toContainEqual(
      expect.objectContaining({ name: 'KERNEL32.dll', kind: 'system', missing: false, from: 'core.dll' }),
    );
    const whole = JSON.parse((await doctor('whole/core.dll', '--json')).output);
    expect(whole.dependencies).toContainEqual(
      expect.objectContaining({ name: 'ijwhost.dll', path: 'ijwhost.dll', machine: 'x64', missing: false }),
    );
  });

  it('is the same for an archive, and for several deployments a line each', async () => {
    expect(await doctor('whole.zip')).toMatchObject({ code: 0, first: 'loads' });
    const lines = (await doctor('whole', 'bin', '--format', 'json')).output.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).verdict)).toEqual(['loads', 'will-not-load']);
  });

  it('writes SARIF with the finding and its rule', async () => {
    const { output } = await doctor('bin/core.dll', '--format', 'sarif');
    const { runs } = JSON.parse(output);
    expect(runs[0].results[0]).toMatchObject({ ruleId: 'DR401', level: 'error' });
    expect(runs[0].tool.driver.rules[runs[0].results[0].ruleIndex]).toMatchObject({
      id: 'DR401',
      properties: { documentation: 'docs/findings.md#dr401' },
    });
  });

  it('leaves out what is suppressed or in the baseline', async () => {
    expect(await doctor('bin/core.dll', '--suppressions', 'accepted.json')).toMatchObject({ code: 0, first: 'loads' });
    const suppressed = JSON.parse((await doctor('bin/core.dll', '--suppressions', 'accepted.json', '--json')).output);
    expect(suppressed.suppressed[0]).toMatchObject({ id: 'DR401', reason: 'the installer brings it' });
    const { io, output } = await doctor('bin/core.dll', '--write-baseline', 'known.json');
    expect(output).toBe('');
    Object.assign(files, { 'known.json': io.files.get('known.json') });
    expect(await doctor('bin/core.dll', '--baseline', 'known.json')).toMatchObject({ code: 0, first: 'loads' });
    expect(await doctor('bin/core.dll', '--suppressions', 'broken.json')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('BAD_SUPPRESSIONS'),
    });
  });

  it('explains codes and findings', async () => {
    expect((await doctor('--code', '0x8007007E')).output).toContain('ERROR_MOD_NOT_FOUND');
    expect((await doctor('bin/core.dll', '--code', '126')).output).toContain('Here:');
    expect(await doctor('--code', '0x1')).toMatchObject({ code: 1 });
    expect(JSON.parse((await doctor('--code', '193', '--json')).output).codes[0]).toMatchObject({ code: 0x800700c1 });
    expect((await doctor('--explain', 'dr501')).output).toContain('DR501');
    expect(await doctor('--explain', 'DR999')).toMatchObject({ code: 2 });
  });

  it('says in one line what it cannot read', async () => {
    expect(await doctor('nowhere')).toMatchObject({ code: 1, output: '', errors: expect.stringMatching(/^ijw: nowhere: .*\n$/) });
    expect(await doctor('broken.zip')).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('NOT_ZIP') });
    expect(await doctor('-')).toMatchObject({ code: 2 });
    expect(await doctor()).toMatchObject({ code: 2 });
    expect(await doctor('empty')).toMatchObject({ code: 0, first: 'empty: nothing to load: no program and no library' });
  });

  it('looks beside a file, in runtimes and where the configuration says', async () => {
    const app = (name: string) =>
      deployed.managed('App', { target: '.NETFramework,Version=v4.8', references: [{ name }] }, { program: true });
    const io = memoryIo({
      'fw/App.exe': app('Lib'),
      'fw/App.exe.config': text(
        '<configuration><runtime><assemblyBinding><probing privatePath="parts;..\\out"/></assemblyBinding></runtime></configuration>',
      ),
      'fw/parts/Lib.dll': deployed.managed('Lib', { target: '.NETFramework,Version=v4.8' }),
      'core/App.dll': deployed.managed('App', { pinvokes: [{ library: 'engine', entryPoint: 'f' }] }),
      'core/App.deps.json': text(
        '{"targets":{"x":{"App/1":{"runtimeTargets":{"runtimes/win-x64/native/engine.dll":{"rid":"win-x64","assetType":"native"}}}}}}',
      ),
      'core/runtimes/win-x64/native/engine.dll': deployed.library(),
      'core/deep/down/App.dll': text('of another program'),
    });
    expect(await run(['doctor', 'fw/App.exe'], io)).toBe(0);
    expect(await run(['doctor', 'core/App.dll'], io)).toBe(0);
    expect(io.output.text.match(/^loads$/gm)).toHaveLength(2);
  });

  it('draws the graph', async () => {
    expect((await doctor('bin/core.dll', '--dot')).output).toMatch(
      /^digraph dependencies \{[\s\S]*"core\.dll" -> "ijwhost\.dll" \[label="import", color=red\]/,
    );
  });
});
