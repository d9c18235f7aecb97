// Covers real files of the corpus beside the repository: images of edge-js with the libraries of Visual C++, DirectWriteForwarder of .NET 11.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployed, deployedImage } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { doctor, examined, type Files } from './deployments.ts';

const shared = join(import.meta.dirname, '../../../../shared');
const corpus = join(shared, 'corpus');
const read = (name: string, folder = corpus): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));

describe.skipIf(!existsSync(corpus))('an image of edge-js (skipped without ../shared)', () => {
  const image = { 'edge.node': read('edge-js-26.1.0-x64-26.node') };
  const node = { 'node.exe': deployedImage({ program: true }) };
  const file = { file: 'edge.node' };
  const libraries = (runtime: string, name = 'VCRUNTIME140.dll'): Files => ({
    ...image,
    ...node,
    [name]: read(runtime),
    'msvcp140.dll': read('msvcp140-x64.dll'),
  });

  it('alone depends on the library of Visual C++ and on the program', async () => {
    const { verdict, line, findings } = await doctor(image, file);
    expect(verdict).toBe('depends-on-target');
    expect(line).toContain('VCRUNTIME140.dll is not in the folder: it must come from the Visual C++ 2015-2022 redistributable (x64)');
    expect(findings.map(({ id }) => id)).toContain('DR307');
  });

  it('with the right library, in another case, only says that it is old', async () => {
    for (const name of ['VCRUNTIME140.dll', 'vcruntime140.DLL']) {
      const { verdict, line, findings } = await doctor(libraries('vcruntime140-x64.dll', name), file);
      expect(verdict).toBe('depends-on-target');
      expect(line).toContain(`${name} has version 14.0.24210.0, older than the 14.`);
      expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
    }
  });

  it('with the library for another machine will not load', async () => {
    const { verdict, line, findings } = await doctor(libraries('vcruntime140-ia32.dll'), file);
    expect(verdict).toBe('will-not-load');
    expect(line).toContain('VCRUNTIME140.dll is for x86, the process is x64');
    expect(findings[0]).toMatchObject({ hresult: 0x800700c1, file: 'VCRUNTIME140.dll' });
  });
});

const forwarder = join(shared, 'corpus-net11/DirectWriteForwarder-11.0.0.dll');

describe.skipIf(!existsSync(forwarder))('DirectWriteForwarder of .NET 11 (skipped without ../shared)', () => {
  const files = {
    'DirectWriteForwarder.dll': new Uint8Array(existsSync(forwarder) ? readFileSync(forwarder) : []),
    'vcruntime140_cor3.dll': existsSync(corpus) ? read('vcruntime140_cor3-10.0.14.dll') : new Uint8Array(),
  };
  const native = async (all: Files) => {
    const { diagnoses } = await examined(all, { file: 'DirectWriteForwarder.dll' });
    return diagnoses.flatMap(({ findings }) => findings).filter(({ when, level }) => when === 'load' && level === 'error');
  };

  it('needs ijwhost.dll of its machine', async () => {
    expect(await native({ ...files, 'ijwhost.dll': deployed.ijwhost() })).toEqual([]);
    expect(await native(files)).toMatchObject([{ id: 'DR401', hresult: 0x8007007e, exception: 'System.IO.FileNotFoundException' }]);
    expect(await native({ ...files, 'ijwhost.dll': deployed.ijwhost('x86') })).toMatchObject([{ id: 'DR402', hresult: 0x800700c1 }]);
  });

  it('needs its own library of Visual C++', async () => {
    const { 'vcruntime140_cor3.dll': _, ...others } = files;
    expect(await native({ ...others, 'ijwhost.dll': deployed.ijwhost() })).toMatchObject([{ id: 'DR301', file: 'vcruntime140_cor3.dll' }]);
  });
});

describe('a NuGet package', () => {
  const nuspec = { 'Lib.nuspec': '<package/>' };
  const lib = deployed.managed('Lib', { pinvokes: [{ library: 'engine', entryPoint: 'f' }], references: [{ name: 'Other' }] });

  it('finds its native libraries by the runtime identifier', async () => {
    const files = {
      ...nuspec,
      'lib/net8.0/Lib.dll': lib,
      'runtimes/win-x64/native/engine.dll': deployed.library(),
      'ref/net8.0/Lib.dll': 'no image',
    };
    expect(await doctor(files)).toMatchObject({ verdict: 'loads', findings: [] });
    expect(await doctor(files, { architecture: 'arm64' })).toMatchObject({ verdict: 'will-not-load', findings: [{ id: 'DR701' }] });
    expect(await doctor({ ...files, 'runtimes/win-x64/native/engine.dll': deployed.library({ machine: 'x86' }) })).toMatchObject({
      findings: [{ id: 'DR702' }],
    });
  });

  it('may call what another package brings', async () => {
    expect(await doctor({ ...nuspec, 'lib/net8.0/Lib.dll': lib })).toMatchObject({ verdict: 'loads' });
  });
});
