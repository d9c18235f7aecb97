// Webcil, single-file bundles, and the names of other kinds of files.
import { deflateRawSync } from 'node:zlib';
import { ByteWriter } from '@ijw/binary';
import { describe, expect, test } from 'vitest';
import { PEBuilder } from '../src/builder/index.ts';
import {
  bundleEntryBytes,
  imageOfWebcil,
  readSingleFileBundle,
  readWebcil,
  webcilOfWasm,
  writeSingleFileBundle,
  writeWebcil,
} from '../src/containers/index.ts';
import { buildDebugDirectory, DebugType, readEmbeddedPortablePdb, writeEmbeddedPortablePdb } from '../src/debug/index.ts';
import { detectContainer, PEImage, readCliHeader } from '../src/index.ts';
import { buildEverything } from './everything-image.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An MZ header that leads to some other format. */
function dosFile(signature: string): Uint8Array {
  const bytes = new Uint8Array(0x80);
  bytes.set(ascii('MZ'));
  bytes[0x3c] = 0x40;
  bytes.set(ascii(signature), 0x40);
  return bytes;
}

describe('what is no PE image is named', () => {
  test.each([
    ['empty', new Uint8Array(0), 'empty', 'The file is empty'],
    ['text', ascii('hello, world\n'), 'text', 'text file'],
    ['UTF-16 text', Uint8Array.of(0xff, 0xfe, 0x41, 0), 'text', 'text file'],
    ['ELF', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2), 'elf', 'ELF'],
    ['Mach-O', Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe), 'machO', 'Mach-O'],
    ['ZIP', Uint8Array.of(0x50, 0x4b, 3, 4), 'zip', 'ZIP'],
    ['metadata', ascii('BSJB\u0001'), 'metadata', 'metadata root'],
    ['Webcil', ascii('WbIL\u0000'), 'webcil', 'Webcil'],
    ['WebAssembly', ascii('\0asm\u0001\0\0\0'), 'wasm', 'WebAssembly'],
    ['zeroes', new Uint8Array(100), 'zeroes', 'zeroes'],
    ['DOS', dosFile('??'), 'mz', 'without a PE header'],
    ['NE', dosFile('NE'), 'ne', '(NE)'],
    ['LE', dosFile('LE'), 'le', '(LE)'],
    ['LX', dosFile('LX'), 'lx', '(LX)'],
    ['anything', Uint8Array.of(1, 2, 3, 4, 5), 'unknown', 'unknown format'],
  ] as const)('%s', (_, bytes, kind, said) => {
    expect(detectContainer(bytes).kind).toBe(kind);
    expect(() => PEImage.parse(bytes)).toThrow(expect.objectContaining({ name: 'BadImageError', message: expect.stringContaining(said) }));
  });

  test('a PE image is one', () => {
    expect(detectContainer(buildEverything(0x8664).bytes)).toEqual({ kind: 'pe', description: 'a PE image' });
  });
});

const webcil = (majorVersion: number) => ({
  majorVersion,
  minorVersion: 0,
  ...(majorVersion === 1 && { tableBase: 7 }),
  cliHeader: { rva: 0x2000, size: 72 },
  debug: { rva: 0x4000, size: 0 },
  sections: [
    {
      virtualAddress: 0x2000,
      virtualSize: 0x100,
      bytes: new Uint8Array(72).fill(0x48),
    },
    { virtualAddress: 0x4000, virtualSize: 5, bytes: Uint8Array.of(1, 2, 3, 4, 5) },
  ],
});

describe('Webcil', () => {
  test.each([0, 1])('version %i is read as it was written, and becomes an image', (version) => {
    const input = webcil(version);
    const read = readWebcil(writeWebcil(input));
    expect(read).toEqual(input);
    const image = PEImage.parse(imageOfWebcil(read));
    expect(image.directory('cliHeader')).toEqual(input.cliHeader);
    expect(image.bytesAt(0x4000, 5)).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
    expect(() => readCliHeader(image)).not.toThrow();
  });

  test('a version of the future is refused', () => {
    const bytes = writeWebcil(webcil(0));
    bytes[4] = 9;
    expect(() => readWebcil(bytes)).toThrow(expect.objectContaining({ code: 'UNKNOWN_WEBCIL_VERSION' }));
  });

  test('sections that share bytes are refused', () => {
    const bytes = writeWebcil(webcil(0));
    const view = new DataView(bytes.buffer);
    for (const header of [28, 44]) {
      view.setUint32(header + 8, bytes.length, true);
      view.setUint32(header + 12, 0, true);
    }
    expect(() => readWebcil(bytes)).toThrow(expect.objectContaining({ code: 'TOO_MUCH_DATA' }));
  });

  test.each([
    ['passive', [1]],
    ['active, behind a constant', [0, 0x41, 0x80, 0x08, 0x0b]],
    ['active, in a memory by number', [2, 0, 0x23, 0x00, 0x0b]],
  ])('a WebAssembly module carries it in a data segment (%s)', (_, mode) => {
    const payload = writeWebcil(webcil(0));
    const leb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]);
    const data = [2, 1, ...leb(4), 1, 2, 3, 4, ...mode, ...leb(payload.length), ...payload];
    const module = new ByteWriter()
      .bytes(ascii('\0asm\u0001\0\0\0'))
      .bytes([0, 3, 1, 0x61, 0, 11, ...leb(data.length), ...data])
      .toBytes();
    const found = webcilOfWasm(module)!;
    expect(found.bytes).toEqual(payload);
    expect(module.subarray(found.offset, found.offset + payload.length)).toEqual(payload);
  });
});

describe('a single-file bundle', () => {
  const content = ascii('The quick brown fox '.repeat(100));
  const entries = [
    { path: 'app.dll', type: 1, bytes: Uint8Array.of(1, 2, 3) },
    { path: 'lib/ünï.dll', type: 1, bytes: content, deflated: new Uint8Array(deflateRawSync(content)) },
  ];

  test.each([1, 2, 6] as const)('of version %i: its entries are listed and opened', async (majorVersion) => {
    const stored = majorVersion === 6 ? entries : entries.map(({ path, type, bytes }) => ({ path, type, bytes }));
    const file = writeSingleFileBundle(ascii('\x7fELF host'), { majorVersion, bundleId: 'abc', entries: stored });
    const bundle = readSingleFileBundle(file)!;
    expect(bundle).toMatchObject({ majorVersion, bundleId: 'abc' });
    expect(bundle.entries.map(({ path }) => path)).toEqual(['app.dll', 'lib/ünï.dll']);
    for (const [index, entry] of bundle.entries.entries()) expect(await bundleEntryBytes(file, entry)).toEqual(entries[index]!.bytes);
  });

  test('that promises another size than it has is malformed', async () => {
    const file = writeSingleFileBundle(ascii('host'), { majorVersion: 6, bundleId: 'x', entries });
    const entry = readSingleFileBundle(file)!.entries[1]!;
    for (const size of [entry.size - 1, entry.size + 1, 2 ** 40]) {
      await expect(bundleEntryBytes(file, { ...entry, size })).rejects.toMatchObject({ code: 'BAD_COMPRESSED_DATA' });
    }
  });

  test('is not what a host alone is', () => {
    expect(readSingleFileBundle(ascii('plain file'))).toBeUndefined();
  });
});

test('an embedded portable PDB is inflated', async () => {
  const pdb = ascii('BSJB and the rest of it '.repeat(50));
  const builder = new PEBuilder();
  const data = writeEmbeddedPortablePdb(pdb.length, new Uint8Array(deflateRawSync(pdb)));
  const debug = buildDebugDirectory([{ type: DebugType.EMBEDDED_PORTABLE_PDB, data }]);
  const section = builder.addSection('.rdata');
  builder.setDirectory('debug', section.add(debug.directory));
  section.add(debug.data);
  expect(await readEmbeddedPortablePdb(PEImage.parse(builder.build()))).toEqual(pdb);
});
