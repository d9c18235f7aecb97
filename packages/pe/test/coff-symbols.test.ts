// COFF symbols and the string table.
import { describe, expect, test } from 'vitest';
import { PEBuilder } from '../src/builder/index.ts';
import { PEImage } from '../src/index.ts';
import { readCoffSymbolTable, StorageClass, writeCoffSymbolTable } from '../src/symbols/index.ts';
import { sampleSymbols } from './everything-image.ts';

const imageWith = (symbols: Parameters<typeof writeCoffSymbolTable>[0], overlay = new Uint8Array()): PEImage => {
  const builder = new PEBuilder();
  builder.addSection('.text').add(new Uint8Array(16));
  builder.setSymbolTable(writeCoffSymbolTable(symbols));
  builder.addOverlay(overlay);
  return PEImage.parse(builder.build());
};

describe('COFF symbols', () => {
  test('what is written is read, and indices count the auxiliary records', () => {
    const image = imageWith(sampleSymbols, Uint8Array.of(1, 2, 3));
    const table = readCoffSymbolTable(image)!;
    expect(table.symbols.map(({ index: _, ...symbol }) => symbol)).toEqual(sampleSymbols);
    expect(table.symbols.map(({ index }) => index)).toEqual([0, 3, 5, 7, 9, 11, 12]);
    expect(table.offset).toBe(image.coffHeader.pointerToSymbolTable);
    expect(table.stringTable).toEqual({ offset: table.offset + image.coffHeader.numberOfSymbols * 18, size: 4 + 28 });
    expect(image.bytes.subarray(-3)).toEqual(Uint8Array.of(1, 2, 3));
    expect(image.diagnostics.entries).toEqual([]);
  });

  test('a long name of a file in the string table, as GNU writes it', () => {
    const file = { name: '.file', value: 0, section: -2, type: 0, storageClass: StorageClass.FILE };
    const auxiliaries = [{ kind: 'unknown', bytes: Uint8Array.of(0, 0, 0, 0, 4, 0, 0, 0) }] as const;
    const named = { ...file, name: 'pseudo-reloc-list.c', storageClass: StorageClass.STATIC, auxiliaries: [] };
    const table = readCoffSymbolTable(imageWith([{ ...file, auxiliaries }, named]))!;
    expect(table.symbols[0]!.auxiliaries).toEqual([{ kind: 'file', fileName: 'pseudo-reloc-list.c' }]);
  });

  test('a table without symbols has its strings', () => {
    expect(readCoffSymbolTable(imageWith([]))).toMatchObject({ symbols: [], stringTable: { size: 4 } });
  });

  test('no table; a dump, which has none', () => {
    expect(readCoffSymbolTable(PEImage.parse(new PEBuilder().build()))).toBeUndefined();
    expect(readCoffSymbolTable(PEImage.parse(imageWith(sampleSymbols).bytes, { layout: 'mapped' }))).toBeUndefined();
  });

  test('more symbols than the file has room for', () => {
    const image = PEImage.parse(new PEBuilder({ coff: { pointerToSymbolTable: 0x100, numberOfSymbols: 0x7fffffff } }).build());
    expect(() => readCoffSymbolTable(image)).toThrow(expect.objectContaining({ code: 'TRUNCATED', reading: 'the COFF symbol table' }));
  });

  test('a name beyond the file, and many symbols that share one long name, end the list with a diagnostic', () => {
    const bytes = imageWith(sampleSymbols).bytes.slice();
    const { pointerToSymbolTable } = PEImage.parse(bytes).coffHeader;
    new DataView(bytes.buffer).setUint32(pointerToSymbolTable + 3 * 18 + 4, 0x10000, true);
    const cut = PEImage.parse(bytes);
    expect(readCoffSymbolTable(cut)!.symbols.map(({ name }) => name)).toEqual(['.file']);
    expect(cut.diagnostics.entries).toMatchObject([{ code: 'BAD_SYMBOL_NAME' }]);

    const symbol = { name: 'x'.repeat(0x3000), value: 0, section: 1, type: 0, storageClass: 2, auxiliaries: [] };
    const short = Array.from({ length: 0x1000 }, () => ({ ...symbol, name: '' }));
    const many = imageWith([symbol, ...short]).bytes.slice();
    const start = PEImage.parse(many).coffHeader.pointerToSymbolTable;
    for (let index = 1; index <= short.length; index++) new DataView(many.buffer).setUint32(start + index * 18 + 4, 4, true);
    const shared = PEImage.parse(many);
    expect(readCoffSymbolTable(shared)!.symbols.length).toBeLessThan(100);
    expect(shared.diagnostics.entries).toMatchObject([{ code: 'TOO_MUCH_DATA' }]);
  });
});
