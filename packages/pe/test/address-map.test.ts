// RVAs, offsets and bytes as Windows maps sections, and dumps of loaded images.
import { describe, expect, test } from 'vitest';
import { PEBuilder } from '../src/builder/index.ts';
import { Machine, PEImage } from '../src/index.ts';

const filled = (size: number, value: number): Uint8Array => new Uint8Array(size).fill(value);

describe('sections are mapped as Windows maps them', () => {
  test('raw data begins at the sector that its pointer is in', () => {
    const builder = new PEBuilder();
    builder.addSection('.text', { header: { pointerToRawData: 0x3ff } }).add(filled(0x200, 0xaa));
    const image = PEImage.parse(builder.build());
    expect(image.sections[0]!.pointerToRawData).toBe(0x3ff);
    expect(image.rvaToOffset(0x1000)).toBe(0x200);
  });

  test('a virtual size of zero stands for the size of the raw data', () => {
    const builder = new PEBuilder();
    builder.addSection('.text', { header: { virtualSize: 0 } }).add(filled(0x200, 0xaa));
    const image = PEImage.parse(builder.build());
    expect(image.bytesAt(0x1000, 0x200)).toEqual(filled(0x200, 0xaa));
  });

  test('a pointer of zero means that there is no raw data', () => {
    const builder = new PEBuilder();
    builder.addSection('.bss', { virtualSize: 0x100, header: { sizeOfRawData: 0x200, pointerToRawData: 0 } });
    const image = PEImage.parse(builder.build());
    expect(image.bytesAt(0x1000, 4)).toEqual(filled(4, 0));
    expect(image.rvaToOffset(0x1000)).toBeUndefined();
  });

  test('headers are mapped up to SizeOfHeaders', () => {
    const image = PEImage.parse(new PEBuilder().build());
    expect(image.u16At(0)).toBe(0x5a4d);
    expect(image.rvaToOffset(0x1ff)).toBe(0x1ff);
    expect(() => image.u8At(image.optionalHeader.sizeOfHeaders)).toThrow(expect.objectContaining({ code: 'RVA_NOT_MAPPED', rva: 0x200 }));
  });

  test('bytes are put together across a section border, and named when the file ends before', () => {
    const builder = new PEBuilder();
    builder.addSection('a').add(filled(0x1000, 1));
    builder.addSection('b', { rva: 0x2000 }).add(filled(0x1000, 2));
    const file = builder.build();
    const image = PEImage.parse(file);
    expect(image.bytesAt(0x1ffe, 4)).toEqual(Uint8Array.of(1, 1, 2, 2));
    const truncated = PEImage.parse(file.subarray(0, file.length - 0x100));
    expect(() => truncated.bytesAt(0x2f80, 0x80)).toThrow(expect.objectContaining({ code: 'TRUNCATED', rva: 0x2f80 }));
    expect(truncated.rvaToOffset(0x2fff)).toBeUndefined();
    expect(truncated.readerAt(0x2000).length).toBe(0xf00);
  });

  test('of two sections at one address the first of the table is seen', () => {
    const builder = new PEBuilder();
    builder.addSection('first', { rva: 0x2000 }).add(filled(0x10, 1));
    builder.addSection('second', { rva: 0x1000, virtualSize: 0x3000 }).add(filled(0x2000, 2));
    const image = PEImage.parse(builder.build());
    expect(image.sectionAt(0x2000)?.name).toBe('first');
    expect(image.sectionAt(0x1fff)?.name).toBe('second');
    expect(image.bytesAt(0x1fff, 2)).toEqual(Uint8Array.of(2, 1));
    expect(image.sectionBytes(image.sections[1]!).length).toBe(0x2000);
  });

  test('below page alignment a file whose sections lie at their addresses is mapped flat', () => {
    const builder = new PEBuilder({ sectionAlignment: 0x200, fileAlignment: 0x200 });
    builder.addSection('.text').add(filled(0x100, 7));
    const image = PEImage.parse(builder.build());
    const { virtualAddress, pointerToRawData } = image.sections[0]!;
    expect(virtualAddress).toBe(pointerToRawData);
    expect(image.rvaToOffset(virtualAddress + 8)).toBe(virtualAddress + 8);
  });

  test('below page alignment other files (ReadyToRun for Linux) are mapped section by section', () => {
    const builder = new PEBuilder({ machine: Machine.AMD64 ^ 0x7b79, magic: 0x20b, sectionAlignment: 0x200, fileAlignment: 0x200 });
    builder.addSection('.text', { rva: 0x10200 }).add(filled(0x100, 7));
    const image = PEImage.parse(builder.build());
    expect([image.machine, image.machineOs]).toEqual(['amd64', 'linux']);
    expect(image.bytesAt(0x10200, 2)).toEqual(Uint8Array.of(7, 7));
    expect(image.rvaToOffset(0x10200)).toBe(image.sections[0]!.pointerToRawData);
  });

  test('a file without sections has its headers', () => {
    const image = PEImage.parse(new PEBuilder().build());
    expect(image.sections).toEqual([]);
    expect(image.segments).toHaveLength(1);
  });
});

describe('a dump of a loaded image', () => {
  const builder = new PEBuilder();
  builder.addSection('.text').add(filled(0x10, 1));
  builder.addSection('.data', { virtualSize: 0x1800 }).add(filled(0x10, 2));
  const file = PEImage.parse(builder.build());
  const dump = new Uint8Array(0x3000);
  for (const segment of file.segments) dump.set(file.bytes.subarray(segment.offset, segment.offset + segment.rawSize), segment.rva);
  const image = PEImage.parse(dump, { layout: 'mapped' });

  test('has each address at that offset, and its sections', () => {
    expect(image.rvaToOffset(0x2004)).toBe(0x2004);
    expect(image.offsetToRva(0x2004)).toBe(0x2004);
    expect(image.bytesAt(0x1000, 4)).toEqual(filled(4, 1));
    expect(image.sectionAt(0x2004)?.name).toBe('.data');
    expect(image.sectionBytes(image.sections[0]!).length).toBe(0x1000);
  });

  test('has nothing beyond its end', () => {
    expect(() => image.bytesAt(0x2ffe, 4)).toThrow(expect.objectContaining({ code: 'RVA_NOT_MAPPED' }));
  });
});

test('fewer directories than sixteen are there', () => {
  const builder = new PEBuilder({ numberOfDirectories: 3 });
  builder.setDirectory('import', { rva: 0x1234, size: 1 });
  const image = PEImage.parse(builder.build());
  expect(image.dataDirectories).toHaveLength(3);
  expect(image.directory('import')).toEqual({ rva: 0x1234, size: 1 });
  expect(image.directory('cliHeader')).toBeUndefined();
});
