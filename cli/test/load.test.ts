// What load prints and how it ends: refusals in sentences, ways to load, files inside a bundle, the first call.
import { buildMixedImage, buildReferencedAssembly, libraryImage } from '@ijw/fixtures';
import { BundleFileType, writeSingleFileBundle } from '@ijw/pe/containers';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const RECORDS = [{ type: 6, slots: ['Add'] }] as const;
const mixed = buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records: RECORDS }).bytes;
const member = (name: string) =>
  buildMixedImage({
    architecture: 'x64',
    host: 'ijwhost.dll',
    memberRefs: [{ assembly: 'lib', type: 'N.C', name }],
    records: [{ type: 6, slots: [0x0a00_0001] }],
  }).bytes;
const host = libraryImage({
  exports: [
    { ordinal: 1, name: 'GetTokenForVTableEntry' },
    { ordinal: 2, name: '_CorDllMain' },
  ],
}).bytes;
const library = buildReferencedAssembly({ name: 'lib', types: [{ name: 'N.C', methods: [{ name: 'Sum' }] }] });
const bundle = writeSingleFileBundle(libraryImage().bytes, {
  majorVersion: 6,
  bundleId: 'id',
  entries: [
    { path: 'mixed.dll', type: BundleFileType.Assembly, bytes: mixed },
    { path: 'il.dll', type: BundleFileType.Assembly, bytes: library },
  ],
});

const FILES = {
  'mixed.dll': mixed,
  'il.dll': library,
  'there.dll': member('Sum'),
  'gone.dll': member('Product'),
  'wrong.dll': buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records: [{ type: 6, slots: [0x0600_0099] }] }).bytes,
  'program.exe': buildReferencedAssembly({ name: 'program', program: true }),
  'folder/ijwhost.dll': host,
  'folder/lib.dll': library,
  'empty/readme.txt': new Uint8Array(),
  app: bundle,
};

async function load(...args: readonly string[]) {
  const io = memoryIo(FILES);
  const code = await run(['load', ...args], io);
  return { code, text: io.output.text, errors: io.errors.text };
}

const document = async (...args: readonly string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await load(...args, '--json')).text) as Record<string, unknown>;

describe('load', () => {
  it.each([
    [['wrong.dll'], /wrong\.dll {2}refused 0x8007000b .*\n {2}invalidFixupToken: .*\(vtable fixups, token 0x06000099\)/],
    [
      ['mixed.dll', '--search', 'empty'],
      /refused 0x8007007e .*\n {2}moduleNotFound: ijwhost\.dll, which mixed\.dll imports, was not found/,
    ],
    [['gone.dll', '--search', 'folder'], /refused 0x80131513 .*\n.*Method not found: 'Int32 N\.C\.Product\(Int32, Int32\)'/],
  ])('%j says in a sentence why', async (args, expected) => {
    const { code, text } = await load(...args);
    expect(code).toBe(1);
    expect(text).toMatch(expected);
    expect(text).not.toMatch(/[{}]|%1/);
  });

  it.each([
    [['mixed.dll', '--search', 'folder'], { outcome: 'loaded' }],
    [['there.dll', '--search', 'folder'], { outcome: 'loaded' }],
    [['mixed.dll', '--from', 'file'], { outcome: 'loaded' }],
    [['mixed.dll', '--from', 'bytes'], { outcome: 'refused', hresult: 0x8007000b, rule: 'mixedFromBytes' }],
    [['mixed.dll', '--collectible'], { outcome: 'refused', hresult: 0x8007000b, rule: 'collectibleContext' }],
    [['il.dll', '--from', 'bytes'], { outcome: 'loaded' }],
    [['il.dll', '--collectible'], { outcome: 'loaded' }],
    [['il.dll', '--from', 'bytes', '--collectible'], { outcome: 'loaded' }],
    [['program.exe', '--host', 'core'], { outcome: 'loaded', host: 'core' }],
    [['program.exe', '--host', 'framework'], { outcome: 'loaded', host: 'framework' }],
    [['app', '--entry', 'mixed.dll'], { outcome: 'refused', hresult: 0x8007000b, rule: 'mixedInBundle' }],
    [['app', '--entry', 'il.dll'], { outcome: 'loaded' }],
  ])('%j', async (args, expected) => {
    expect(await document(...args)).toMatchObject(expected);
  });

  it('native first: the first call starts the runtime, which needs its configuration', async () => {
    expect(await document('mixed.dll', '--native-first')).not.toHaveProperty('firstCall');
    expect(await document('mixed.dll', '--native-first', '--runtimeconfig', 'present')).toMatchObject({
      outcome: 'loaded',
      firstCall: { kind: 'returned', method: '<Module>::Add' },
    });
    expect(await document('mixed.dll', '--native-first', '--runtimeconfig', 'missing')).toMatchObject({
      outcome: 'loaded',
      firstCall: { kind: 'processDied', hresult: 0x800080a3 },
    });
    const { code, text } = await load('mixed.dll', '--native-first', '--runtimeconfig', 'missing');
    expect(code).toBe(1);
    expect(text).toContain('First call of a slot: the process ends, 0x800080a3');
  });
});
