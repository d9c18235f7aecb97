// --search of lint and load: folders of real files, and what is in them that is not a file.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildMixedImage } from '@ijw/fixtures';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SampleModule } from '../../packages/interop/test/lint/sample-module.ts';
import { processIo } from '../src/process-io.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

let folder: string;
const native = buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records: [{ type: 5, slots: ['Add'] }] }).bytes;

/** An assembly with one P/Invoke of `Nothing` in `NATIVE.dll`, and one in `other`. */
function imports(): Uint8Array {
  const module = new SampleModule();
  module.type('NativeMethods');
  module.platformInvoke('Nothing', { library: 'NATIVE.dll' });
  module.platformInvoke('Elsewhere', { library: 'other' });
  return module.build().file.bytes;
}

async function ijw(...argv: string[]) {
  const { output, errors, write, writeError } = memoryIo({});
  const code = await run(argv, { ...processIo(), write, writeError });
  return { code, output: output.text, errors: errors.text };
}

const lint = (...search: string[]) =>
  ijw('lint', join(folder, 'app.dll'), '--rule', 'NI016,NI025', ...search.flatMap((path) => ['--search', path]));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ijw-search-'));
  for (const name of ['lower', 'upper', 'odd', 'linux']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'app.dll'), imports());
  writeFileSync(join(folder, 'mixed.dll'), native);
  writeFileSync(join(folder, 'lower/native.dll'), native);
  writeFileSync(join(folder, 'upper/NATIVE.DLL'), native);
  writeFileSync(join(folder, 'odd/native.dll'), 'not a PE file');
  mkdirSync(join(folder, 'odd/other.dll'));
  writeFileSync(join(folder, 'linux/libother.so'), '\x7fELF');
  symlinkSync('../lower/native.dll', join(folder, 'linux/native.dll'));
  symlinkSync('../nowhere', join(folder, 'linux/other'));
  execFileSync('mkfifo', [join(folder, 'linux/other.dll')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('lint --search', () => {
  it('finds a library whatever the case of its name', async () => {
    const [lower, upper] = [await lint(join(folder, 'lower')), await lint(join(folder, 'upper'))];
    expect(lower.output).toContain('NI016');
    expect(upper.output).toBe(lower.output.replaceAll(join(folder, 'lower'), join(folder, 'upper')));
  });

  it('reports a library that is missing, and one that is not a PE file, by library and method', async () => {
    const { output, code } = await lint(join(folder, 'odd'));
    expect(code).toBe(1);
    expect(output).toMatch(/NI025: NativeMethods::Nothing .*NATIVE\.dll, which Nothing is imported from, is not a PE file/);
    expect(output).toMatch(/NI025: NativeMethods::Elsewhere .*other, which Elsewhere is imported from, is not in the folder/);
  });

  it('skips folders, pipes and broken links, follows links to files, and leaves shared objects of other systems alone', async () => {
    const { output } = await lint(join(folder, 'linux'));
    expect(output).toContain('NI016');
    expect(output).not.toContain('NI025');
  });

  it.each([
    ['a file', 'app.dll', /^ijw: .*--search .*app\.dll: .*not a directory.*\n$/],
    ['nothing', 'none', /^ijw: .*--search .*none: .*ENOENT.*\n$/],
  ])('says in one line that %s is not a folder', async (_what, name, line) => {
    for (const command of ['lint', 'load']) {
      const { code, errors } = await ijw(command, join(folder, 'mixed.dll'), '--search', join(folder, name));
      expect([code, errors.match(/\n/g)?.length]).toEqual([2, 1]);
      expect(errors).toMatch(line);
    }
  });
});

const given = join(import.meta.dirname, '../../../shared');

describe.skipIf(!existsSync(join(given, 'cases/loader/csp.dll')))('the given files (skipped without ../shared)', () => {
  const csp = join(given, 'cases/loader/csp.dll');

  it.each(['vcruntime140.dll', 'VCRUNTIME140.dll'])('csp.dll has the same findings with %s', async (name) => {
    const place = join(folder, `given-${name}`);
    mkdirSync(place);
    copyFileSync(join(given, 'corpus/vcruntime140-x64.dll'), join(place, name));
    const { output } = await ijw('lint', csp, '--rule', 'NI016,NI025', '--search', place);
    const found = [...output.matchAll(/(NI\d+): NativeMethods::(\w+)/g)].map(([, rule, method]) => `${rule} ${method}`);
    expect(found).toEqual([
      'NI016 Typo',
      'NI016 WrongCase',
      'NI025 Good',
      'NI025 Ctor',
      'NI025 Foo',
      'NI025 Ret',
      'NI025 Cb',
      'NI025 Slow',
      'NI025 Lin',
    ]);
  });

  it('ExportsDemo.dll imports mscoree and references .NET', async () => {
    const { output } = await ijw('lint', join(given, 'cases/loader/ExportsDemo.dll'), '--rule', 'NI077');
    expect(output).toContain('starts .NET Framework');
  });
});

describe('a package in --search', () => {
  it('serves lint and load as its folder does', async () => {
    const place = join(folder, 'a.nupkg');
    writeFileSync(place, zipSync({ 'runtimes/win-x64/native/Native.dll': native }));
    const [packed, unpacked] = [await lint(place), await lint(join(folder, 'lower'))];
    expect(unpacked.output).toContain('NI016');
    expect(packed.output.replaceAll(place, join(folder, 'lower'))).toBe(unpacked.output);
    expect(await ijw('load', join(folder, 'mixed.dll'), '--search', place)).toMatchObject({ errors: '' });
  });

  it('that is damaged is a mistake in the option', async () => {
    const place = join(folder, 'cut.zip');
    writeFileSync(place, zipSync({ 'native.dll': native }).subarray(0, 100));
    const { code, errors } = await lint(place);
    expect(code).toBe(2);
    expect(errors).toMatch(/^ijw: .*--search .*cut\.zip: .*not a ZIP archive.*\n$/);
  });
});

describe('load --search', () => {
  it('skips what is not a file', async () => {
    for (const name of ['odd', 'linux']) {
      const { errors } = await ijw('load', join(folder, 'mixed.dll'), '--search', join(folder, name));
      expect(errors).toBe('');
    }
  });
});
