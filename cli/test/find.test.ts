// find and xref over files, folders, archives and bundles; their documents; what is refused.

import { assemblyFromShape, buildMixedImage, managedSample, type TypeInput } from '@ijw/fixtures';
import { BundleFileType, writeSingleFileBundle } from '@ijw/pe/containers';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const mixed = buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 6, slots: ['Add'] }] }).bytes;
const elf = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, ...new Uint8Array(0x100));

const files = {
  'mixed.dll': mixed,
  'dir/lib/managed.dll': managedSample(),
  'dir/readme.txt': new TextEncoder().encode('Add'),
  'dir/bad.dll': new TextEncoder().encode('MZ'),
  'package.nupkg': zipSync({ 'lib/net8.0/mixed.dll': mixed, 'readme.md': new TextEncoder().encode('Add') }),
  app: writeSingleFileBundle(elf, {
    majorVersion: 6,
    bundleId: 'id',
    entries: [{ path: 'mixed.dll', type: BundleFileType.Assembly, bytes: mixed }],
  }),
};

const type = (name: string, base: string | null): TypeInput => ({
  name,
  kind: 'class',
  abstract: false,
  base,
  interfaces: [],
  fields: [],
  methods: [],
});
const SHAPE = { module: type('<Module>', null), base: type('L.Base', 'System.Object') };

async function ijw(...argv: readonly string[]) {
  const io = memoryIo(files);
  const exitCode = await run(argv, io);
  return { exitCode, output: io.output.text, errors: io.errors.text, json: () => JSON.parse(io.output.text) };
}

describe('find', () => {
  it('has a document with the file, the kind and the place of each match', async () => {
    const { json, exitCode } = await ijw('find', 'NativeAdd', 'mixed.dll', '--json');
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({
      file: 'mixed.dll',
      matches: [{ file: 'mixed.dll', kind: 'method', text: '<Module>::NativeAdd' }],
      diagnostics: [],
    });
  });

  it('opens the images in packages, bundles and folders', async () => {
    const { json } = await ijw('find', 'NativeAdd', 'package.nupkg', 'app', '--json');
    expect(json().matches.map(({ file }: { file: string }) => file)).toEqual(['package.nupkg/lib/net8.0/mixed.dll', 'app/mixed.dll']);
    const folder = await ijw('find', '*', 'dir', '--kind', 'type');
    expect(folder.output).toContain('dir/lib/managed.dll\n');
    expect(folder.errors).toMatch(/^ijw: dir\/bad\.dll: /);
    expect(folder.exitCode).toBe(1);
  });

  it('goes on after a file whose metadata is damaged', async () => {
    const damaged = mixed.slice();
    const root = damaged.findIndex((_, at) => String.fromCharCode(...damaged.subarray(at, at + 4)) === 'BSJB');
    damaged.fill(0xff, root, root + 4);
    const io = memoryIo({ 'damaged.dll': damaged, 'mixed.dll': mixed });
    expect(await run(['find', 'Add*', 'damaged.dll', 'mixed.dll', '--kind', 'method,export'], io)).toBe(1);
    expect(io.output.text).toContain('damaged.dll\n  export');
    expect(io.output.text).toContain('mixed.dll\n  method');
    expect(io.errors.text).toMatch(/^ijw: damaged\.dll: BAD_METADATA_SIGNATURE at /);
    const uses = memoryIo({ 'damaged.dll': damaged, 'mixed.dll': mixed });
    expect(await run(['xref', 'Add', 'damaged.dll', 'mixed.dll', '--json'], uses)).toBe(1);
    expect(JSON.parse(uses.output.text).uses[0]).toMatchObject({ file: 'mixed.dll', kind: 'slot' });
  });

  it('says that nothing fits, and what kinds there are', async () => {
    expect((await ijw('find', 'nothing', 'mixed.dll')).output).toBe('Nothing fits nothing\n');
    const wrong = await ijw('find', 'x', 'mixed.dll', '--kind', 'methods');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.errors).toContain('did you mean method?');
    expect((await ijw('find', '/(/', 'mixed.dll')).errors).toContain('is not a regular expression');
    expect((await ijw('find', 'x', 'missing.dll')).exitCode).toBe(1);
  });
});

describe('xref', () => {
  it('has a document with who uses the member and where', async () => {
    const { json } = await ijw('xref', 'Add', 'mixed.dll', '--json');
    const { uses } = json();
    expect(uses.map(({ kind }: { kind: string }) => kind)).toContain('slot');
    for (const use of uses) expect(use).toMatchObject({ file: 'mixed.dll', in: expect.any(String), token: expect.any(Number) });
  });

  it('resolves references in what --search names', async () => {
    const library = assemblyFromShape({ assembly: 'lib', types: [SHAPE.module, SHAPE.base] });
    const derived = assemblyFromShape({
      assembly: 'app',
      types: [SHAPE.module, { ...SHAPE.base, name: 'A.Derived', base: '[lib]L.Base' }],
    });
    const io = memoryIo({ 'app.dll': derived, 'libs/lib.dll': library });
    await run(['xref', 'L.Base', 'app.dll', '--search', 'libs', '--json'], io);
    expect(JSON.parse(io.output.text).uses).toMatchObject([{ kind: 'extend', in: 'A.Derived', target: 'L.Base' }]);
  });

  it('says that nothing uses it, names near it, and the kinds', async () => {
    expect((await ijw('xref', 'NativeAdd', 'mixed.dll', '--kind', 'write')).output).toBe('Nothing uses NativeAdd\n');
    const unknown = await ijw('xref', 'NativeAd', 'mixed.dll');
    expect(unknown.errors).toContain('NativeAdd');
    expect(unknown.exitCode).toBe(2);
    const bad = await ijw('xref', 'Add', 'dir/bad.dll');
    expect([bad.exitCode, bad.errors.trim().split('\n')]).toEqual([1, [expect.stringContaining('dir/bad.dll')]]);
    expect((await ijw('xref', 'Add', 'mixed.dll', '--kind', 'calls')).errors).toContain('did you mean call?');
  });
});
