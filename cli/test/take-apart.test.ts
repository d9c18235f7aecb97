// hex, resources and extract: what they write, where, and what they refuse.

import { buildMixedImage } from '@ijw/fixtures';
import { writeResourcesFile } from '@ijw/metadata/resources';
import { BundleFileType, writeSingleFileBundle } from '@ijw/pe/containers';
import { describe, expect, it } from 'vitest';
import { buildILImage } from '../../packages/il/test/il-image.ts';
import { run } from '../src/run.ts';
import { safeFileName } from '../src/written-files.ts';
import { memoryIo } from './memory-io.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const elf = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46);
const entry = (path: string) => ({ path, type: BundleFileType.Assembly, bytes: text(path) });
const mixed = buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 6, slots: ['Add'] }] }).bytes;

/** An image with a `.resources` file and a text; ECMA-335 II.24.2.4: the length of each precedes it. */
function withResources(): Uint8Array {
  const strings = writeResourcesFile({
    values: new Map([
      ['Title', { type: 'string' as const, value: 'Hello' }],
      ['Logo', { type: 'byteArray' as const, value: Uint8Array.of(1, 2, 3) }],
    ]),
  });
  const note = text('one line');
  const blob = (bytes: Uint8Array): readonly number[] => [bytes.length & 0xff, bytes.length >> 8, 0, 0, ...bytes];
  const first = blob(strings);
  const content = Uint8Array.from([...first, ...blob(note)]);
  const rva = 0x10000;
  return buildILImage(
    ({ builder }) => {
      builder.add('ManifestResource', { Name: 'App.Strings.resources', Flags: 1, Offset: 0 });
      builder.add('ManifestResource', { Name: 'App.note.txt', Flags: 1, Offset: first.length });
    },
    { resources: { rva, size: content.length } },
    [{ name: '.res', rva, bytes: content }],
  );
}

async function ijw(files: Readonly<Record<string, Uint8Array>>, ...argv: readonly string[]) {
  const io = memoryIo(files);
  const exitCode = await run(argv, io);
  const decoder = new TextDecoder();
  const file = (path: string): string | undefined => (io.files.has(path) ? decoder.decode(io.files.get(path)) : undefined);
  return { exitCode, output: io.output.text, errors: io.errors.text, file, json: () => JSON.parse(io.output.text) };
}

describe('resources', () => {
  const files = { 'a.dll': withResources() };

  it('lists them with kind, size and entries', async () => {
    const { json } = await ijw(files, 'resources', 'a.dll', '--json');
    expect(json().resources).toMatchObject([
      {
        name: 'App.Strings.resources',
        kind: 'resources',
        entries: [
          { name: 'Logo', type: 'byteArray' },
          { name: 'Title', type: 'string', value: 'Hello' },
        ],
      },
      { name: 'App.note.txt', kind: 'embedded', size: 8, offset: expect.any(Number) },
    ]);
  });

  it('prints and extracts one, by the end of its name, or an entry of it', async () => {
    expect((await ijw(files, 'resources', 'a.dll', 'note.txt')).output).toBe('one line\n');
    expect((await ijw(files, 'resources', 'a.dll', 'App.Strings.resources/Title')).output).toBe('Hello\n');
    expect((await ijw(files, 'resources', 'a.dll', 'App.Strings.resources/Logo')).output).toBe(
      '00000000  01 02 03                                         ...\n',
    );
    expect((await ijw(files, 'resources', 'a.dll', 'note.txt', '-o', 'out.txt')).file('out.txt')).toBe('one line');
  });

  it('extracts all into a folder, and names the nearest', async () => {
    const all = await ijw(files, 'resources', 'a.dll', '-o', 'out');
    expect(all.file('out/App.note.txt')).toBe('one line');
    expect(all.output).toBe('out/App.Strings.resources\nout/App.note.txt\n');
    const wrong = await ijw(files, 'resources', 'a.dll', 'App.nota.txt');
    expect([wrong.exitCode, wrong.errors]).toEqual([2, expect.stringContaining('did you mean App.note.txt?')]);
  });

  it('gives names of files that are one name', () => {
    expect(safeFileName('../../etc/passwd')).toBe('.._.._etc_passwd');
    expect(safeFileName('..')).toBe('_');
    expect(safeFileName('CON.txt')).toBe('_CON.txt');
    expect(safeFileName('a\u202eb\nc')).toBe('a_u202eb_nc');
    expect(safeFileName('x'.repeat(1000))).toHaveLength(200);
  });
});

describe('extract', () => {
  const bundle = writeSingleFileBundle(elf, {
    majorVersion: 6,
    bundleId: 'id',
    entries: [entry('a.dll'), entry('lib/b.dll'), entry('../evil.dll'), entry('/root.dll'), entry('C:/x.dll'), entry('a\\b.dll')],
  });

  it('lists what is in the bundle', async () => {
    const { json } = await ijw({ app: bundle }, 'extract', 'app', '--json');
    expect(json().entries.map(({ path }: { path: string }) => path)).toContain('lib/b.dll');
  });

  it('writes below the folder only, and replaces nothing unasked', async () => {
    const { file, errors, exitCode, output } = await ijw({ app: bundle, 'out/a.dll': text('old') }, 'extract', 'app', '-o', 'out');
    expect([file('out/a.dll'), file('out/lib/b.dll'), exitCode]).toEqual(['old', 'lib/b.dll', 1]);
    expect(output).toBe('out/lib/b.dll\n');
    expect(errors.match(/leads out of the folder/g)).toHaveLength(4);
    expect(errors).toContain('ijw: a.dll: the file exists; --overwrite replaces it');
    expect((await ijw({ app: bundle, 'out/a.dll': text('old') }, 'extract', 'app', '-o', 'out', '--overwrite')).file('out/a.dll')).toBe(
      'a.dll',
    );
  });

  it('refuses what is not a bundle', async () => {
    expect((await ijw({ 'mixed.dll': mixed }, 'extract', 'mixed.dll')).errors).toContain('not a .NET single-file bundle');
  });
});

describe('hex', () => {
  const files = { 'mixed.dll': mixed };

  it('takes a token, a section, an RVA and an offset', async () => {
    expect((await ijw(files, 'hex', 'mixed.dll', '0x06000001')).output).toContain('0x06000001.Name');
    expect((await ijw(files, 'hex', 'mixed.dll', 'offset:0', '--length', '2')).output).toBe(
      'DOS header\n  00000000  00000000  4d 5a  magic  0x5a4d\n',
    );
    const { json } = await ijw(files, 'hex', 'mixed.dll', 'text', '--json');
    expect(json().bytes[0]).toMatchObject({ offset: expect.any(Number), rva: 0x1000, bytes: expect.any(String) });
    expect((await ijw(files, 'hex', 'mixed.dll', '0x1000', '--length', '0x10')).exitCode).toBe(0);
  });

  it('says what is not in the file', async () => {
    expect((await ijw(files, 'hex', 'mixed.dll', '.txt')).errors).toContain('did you mean .text?');
    expect((await ijw(files, 'hex', 'mixed.dll', '0x7000000')).errors).toContain('has no bytes in the file');
    expect((await ijw(files, 'hex', 'mixed.dll', 'offset:0x7000000')).errors).toContain('outside the file');
    expect((await ijw(files, 'hex', 'mixed.dll', '--length', '4')).exitCode).toBe(2);
  });
});
