// What the builder writes is read back: headers, sections, directories.
import { describe, expect, test } from 'vitest';
import { PEBuilder } from '../src/builder/index.ts';
import { exportDirectoryPart, readExportDirectory } from '../src/exports/index.ts';
import { buildImports, readImportDirectory } from '../src/imports/index.ts';
import { CorFlags, cliHeaderPart, imageChecksum, Machine, PEImage, readCliHeader, SectionCharacteristics } from '../src/index.ts';
import { RelocationType, readBaseRelocations } from '../src/relocations/index.ts';

function buildSample(machine: number) {
  const builder = new PEBuilder({ machine, checksum: true });
  const text = builder.addSection('.text', { characteristics: SectionCharacteristics.CNT_CODE | SectionCharacteristics.MEM_EXECUTE });
  const code = text.add(Uint8Array.of(0xff, 0x25, 0, 0, 0, 0, 0xc3), { alignment: 16 });
  const data = builder.addSection('.data', { virtualSize: 0x3000 });
  const pointers = data.add(new Uint8Array(32), { alignment: 8 });
  const imports = buildImports(
    [
      { name: 'mscoree.dll', symbols: [{ name: '_CorDllMain', hint: 7 }] },
      { name: 'b.dll', symbols: [{ ordinal: 42 }, { name: 'two' }] },
    ],
    builder.pointerSize,
  );
  const rdata = builder.addSection('.rdata', { rva: 0x9000 });
  rdata.add(imports.directory);
  rdata.add(imports.addressTable, { rva: 0x9800 });
  const exported = rdata.add(
    exportDirectoryPart({
      moduleName: 'sample.dll',
      symbols: [
        { ordinal: 3, name: 'second', target: { part: code, offset: 6 } },
        { ordinal: 3, name: 'alias', target: { part: code, offset: 6 } },
        { ordinal: 5, forwarder: 'other.#9' },
        { ordinal: 7, name: 'first', target: { part: code } },
      ],
    }),
  );
  const cli = rdata.add(cliHeaderPart({ flags: CorFlags.NATIVE_ENTRYPOINT, vTableFixups: { rva: 0x1234, size: 8 } }));
  builder.relocate({ part: pointers, offset: 8 });
  builder.relocate({ part: pointers }, RelocationType.HIGHADJ, 0x7fff);
  builder.addSection('.reloc').add(builder.relocationsPart());
  builder.setDirectory('import', imports.directory);
  builder.setDirectory('importAddressTable', imports.addressTable);
  builder.setDirectory('export', exported);
  builder.setDirectory('cliHeader', cli);
  builder.setEntryPoint({ part: code });
  builder.addOverlay(Uint8Array.of(1, 2, 3));
  return { builder, plan: builder.layout(), bytes: builder.build(), code, pointers, imports };
}

describe.each([
  ['x86', Machine.I386, 4],
  ['x64', Machine.AMD64, 8],
  ['arm64', Machine.ARM64, 8],
] as const)('an image built for %s', (_, machine, pointerSize) => {
  const { bytes, plan, code, pointers, imports } = buildSample(machine);
  const image = PEImage.parse(bytes);

  test('has the headers that were asked for', () => {
    expect(image.coffHeader.machine).toBe(machine);
    expect(image.pointerSize).toBe(pointerSize);
    expect(image.sections.map((section) => section.name)).toEqual(['.text', '.data', '.rdata', '.reloc']);
    expect(image.optionalHeader.addressOfEntryPoint).toBe(plan.rvaOf(code));
    expect(image.sections[2]!.virtualAddress).toBe(0x9000);
    const { stored, computed } = imageChecksum(image);
    expect(stored).toBe(computed);
    expect(image.diagnostics.entries).toEqual([]);
  });

  test('imports what was asked for, through the slots that the tables say', () => {
    const modules = readImportDirectory(image)!.modules;
    expect(modules.map(({ name, symbols }) => ({ name, symbols }))).toEqual([
      { name: 'mscoree.dll', symbols: [{ iatRva: 0x9800, name: '_CorDllMain', hint: 7 }] },
      {
        name: 'b.dll',
        symbols: [
          { iatRva: 0x9800 + 2 * pointerSize, ordinal: 42 },
          { iatRva: 0x9800 + 3 * pointerSize, name: 'two', hint: 0 },
        ],
      },
    ]);
    expect(imports.slotOffset('b.dll', 'two')).toBe(3 * pointerSize);
    expect(imports.slotOffset('b.dll', { ordinal: 42 })).toBe(2 * pointerSize);
    expect(image.directory('importAddressTable')).toEqual({ rva: 0x9800, size: 5 * pointerSize });
  });

  test('exports by name, by ordinal, and forwards', () => {
    const { moduleName, ordinalBase, symbols } = readExportDirectory(image)!;
    expect({ moduleName, ordinalBase }).toEqual({ moduleName: 'sample.dll', ordinalBase: 3 });
    expect(symbols).toEqual([
      { ordinal: 3, name: 'alias', rva: plan.rvaOf(code, 6) },
      { ordinal: 3, name: 'second', rva: plan.rvaOf(code, 6) },
      { ordinal: 5, forwarder: 'other.#9' },
      { ordinal: 7, name: 'first', rva: plan.rvaOf(code) },
    ]);
  });

  test('has the relocations that were asked for, padded to four bytes', () => {
    const rva = plan.rvaOf(pointers);
    const pointer = pointerSize === 8 ? RelocationType.DIR64 : RelocationType.HIGHLOW;
    expect(readBaseRelocations(image)).toEqual([
      {
        pageRva: rva,
        size: 16,
        entries: [
          { rva: rva + 8, type: pointer },
          { rva, type: RelocationType.HIGHADJ, adjustment: 0x7fff },
          { rva, type: RelocationType.ABSOLUTE },
        ],
      },
    ]);
  });

  test('has the CLI header that was asked for', () => {
    expect(readCliHeader(image)).toMatchObject({
      cb: 72,
      majorRuntimeVersion: 2,
      minorRuntimeVersion: 5,
      flags: CorFlags.NATIVE_ENTRYPOINT,
      vTableFixups: { rva: 0x1234, size: 8 },
      metaData: { rva: 0, size: 0 },
    });
  });

  test('reads zeroes behind the bytes of a section, up to its virtual size and no further', () => {
    const [, data] = image.sections;
    const { virtualAddress } = data!;
    expect(image.bytesAt(virtualAddress + 0x1f0, 0x40)).toEqual(new Uint8Array(0x40));
    expect(image.u32At(virtualAddress + 0x2ffc)).toBe(0);
    expect(() => image.u32At(virtualAddress + 0x2ffe)).toThrow(expect.objectContaining({ code: 'RVA_NOT_MAPPED' }));
    expect(image.rvaToOffset(virtualAddress + 0x1ff)).toBe(data!.pointerToRawData + 0x1ff);
    expect(image.rvaToOffset(virtualAddress + 0x200)).toBeUndefined();
  });
});

test('a header field is written as it was given, however wrong', () => {
  const builder = new PEBuilder({ coff: { machine: 0x1234 }, optional: { sizeOfImage: 0xffffffff, numberOfRvaAndSizes: 3 } });
  builder.addSection('.text', { header: { virtualSize: 0xfffffff0 } }).add(Uint8Array.of(1));
  const image = PEImage.parse(builder.build());
  expect(image.machine).toBe('unknown');
  expect(image.optionalHeader.sizeOfImage).toBe(0xffffffff);
  expect(image.dataDirectories).toHaveLength(3);
  expect(image.sections[0]!.virtualSize).toBe(0xfffffff0);
});
