// Headers that Windows refuses and that are read all the same: the PE signature, a section table that is cut off, the size of the CLI header.
import { ByteReader, ByteWriter, type Diagnostics } from '@ijw/binary';
import { cliHeaderPart, PEImage, readCliHeader } from '@ijw/pe';
import { PEBuilder } from '@ijw/pe/builder';
import { decodeVersionInfo, encodeVersionInfo } from '@ijw/pe/resources';
import { describe, expect, test } from 'vitest';
import { decodeDebugData } from '../src/debug/debug-data.ts';

function image(cb = 72): Uint8Array {
  const builder = new PEBuilder();
  const text = builder.addSection('.text');
  const header = text.add(cliHeaderPart({ cb, metaData: { rva: 0x1000, size: 0 } }));
  builder.addSection('.data').add(Uint8Array.of(1));
  builder.setDirectory('cliHeader', header);
  return builder.build();
}

const codesOf = ({ entries }: Diagnostics) => entries.map(({ code }) => code);

describe('the PE signature', () => {
  test.each([
    [0, 1],
    [0x4d, 0],
    [1, 0xff],
  ])('PE %i %i is read, with a diagnostic', (third, fourth) => {
    const bytes = image();
    const at = PEImage.parse(bytes).signatureOffset;
    bytes.set([third, fourth], at + 2);
    const damaged = PEImage.parse(bytes);
    expect(damaged.sections.map(({ name }) => name)).toEqual(['.text', '.data']);
    expect(damaged.diagnostics.entries).toMatchObject([{ code: 'BAD_PE_SIGNATURE', severity: 'error', offset: at }]);
  });

  test('other letters are another format', () => {
    const bytes = image();
    bytes[PEImage.parse(bytes).signatureOffset + 1] = 0x46;
    expect(() => PEImage.parse(bytes)).toThrow(expect.objectContaining({ code: 'NOT_PE' }));
  });
});

describe('a file that ends within its headers', () => {
  const bytes = image();
  const { signatureOffset, is64Bit } = PEImage.parse(bytes);
  const optional = signatureOffset + 24;
  const directories = optional + (is64Bit ? 112 : 96);
  const table = directories + 16 * 8;

  test.each([
    ['before the first section', table, 0],
    ['within the first section', table + 17, 0],
    ['within the second section', table + 79, 1],
  ])('%s: the headers before are read', (_, length, count) => {
    const cut = PEImage.parse(bytes.subarray(0, length));
    expect(cut.coffHeader.numberOfSections).toBe(2);
    expect(cut.optionalHeader.numberOfRvaAndSizes).toBe(16);
    expect(cut.dataDirectories).toHaveLength(16);
    expect(cut.sections).toHaveLength(count);
    expect(codesOf(cut.diagnostics)).toEqual(['TRUNCATED']);
  });

  test('within the data directories: those that are whole are read', () => {
    const cut = PEImage.parse(bytes.subarray(0, directories + 20));
    expect(cut.dataDirectories).toHaveLength(2);
    expect(codesOf(cut.diagnostics)).toEqual(['TRUNCATED', 'TRUNCATED']);
  });
});

test.each([0, 8, 71])('a CLI header that says it has %i bytes is read, with a diagnostic', (cb) => {
  const damaged = PEImage.parse(image(cb));
  expect(readCliHeader(damaged)).toMatchObject({ cb, metaData: { rva: 0x1000 } });
  readCliHeader(damaged);
  expect(codesOf(damaged.diagnostics)).toEqual(['BAD_CLI_HEADER_SIZE']);
});

describe('version information with lengths that are wrong', () => {
  const info = { stringTables: [{ language: '040904b0', strings: [{ name: 'Title', value: 'Twelve words' }] }], translations: [] };

  /** The bytes, with a ValueLength changed: that of the block with a key. */
  function withValueLength(key: string, valueLength: number): Uint8Array {
    const bytes = encodeVersionInfo(info);
    const text = new ByteWriter().utf16(`${key}\0`).toBytes();
    const at = bytes.findIndex((_, start) => text.every((byte, index) => bytes[start + index] === byte));
    new DataView(bytes.buffer, bytes.byteOffset).setUint16(at - 4, valueLength, true);
    return bytes;
  }

  test.each([
    ['Title', 3],
    ['Title', 0],
    ['StringFileInfo', 24],
    ['StringFileInfo', 1],
    ['040904b0', 2],
  ])('%s says %i', (key, length) => {
    expect(decodeVersionInfo(withValueLength(key, length)).stringTables).toEqual(info.stringTables);
  });
});

describe('CodeView MTOC', () => {
  const uuid = Uint8Array.from({ length: 16 }, (_, index) => index * 16);
  const entry = (path: string) => decodeDebugData(2, new ByteReader(new ByteWriter().utf8('MTOC').bytes(uuid).utf8(path).toBytes()));

  test('has the UUID and the path of a Mach-O file', () => {
    const data = { kind: 'mtoc', uuid: '00102030-4050-6070-8090-a0b0c0d0e0f0' };
    expect(entry('/build/Shell.dll\0\0')).toEqual({ ...data, path: '/build/Shell.dll' });
    expect(entry('Shell.dll')).toEqual({ ...data, path: 'Shell.dll' });
  });

  test('that is cut off is a diagnostic', () => {
    const cut = new ByteReader(new ByteWriter().utf8('MTOC').u32(1).toBytes());
    expect(() => decodeDebugData(2, cut)).toThrow(expect.objectContaining({ code: 'TRUNCATED' }));
  });
});
