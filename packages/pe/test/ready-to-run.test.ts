// The native format of ReadyToRun images (integers, arrays, hash tables), entry points and import cells; what shows that NativeAOT made an image.
import { ByteReader, ByteWriter } from '@ijw/binary';
import { PEImage } from '@ijw/pe';
import { PEBuilder } from '@ijw/pe/builder';
import { exportDirectoryPart } from '@ijw/pe/exports';
import {
  importCellSignature,
  instanceEntryPoints,
  NativeArray,
  nativeHashtableEntries,
  ReadyToRunSectionType,
  readEntryPoint,
  readFixupList,
  readHotColdMap,
  readImportSections,
  readMethodEntryPoints,
  readNativeAot,
  readNativeSigned,
  readNativeUnsigned,
  readRuntimeFunctions,
} from '@ijw/pe/ready-to-run';
import { describe, expect, test } from 'vitest';

const reader = (...bytes: number[]) => new ByteReader(Uint8Array.from(bytes));

describe('integers', () => {
  test.each([
    [0, [0]],
    [127, [0xfe]],
    [128, [0x01, 0x02]],
    [0x3fff, [0xfd, 0xff]],
    [0x4000, [0x03, 0x00, 0x02]],
    [0x1fffff, [0xfb, 0xff, 0xff]],
    [0x200000, [0x07, 0x00, 0x00, 0x02]],
    [0xffffffff, [0x0f, 0xff, 0xff, 0xff, 0xff]],
  ])('%i without a sign', (value, bytes) => {
    expect(readNativeUnsigned(reader(...bytes))).toBe(value);
  });

  test.each([
    [-1, [0xfe]],
    [-64, [0x80]],
    [63, [0x7e]],
    [-65, [0xfd, 0xfe]],
    [-8192, [0x01, 0x80]],
    [-8193, [0xfb, 0xff, 0xfe]],
    [-(2 ** 20), [0x03, 0x00, 0x80]],
    [-(2 ** 27), [0x07, 0x00, 0x00, 0x80]],
    [-(2 ** 31), [0x0f, 0, 0, 0, 0x80]],
  ])('%i with a sign', (value, bytes) => {
    expect(readNativeSigned(reader(...bytes))).toBe(value);
  });

  test('a first byte of five ones is refused', () => {
    expect(() => readNativeUnsigned(reader(0x1f))).toThrow(expect.objectContaining({ code: 'BAD_NATIVE_INTEGER', offset: 0 }));
  });
});

/** Elements 0 and 1 of a block, each a byte: both halves of the last step, one of the steps before it. */
const arrayOfTwo = (first: number, second: number) => {
  // Steps of 8, 4 and 2 go on with the lower half; that of 1 has both: the upper one is 2 bytes on from its own start.
  const lowerOnly = 1 << 1;
  return [(2 << 2) << 1, 1, lowerOnly, lowerOnly, lowerOnly, ((2 << 2) | 3) << 1, first, second];
};

describe('arrays', () => {
  test('elements are found through the tree of their block', () => {
    const array = new NativeArray(reader(...arrayOfTwo(0xaa, 0xbb)));
    expect(array.count).toBe(2);
    expect(array.offsetOf(0)).toBe(6);
    expect(array.offsetOf(1)).toBe(7);
    expect(array.offsetOf(2)).toBeUndefined();
    expect(array.offsetOf(-1)).toBeUndefined();
  });

  test('a block of one element says which one it is', () => {
    const array = new NativeArray(reader((16 << 2) << 1, 1, (5 << 2) << 1, 0xcc));
    expect(array.offsetOf(5)).toBe(3);
    expect(array.offsetOf(6)).toBeUndefined();
  });

  test('one that is cut off throws', () => {
    expect(() => new NativeArray(reader((16 << 2) << 1, 1)).offsetOf(0)).toThrow(expect.objectContaining({ code: 'TRUNCATED' }));
  });
});

describe('hash tables', () => {
  test('entries of every bucket', () => {
    // Two buckets, indexes of a byte: the first holds one entry, the second two.
    const table = reader(1 << 2, 3, 5, 9, 0x10, 20 << 1, 0x11, 30 << 1, 0x12, 40 << 1);
    expect([...nativeHashtableEntries(table)]).toEqual([25, 37, 49]);
  });

  test('no more entries than bytes, and no more buckets than there is room for', () => {
    const endless = reader(0, 2, 0xff, ...new Array(20).fill(2));
    expect(() => [...nativeHashtableEntries(endless)]).toThrow(expect.objectContaining({ code: 'TRUNCATED' }));
    expect(() => [...nativeHashtableEntries(reader(31 << 2, 0))]).toThrow(expect.objectContaining({ code: 'COUNT_TOO_LARGE' }));
  });
});

/** An image whose only section holds what is given at its start. */
function imageOf(bytes: Uint8Array, machine = 0x8664): PEImage {
  const builder = new PEBuilder({ machine });
  builder.addSection('.text').add(bytes);
  return PEImage.parse(builder.build());
}

describe('sections of the header', () => {
  const { RuntimeFunctions, MethodDefEntryPoints, InstanceEntryPoints, HotColdMap, ImportSections } = ReadyToRunSectionType;
  const core = (type: number, size: number) => ({ flags: 0, sections: [{ type, rva: 0x1000, size }] });

  test('runtime functions of amd64 have an end; others end where the next one starts', () => {
    const amd64 = new ByteWriter().u32(0x10).u32(0x20).u32(1).u32(0x30).u32(0x38).u32(2).u32(0xffffffff).u32(0).u32(0).toBytes();
    expect(readRuntimeFunctions(imageOf(amd64), core(RuntimeFunctions, amd64.length))).toEqual([
      { start: 0x10, end: 0x20 },
      { start: 0x30, end: 0x38 },
    ]);
    const arm64 = new ByteWriter().u32(0x10).u32(1).u32(0x30).u32(2).u32(0xffffffff).u32(0).toBytes();
    const [first] = readRuntimeFunctions(imageOf(arm64, 0xaa64), core(RuntimeFunctions, arm64.length));
    expect(first).toEqual({ start: 0x10, end: 0x30 });
  });

  test('method entry points, with and without fixups', () => {
    // 3 << 1 without fixups; 7 << 2 with bit 0.
    const bytes = Uint8Array.from(arrayOfTwo((3 << 1) << 1, ((7 << 2) | 1) << 1));
    const entries = readMethodEntryPoints(imageOf(bytes), core(MethodDefEntryPoints, bytes.length), 10);
    expect(entries).toEqual([
      { rid: 1, functionIndex: 3 },
      { rid: 2, functionIndex: 7, fixups: bytes.length },
    ]);
    expect(readMethodEntryPoints(imageOf(bytes), core(MethodDefEntryPoints, bytes.length), 1)).toHaveLength(1);
  });

  test('instance entry points', () => {
    const bytes = Uint8Array.from([0, 2, 4, 0x10, 1 << 1, 0xff, (5 << 1) << 1]);
    const image = imageOf(bytes);
    const found = [...instanceEntryPoints(image, core(InstanceEntryPoints, bytes.length))].map((entry) => [
      entry.u8(),
      readEntryPoint(entry),
    ]);
    expect(found).toEqual([[0xff, { functionIndex: 5 }]]);
  });

  test('a list of fixups is behind the entry point, or before it', () => {
    const list = [0x21, 0x04, 0x00];
    const here = new ByteReader(Uint8Array.from([((7 << 2) | 1) << 1, ...list]));
    expect(readEntryPoint(here)).toEqual({ functionIndex: 7, fixups: 1 });
    const shared = new ByteReader(Uint8Array.from([...list, ((7 << 2) | 3) << 1, 4 << 1]));
    shared.position = 3;
    expect(readEntryPoint(shared)).toEqual({ functionIndex: 7, fixups: 0 });
  });

  const fixupsOf = (...bytes: readonly number[]) =>
    readFixupList(new ByteReader(Uint8Array.from(bytes))).map(({ section, index }) => `${section}:${index}`);

  test.each([
    ['one cell', [0x21, 0x00], ['1:2']],
    ['cells of one section', [0x21, 0x13, 0x00], ['1:2', '1:5', '1:6']],
    ['sections', [0x21, 0x20, 0x03, 0x00], ['1:2', '3:3']],
    // 9 2 is 1 * 8 + 2.
    ['numbers of two nibbles', [0x91, 0x02, 0x00], ['1:10']],
  ])('%s', (_, bytes, expected) => {
    expect(fixupsOf(...bytes)).toEqual(expected);
  });

  test('a list without an end is truncated', () => {
    expect(() => fixupsOf(0x21, 0x11)).toThrow(expect.objectContaining({ code: 'TRUNCATED' }));
  });

  test('cold parts by hot parts', () => {
    const bytes = new ByteWriter().u32(9).u32(2).u32(11).u32(4).toBytes();
    expect([...readHotColdMap(imageOf(bytes), core(HotColdMap, bytes.length))]).toEqual([
      [2, 9],
      [4, 11],
    ]);
  });

  test('the signature of an import cell', () => {
    const bytes = new ByteWriter()
      .u32(0x2000)
      .u32(16)
      .u16(0)
      .u8(0)
      .u8(8)
      .u32(0x1014)
      .u32(0)
      .u32(0x101c)
      .u32(0x101d)
      .u8(0x1a)
      .u8(0x30)
      .toBytes();
    const image = imageOf(bytes);
    const sections = readImportSections(image, core(ImportSections, 20));
    expect(sections).toMatchObject([{ rva: 0x2000, size: 16, entrySize: 8 }]);
    expect(importCellSignature(image, sections, 0x2000)?.u8()).toBe(0x1a);
    expect(importCellSignature(image, sections, 0x2008)?.u8()).toBe(0x30);
    expect(importCellSignature(image, sections, 0x2004)).toBeUndefined();
    expect(importCellSignature(image, sections, 0x2010)).toBeUndefined();
  });
});

describe('NativeAOT', () => {
  const header = new ByteWriter().u32(0x00525452).u16(9).u16(2).u32(0).u16(30).u8(24).u8(1).toBytes();

  function aot(names: readonly string[], { exported = false, withHeader = false } = {}): PEImage {
    const builder = new PEBuilder({ machine: 0x8664 });
    for (const name of names) builder.addSection(name).add(Uint8Array.of(0xc3));
    const data = builder.addSection('.rdata');
    const part = data.add(withHeader ? header : new Uint8Array(16));
    if (exported) {
      const symbols = [{ name: 'DotNetRuntimeDebugHeader', ordinal: 1, target: { part } }];
      builder.setDirectory('export', data.add(exportDirectoryPart({ moduleName: 'a.exe', symbols })));
    }
    return PEImage.parse(builder.build());
  }

  test('by its sections and the header that __modules leads to', () => {
    expect(readNativeAot(aot(['.text', '.managed', 'hydrated'], { withHeader: true }))).toMatchObject({
      sections: ['.managed', 'hydrated'],
      header: { majorVersion: 9, minorVersion: 2, sections: 30 },
    });
    expect(readNativeAot(aot(['.managed'], { withHeader: true }))).toMatchObject({ sections: ['.managed'], header: { majorVersion: 9 } });
    expect(readNativeAot(aot(['.managed', 'hydrated']))).toEqual({ sections: ['.managed', 'hydrated'] });
  });

  test('by the export alone', () => {
    expect(readNativeAot(aot([], { exported: true }))).toMatchObject({ debugHeader: { name: 'DotNetRuntimeDebugHeader' }, sections: [] });
  });

  test('one section of such a name alone shows nothing, nor does a header without one', () => {
    expect(readNativeAot(aot(['.managed']))).toBeUndefined();
    expect(readNativeAot(aot(['.text'], { withHeader: true }))).toBeUndefined();
  });
});
