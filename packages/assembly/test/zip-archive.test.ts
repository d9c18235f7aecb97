// Files of ZIP archives: stored and deflated, names, ZIP64, damage.
import { memoryFiles, searchFiles, zipFiles } from '@ijw/assembly';
import { BadImageError, UnsupportedError } from '@ijw/binary';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const content = text('The quick brown fox '.repeat(200));
const archive = zipSync({ 'lib/net8.0/a.dll': content, 'ünï.txt': [text('stored'), { level: 0 }], 'empty/': new Uint8Array(0) });

/** What a ZIP64 archive has beside the records: the sizes of the one entry in its extra field, and the record that the locator leads to. */
function zip64(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 22;
  const directory = view.getUint32(end + 16, true);
  const name = view.getUint16(directory + 28, true);
  const header = bytes.slice(directory, directory + 46 + name);
  const headerView = new DataView(header.buffer);
  const extra = new DataView(new ArrayBuffer(28));
  extra.setUint16(0, 1, true);
  extra.setUint16(2, 24, true);
  extra.setBigUint64(4, BigInt(headerView.getUint32(24, true)), true);
  extra.setBigUint64(12, BigInt(headerView.getUint32(20, true)), true);
  headerView.setUint32(20, 0xffffffff, true);
  headerView.setUint32(24, 0xffffffff, true);
  headerView.setUint32(42, 0xffffffff, true);
  headerView.setUint16(30, 28, true);
  const record = new DataView(new ArrayBuffer(56));
  record.setUint32(0, 0x06064b50, true);
  record.setBigUint64(32, 1n, true);
  record.setBigUint64(48, BigInt(directory), true);
  const locator = new DataView(new ArrayBuffer(20));
  locator.setUint32(0, 0x07064b50, true);
  locator.setBigUint64(8, BigInt(directory + header.length + 28), true);
  const last = bytes.slice(end);
  new DataView(last.buffer).setUint32(16, 0xffffffff, true);
  const parts = [bytes.subarray(0, directory), header, extra, record, locator, last].map((part) =>
    part instanceof Uint8Array ? part : new Uint8Array(part.buffer),
  );
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe('a ZIP archive', () => {
  it('lists and reads files, folders are none', async () => {
    const files = await zipFiles('a.zip', archive);
    expect(files.paths).toEqual(['lib/net8.0/a.dll', 'ünï.txt']);
    expect(files.read('lib/net8.0/a.dll')).toEqual(content);
    expect(files.read('ünï.txt')).toEqual(text('stored'));
    expect(files.read('LIB/net8.0/a.dll')).toBeUndefined();
  });

  it('may have a comment, and something in front', async () => {
    const commented = new Uint8Array(archive.length + 5);
    commented.set(archive);
    new DataView(commented.buffer).setUint16(archive.length - 2, 5, true);
    expect((await zipFiles('a.zip', commented)).paths).toHaveLength(2);
  });

  it('may be ZIP64', async () => {
    const files = await zipFiles('a.zip', zip64(zipSync({ 'a.dll': content })));
    expect(files.read('a.dll')).toEqual(content);
  });

  it('that is damaged is a BadImageError, wherever', async () => {
    await expect(zipFiles('a.zip', content)).rejects.toThrow(expect.objectContaining({ code: 'NOT_ZIP' }));
    await expect(zipFiles('a.zip', archive.subarray(0, archive.length - 30))).rejects.toThrow(BadImageError);
    const changed = Uint8Array.from(archive);
    changed[archive.length - 22 + 10] = 9;
    await expect(zipFiles('a.zip', changed)).rejects.toThrow(BadImageError);
  });

  it('whose content was changed fails its CRC-32 or does not inflate', async () => {
    for (const at of [50, 60, 70]) {
      const changed = Uint8Array.from(archive);
      changed[at]! ^= 0x55;
      const files = await zipFiles('a.zip', changed);
      expect(() => files.read('lib/net8.0/a.dll')).toThrow(BadImageError);
    }
  });

  it('never takes a claimed size for granted', async () => {
    const changed = Uint8Array.from(archive);
    const view = new DataView(changed.buffer);
    const directory = view.getUint32(archive.length - 6, true);
    view.setUint32(directory + 24, 0xfffffff0, true);
    const files = await zipFiles('a.zip', changed);
    expect(() => files.read('lib/net8.0/a.dll')).toThrow(expect.objectContaining({ code: 'BAD_COMPRESSED_DATA' }));
  });

  it('with other methods or encryption says so', async () => {
    for (const [at, value] of [
      [8, 1],
      [10, 12],
    ] as const) {
      const changed = Uint8Array.from(archive);
      const view = new DataView(changed.buffer);
      changed[view.getUint32(archive.length - 6, true) + at] = value;
      const files = await zipFiles('a.zip', changed);
      expect(() => files.read('lib/net8.0/a.dll')).toThrow(UnsupportedError);
    }
  });
});

describe('files', () => {
  it('are found by their names without case, in the order of the sources and of each', async () => {
    const other = Uint8Array.of(1);
    const memory = memoryFiles('memory/', new Map([['Bin/A.dll', content]]));
    const archive = await zipFiles('a.zip', zipSync({ 'x/a.DLL': other, 'x/B.dll': other, 'y/b.dll': content }));
    const find = searchFiles([memory, archive]);
    expect([find('a.DLL')?.path, find('a.DLL')?.read()]).toEqual(['memory/Bin/A.dll', content]);
    expect([find('b.dll')?.path, find('b.dll')?.read()]).toEqual(['a.zip/x/B.dll', other]);
    expect(searchFiles([archive, memory])('a.dll')?.path).toBe('a.zip/x/a.DLL');
    expect([find('Bin/A.dll'), find('c.dll')]).toEqual([undefined, undefined]);
  });
});
