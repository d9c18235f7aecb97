// `ijw dis --source`: which files a PDB may lead to, by their place, their checksum and what they become when they are inflated.
import { createHash } from 'node:crypto';
import { constants, deflateRawSync } from 'node:zlib';
import { makeToken, TableId } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { CustomDebugInformationKind, writeCustomDebugInformation, writeDocumentName, writeSequencePoints } from '@ijw/metadata/pdb';
import { describe, expect, it } from 'vitest';
import { buildILImage } from '../../packages/il/test/il-image.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const encoder = new TextEncoder();
const SOURCE = encoder.encode('first line;\nsecond line;\n');
const ALGORITHMS = { sha1: 'ff1816ec-aa5e-4d10-87f7-6f4963833460', sha256: '8829d00f-11b8-4213-878b-770e8597ac16' } as const;
const MIB = 0x100000;

const image = buildILImage(({ builder, method }) => {
  builder.add('TypeDef', { Name: 'C', Flags: 1 });
  method('M', (code) => code.emit('ret'));
});

interface Document {
  readonly name: string;
  readonly algorithm?: keyof typeof ALGORITHMS | 'none' | 'unknown';
  readonly hash?: Uint8Array;
  readonly embedded?: { readonly deflated: number | undefined; readonly content: Uint8Array };
}

/** Of one method, whose first instruction is line 1 of the document. */
function pdb({ name, algorithm = 'sha256', hash, embedded }: Document): Uint8Array {
  const builder = new MetadataBuilder();
  const parts = { add: (text: string) => builder.blobs.add(encoder.encode(text)) };
  const known = algorithm === 'sha1' || algorithm === 'sha256';
  const document = builder.add('Document', {
    Name: writeDocumentName(name, name.includes('\\') ? '\\' : '/', parts),
    ...(known && { HashAlgorithm: ALGORITHMS[algorithm] }),
    ...(algorithm === 'unknown' && { HashAlgorithm: '00000000-1111-2222-3333-444444444444' }),
    Hash: hash ?? (known ? createHash(algorithm).update(SOURCE).digest() : new Uint8Array(0)),
  });
  const points = [{ kind: 'visible', offset: 0, document: 1, startLine: 1, startColumn: 1, endLine: 1, endColumn: 7 }] as const;
  builder.add('MethodDebugInformation', { Document: 1, SequencePoints: writeSequencePoints({ localSignature: 0, points }, 1) });
  if (embedded !== undefined)
    builder.add('CustomDebugInformation', {
      Parent: document,
      Kind: CustomDebugInformationKind.embeddedSource,
      Value: writeCustomDebugInformation({ kind: 'embeddedSource', ...embedded }),
    });
  const typeSystemRowCounts = Array.from({ length: 64 }, (_, table) => (table === TableId.MethodDef ? 1 : 0));
  return builder.build({ pdb: { id: '00'.repeat(20), entryPoint: makeToken(TableId.MethodDef, 0), typeSystemRowCounts } });
}

/** What the command printed, and every path that it asked for. */
async function source(document: Document, files: Readonly<Record<string, Uint8Array>> = {}, options: readonly string[] = []) {
  const io = memoryIo({ 'app/a.dll': image, 'app/a.pdb': pdb(document), ...files });
  const asked: string[] = [];
  const recording = {
    ...io,
    isFile: (path: string) => {
      asked.push(path);
      return io.isFile(path);
    },
    readFile: (path: string) => {
      asked.push(path);
      return io.readFile(path);
    },
  };
  const exitCode = await run(['dis', 'app/a.dll', '--source', ...options], recording);
  expect([exitCode, io.errors.text]).toEqual([0, '']);
  return {
    shown: io.output.text.includes('//first line;'),
    output: io.output.text,
    asked: asked.filter((path) => !/a\.(?:dll|pdb)$/.test(path)),
  };
}

describe('a source whose checksum is that of the PDB', () => {
  it.each(['sha1', 'sha256'] as const)('is shown: %s', async (algorithm) => {
    expect((await source({ name: '/build/src/P.cs', algorithm }, { 'app/src/P.cs': SOURCE })).shown).toBe(true);
  });

  it('lies below the folder of the image or that of --source-root, by the longest part of its path that is there', async () => {
    const name = 'C:\\build\\src\\P.cs';
    for (const path of ['app/P.cs', 'app/src/P.cs', 'app/build/src/P.cs'])
      expect((await source({ name }, { [path]: SOURCE })).shown).toBe(true);
    expect((await source({ name }, { 'elsewhere/src/P.cs': SOURCE })).shown).toBe(false);
    expect((await source({ name }, { 'elsewhere/src/P.cs': SOURCE }, ['--source-root', 'elsewhere'])).shown).toBe(true);
  });

  it('is looked for further where a file of the name is another', async () => {
    expect(
      (await source({ name: '/src/P.cs' }, { 'app/src/P.cs': encoder.encode('first line; // changed'), 'app/P.cs': SOURCE })).shown,
    ).toBe(true);
  });
});

describe('no line is shown of a file', () => {
  const files = { 'app/P.cs': SOURCE };

  it('with another checksum', async () => {
    const { shown, output } = await source({ name: '/P.cs', hash: new Uint8Array(32) }, files);
    expect(shown).toBe(false);
    expect(output).toContain('// /P.cs:1\n');
  });

  it.each(['none', 'unknown'] as const)('whose checksum is by no known algorithm: %s', async (algorithm) => {
    expect((await source({ name: '/P.cs', algorithm }, files)).shown).toBe(false);
  });

  it('whose checksum is cut', async () => {
    expect((await source({ name: '/P.cs', hash: createHash('sha256').update(SOURCE).digest().subarray(0, 31) }, files)).shown).toBe(false);
  });
});

describe('a document never leads', () => {
  it.each([
    '/etc/passwd',
    '/dev/zero',
    '/proc/self/environ',
    'C:\\Windows\\win.ini',
    '\\\\server\\share\\P.cs',
    '\\\\?\\C:\\P.cs',
    '\\\\.\\PhysicalDrive0',
    '//server/share/P.cs',
  ])('out of the folders: %s', async (name) => {
    const { asked } = await source({ name });
    for (const path of asked) expect(path).toMatch(/^app\/[^/]/);
    expect(asked).not.toContain(name);
  });

  it.each([
    '../P.cs',
    'src/../../P.cs',
    '..\\..\\P.cs',
    'CON',
    'src/aux.cs',
    'NUL.',
    'com1.txt',
    'P.cs:stream',
    'P.cs\0.txt',
    '/',
    '',
    '.',
  ])('anywhere by %j', async (name) => {
    expect((await source({ name }, { 'app/P.cs': SOURCE, 'P.cs': SOURCE })).asked).toEqual([]);
  });

  it('further than 64 folders', async () => {
    const folders = (count: number): string => `${'d/'.repeat(count - 1)}P.cs`;
    expect((await source({ name: folders(64) })).asked).toHaveLength(64);
    expect((await source({ name: folders(65) })).asked).toEqual([]);
  });
});

describe('a source that the PDB embeds', () => {
  /** Lines of zeros behind the first one, deflated (RFC 1951) in pieces that can be repeated. */
  const deflated = (mebibytes: number): Uint8Array => {
    const piece = deflateRawSync(new Uint8Array(MIB).fill(0x20), { finishFlush: constants.Z_FULL_FLUSH });
    const first = deflateRawSync(encoder.encode('first line;\n'), { finishFlush: constants.Z_FULL_FLUSH });
    return Buffer.concat([first, ...new Array<Uint8Array>(mebibytes).fill(piece), deflateRawSync(new Uint8Array(0))]);
  };
  const embedded = async (mebibytes: number): Promise<boolean> =>
    (await source({ name: '/P.cs', embedded: { deflated: 100, content: deflated(mebibytes) } })).shown;

  it('inflates to at most 16 MiB', { timeout: 30_000 }, async () => {
    expect(await embedded(0)).toBe(true);
    expect(await embedded(15)).toBe(true);
    expect(await embedded(16)).toBe(false);
  });
});
