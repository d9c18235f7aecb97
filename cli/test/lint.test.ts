// `ijw lint`: formats, levels, baselines, suppressions, exit codes.
import { buildMixedImage } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const image = (flags: number): Uint8Array =>
  buildMixedImage({ architecture: 'x86', records: [{ type: 5, slots: ['Add'] }], host: 'mscoree.dll', cli: { flags } }).bytes;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const files = {
  'good.dll': image(0),
  'bad.dll': image(1),
  'text.dll': text('no image'),
  'accepted.json': text('[{"rule":"NI070","target":"<Module>::*","reason":"seen"}]'),
  'broken.json': text('{'),
};

async function lint(...argv: string[]) {
  const io = memoryIo(files);
  const code = await run(['lint', ...argv], io);
  return { code, output: io.output.text, errors: io.errors.text, io };
}

describe('ijw lint', () => {
  it('exits with 0 where nothing is found and with 1 where something is', async () => {
    expect(await lint('good.dll')).toMatchObject({ code: 0, output: 'good.dll: no findings\n' });
    const { code, output } = await lint('bad.dll');
    expect(code).toBe(1);
    expect(output).toContain('bad.dll: error NI070: <Module>::NativeAdd (0x06000003), RVA 0x');
    expect(output).toContain('bad.dll: 2 findings');
  });

  it('prints JSON for one file and for several', async () => {
    const one = JSON.parse((await lint('bad.dll', '--json')).output);
    expect(one).toMatchObject({ file: 'bad.dll', diagnostics: [] });
    expect(one.findings[0]).toMatchObject({ rule: 'NI070', level: 'error', target: '<Module>::NativeAdd', token: 0x06000003 });
    const several = (await lint('bad.dll', 'good.dll', '--format', 'json')).output.trim().split('\n');
    expect(several.map((line) => JSON.parse(line).file)).toEqual(['bad.dll', 'good.dll']);
  });

  it('prints SARIF', async () => {
    const log = JSON.parse((await lint('bad.dll', '--format', 'sarif')).output);
    expect(log.version).toBe('2.1.0');
    expect(log.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(['NI070', 'NI070']);
  });

  it('runs the rules that are asked for', async () => {
    expect((await lint('bad.dll', '--rule', 'NI072,NI073')).code).toBe(0);
    expect((await lint('bad.dll', '--rule', 'NI072', '--rule', 'NI070')).code).toBe(1);
    expect(await lint('bad.dll', '--rule', 'NI999')).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/^ijw: bad\.dll: Unknown rule NI999; the rules are NI001 [^\n]+\n$/),
    });
  });

  it('fails by the level of what it finds', async () => {
    expect((await lint('bad.dll', '--fail-on', 'error')).code).toBe(1);
    expect((await lint('good.dll', '--fail-on', 'info')).code).toBe(0);
  });

  it('explains a rule', async () => {
    const { code, output } = await lint('--explain', 'NI070');
    expect(code).toBe(0);
    expect(output).toContain('ILONLY');
    expect((await lint('--explain', 'NI1')).code).toBe(2);
    expect((await lint()).code).toBe(2);
  });

  it('leaves out what is suppressed or in the baseline', async () => {
    expect(await lint('bad.dll', '--suppressions', 'accepted.json')).toMatchObject({
      code: 0,
      output: 'bad.dll: no findings, 2 suppressed\n',
    });
    expect((await lint('bad.dll', '--suppressions', 'broken.json')).errors).toContain('BAD_SUPPRESSIONS');
    const { code, io } = await lint('bad.dll', '--write-baseline', 'known.json');
    expect(code).toBe(0);
    expect(await run(['lint', 'bad.dll', '--baseline', 'known.json'], io)).toBe(0);
  });

  it('goes on after a file that is none', async () => {
    const { code, output, errors } = await lint('text.dll', 'good.dll');
    expect(code).toBe(1);
    expect(errors).toMatch(/^ijw: text\.dll: /);
    expect(output).toBe('good.dll: no findings\n');
  });
});
