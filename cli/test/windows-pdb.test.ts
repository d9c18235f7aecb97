// A Windows PDB beside the file: names of native bodies in boundary and dis --native; the PDB of another build is not used.

import { buildMixedImage } from '@ijw/fixtures';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { Boundary } from '@ijw/vtfixup';
import { describe, expect, it } from 'vitest';
import { buildPdb } from '../../packages/symbols/test/pdb-builder.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

/** What `buildPdb` gives each PDB. */
const GUID = '03020100-0504-0706-0809-0a0b0c0d0e0f';
const pdb = { guid: GUID, age: 3, path: 'c:\\build\\mixed.pdb' };
const bytes = buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 6, slots: ['Add'] }], pdb }).bytes;
const image = PEImage.parse(bytes);
const native = Boundary.of(image, Metadata.of(image)).managedToNative.find(({ method }) => method.endsWith('NativeAdd'))?.rva ?? 0;

/** `buildPdb` has one section at 0x1000. */
const symbols = (age: number): Uint8Array =>
  buildPdb({ procedures: [{ name: 'native_add', offset: native - 0x1000, size: 8 }], publics: [], lines: [], source: 'a.cpp', age });

async function ijw(files: Readonly<Record<string, Uint8Array>>, ...argv: readonly string[]): Promise<string> {
  const io = memoryIo(files);
  await run(argv, io);
  return io.output.text;
}

interface NamedCall {
  readonly method: string;
  readonly target?: { readonly kind: string; readonly symbol?: string };
}

const targetOf = async (files: Readonly<Record<string, Uint8Array>>, file: string) => {
  const { managedToNative } = JSON.parse(await ijw(files, 'boundary', file, '--json')) as {
    readonly managedToNative: readonly NamedCall[];
  };
  return managedToNative.find(({ method }) => method.endsWith('NativeAdd'))?.target;
};

describe('a Windows PDB beside the file', () => {
  it('names native bodies, under the name of the file or the one that the image has', async () => {
    for (const [file, beside] of [
      ['dir/app.dll', 'dir/app.pdb'],
      ['dir/app.dll', 'dir/mixed.pdb'],
    ] as const)
      expect(await targetOf({ [file]: bytes, [beside]: symbols(3) }, file)).toMatchObject({ kind: 'body', symbol: 'native_add' });
    expect(await ijw({ 'app.dll': bytes, 'app.pdb': symbols(3) }, 'boundary', 'app.dll')).toContain('native_add 0x');
  });

  it('is not used where it belongs to another build, or is not one', async () => {
    expect(await targetOf({ 'app.dll': bytes, 'app.pdb': symbols(4) }, 'app.dll')).toEqual({ kind: 'body', rva: native });
    expect(await targetOf({ 'app.dll': bytes, 'app.pdb': new Uint8Array(100) }, 'app.dll')).toEqual({ kind: 'body', rva: native });
    expect(await targetOf({ 'app.dll': bytes, 'app.pdb': symbols(3).subarray(0, 2000) }, 'app.dll')).toEqual({ kind: 'body', rva: native });
  });
});
