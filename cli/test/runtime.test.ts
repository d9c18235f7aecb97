// --runtime of load, lint and tour; what is said where a code is not known.
import { buildMixedImage } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { buildILImage, methodSignature, VOID } from '../../packages/il/test/il-image.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

/** The version strings of CLR 2 and CLR 4 are of one length. */
function ofClr2(bytes: Uint8Array): Uint8Array {
  const at = new TextDecoder('latin1').decode(bytes).indexOf('v4.0.30319');
  const changed = Uint8Array.from(bytes);
  changed.set(new TextEncoder().encode('v2.0.50727'), at);
  return changed;
}

const framework = buildMixedImage({ architecture: 'x86', host: 'mscoree.dll', records: [{ type: 5, slots: ['Add'] }] }).bytes;
const core = buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records: [{ type: 6, slots: ['Add'] }] }).bytes;
const anyCpu = buildILImage(({ builder }) => builder.add('Assembly', { Name: 'anycpu', Major: 1 }));
const pinvoke = buildILImage(({ builder, system }) => {
  builder.add('Assembly', { Name: 'p', Major: 1 });
  builder.add('TypeDef', { Namespace: 'N', Name: 'NativeMethods', Extends: system('System.Object'), MethodList: 1 });
  const method = builder.add('MethodDef', { Name: 'F', Flags: 0x2013, ImplFlags: 0x80, Signature: methodSignature(0, VOID) });
  const library = builder.add('ModuleRef', { Name: 'native' });
  builder.add('ImplMap', { MappingFlags: 0x100, MemberForwarded: method, ImportName: 'F', ImportScope: library });
});

async function ijw(...args: readonly string[]) {
  const io = memoryIo({ 'fw.dll': framework, 'old.dll': ofClr2(framework), 'core.dll': core, 'any.dll': anyCpu, 'p.dll': pinvoke });
  const exitCode = await run(args, io);
  return { exitCode, output: io.output.text, errors: io.errors.text };
}

const json = async (...args: readonly string[]) => JSON.parse((await ijw(...args, '--json')).output);

describe('ijw load', () => {
  it('takes the runtime that the file is for', async () => {
    expect(await json('load', 'fw.dll')).toMatchObject({ host: 'framework', runtime: 'net40', architecture: 'x86', outcome: 'loaded' });
    expect(await json('load', 'core.dll')).toMatchObject({ host: 'core', runtime: 'net10.0', architecture: 'x64', outcome: 'loaded' });
    expect(await json('load', 'any.dll')).toMatchObject({ host: 'core', runtime: 'net10.0', architecture: 'x64', outcome: 'loaded' });
  });

  it('takes the one that is named, and its host', async () => {
    expect(await json('load', 'core.dll', '--runtime', 'net6.0')).toMatchObject({ host: 'core', runtime: 'net6.0' });
    expect(await json('load', 'fw.dll', '--runtime', 'net8.0')).toMatchObject({ host: 'core', runtime: 'net8.0' });
    expect(await json('load', 'core.dll', '--host', 'framework')).toMatchObject({ host: 'framework', runtime: 'net40' });
    const both = await ijw('load', 'core.dll', '--host', 'framework', '--runtime', 'net8.0');
    expect([both.exitCode, both.errors]).toEqual([2, 'ijw: core.dll: .NET 8 does not have the framework host\n']);
    expect((await ijw('load', 'core.dll', '--runtime', 'net4')).exitCode).toBe(2);
  });

  it('says what CLR 4 says of an image for CLR 2', async () => {
    const { exitCode, output } = await ijw('load', 'old.dll');
    expect(exitCode).toBe(1);
    expect(output).toContain(
      "Mixed mode assembly is built against version 'v2.0.50727' of the runtime and cannot be loaded in the 4.0 runtime",
    );
    expect(output).toContain('refused with a code that is not known');
    expect((await ijw('load', 'old.dll', '--legacy-v2-policy')).exitCode).toBe(0);
    expect((await ijw('load', 'old.dll', '--runtime', 'net20')).exitCode).toBe(0);
  });

  it('says where a code is not known', async () => {
    const args = ['load', 'core.dll', '--architecture', 'arm64', '--runtime', 'net7.0'];
    expect((await ijw(...args)).output).toContain(
      'What .NET 7 answers is not known; .NET 10 answers System.IO.FileLoadException 0x80132006',
    );
    const document = await json(...args);
    expect(document).not.toHaveProperty('hresult');
    expect(document.observed).toMatchObject({ runtime: 'net10.0', hresult: 0x80132006 });
  });
});

describe('ijw tour', () => {
  it('has the same', async () => {
    expect(await json('tour', 'old.dll', '--runtime', 'net20')).toMatchObject({ outcome: 'loaded', host: '.NET Framework' });
    expect((await ijw('tour', 'old.dll')).output).toContain('Mixed mode assembly');
  });
});

describe('ijw lint', () => {
  const rules = async (...args: readonly string[]) => (await json('lint', 'p.dll', '--rule', 'NI020', ...args)).findings.length;

  it('judges for the runtime that is named', async () => {
    expect(await rules()).toBe(0);
    expect(await rules('--runtime', 'net8.0')).toBe(1);
    expect(await rules('--runtime', 'net40')).toBe(0);
  });
});
