// A linker map, a raw binary and scatter files against the methods table of an assembly.
import { BadImageError } from '@ijw/binary';
import type { AssemblyInput } from '@ijw/fixtures';
import { readAssemblyShape } from '@ijw/interop/stubs';
import {
  buildInteropTable,
  checkFirmware,
  type FirmwareFiles,
  interopFirmwareTable,
  isLinkerMap,
  isScatterFile,
  readLinkerMap,
  readScatterFile,
  readVendorAssembly,
} from '@ijw/interop/tinyclr';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemblyOf, interopTest, method, type } from '../fixtures/interop-assembly.ts';

const STRUCT = 'Interop_InteropTest_InteropTest_MyNativeClass';
const NATIVES = ['MyNativeFunc___STRING__U4__SZARRAY_U1__BYREF_I4', 'get_MyNativeProperty___I4', 'Reset___STATIC___VOID__BOOLEAN'];
const BASE = 0x2002f000;

const firmwareTable = (input: AssemblyInput) => interopFirmwareTable(buildInteropTable(readAssemblyShape(assemblyOf(input))));
const table = firmwareTable(interopTest);

/** The documentation's class with other methods. */
function withMethods(change: (methods: AssemblyInput['types'][number]['methods']) => AssemblyInput['types'][number]['methods']) {
  const [module, native, program] = interopTest.types;
  return firmwareTable({ ...interopTest, types: [module!, { ...native!, methods: change(native!.methods) }, program!] });
}

const helper = method('Helper', { hasRva: true });
const withHelper = withMethods(([first, ...rest]) => [first!, helper, ...rest]);

/** What is linked for `interopTest`: three functions, the name, the definition, the table of five slots. */
function binary({ checksum = table.checksum, base = BASE, name = 'InteropTest' } = {}): Uint8Array {
  const bytes = new Uint8Array(0xb8);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(`${name}\0`), 0x8a);
  const words: readonly [number, number][] = [
    [0x98, base + 0x8a],
    [0x9c, checksum],
    [0xa0, base + 0xa4],
    [0xa8, base + 0x01],
    [0xac, base + 0x4b],
    [0xb0, base + 0x71],
  ];
  for (const [offset, word] of words) view.setUint32(offset, word, true);
  return bytes;
}

const functions = [0x00, 0x4a, 0x70].map((offset, index) => [BASE + offset, `${STRUCT}::${NATIVES[index]}`] as const);
const hex = (value: number): string => value.toString(16);

const GNU_MAP = `
Memory Configuration

Name             Origin             Length             Attributes
SDRAM            0x2002f000         0x00001000         xw
*default*        0x00000000         0xffffffff

Linker script and memory map

                0x00000000                        . = ALIGN (0x4)
.text           0x2002f000       0xb8
 *(.text*)
${functions.map(([address, name]) => ` .text._ZN\n                0x${hex(address)}       0x4a a.o\n                0x${hex(address)}                ${name}(TinyCLR_Interop_MethodData)`).join('\n')}
                0x2002f098                Interop_InteropTest
                0x2002f0b8                PROVIDE (end = .)
.a_section_with_a_long_name
                0x2002f0b8        0x8
.comment        0x00000000       0x26
`;
const mangled = (name: string): string => `_ZN${STRUCT.length}${STRUCT}${name.length}${name}E26TinyCLR_Interop_MethodData`;
const LLD_MAP = `     VMA      LMA     Size Align Out     In      Symbol
       0        0        0     1 total = 0x1000
2002f000 2002f000       b8     4 .text
2002f000 2002f000       4a     2         a.o:(.text)
${NATIVES.map((name, index) => `${hex(functions[index]![0] + 1)} ${hex(functions[index]![0])}       4a     1                 ${mangled(name)}`).join('\n')}
2002f098 2002f098        c     1                 Interop_InteropTest
       0        0       41     1 .comment
`;
const ARM_MAP = `Image Symbol Table

    Symbol Name                              Value     Ov Type        Size  Object(Section)
${functions.map(([address, name]) => `    ${name}(TinyCLR_Interop_MethodData)   0x${hex(address + 1)}   Thumb Code    74  a.o(i.x)`).join('\n')}
    Interop_InteropTest                      0x2002f098   Data          12  a.o(.constdata)

Memory Map of the image

  Load Region LR_1 (Base: 0x2002f000, Size: 0x000000b8, Max: 0x00001000, ABSOLUTE)

    Execution Region ER_1 (Exec base: 0x2002f000, Load base: 0x2002f000, Size: 0x000000b8, Max: 0x00001000, ABSOLUTE)
`;

const LDF = `/* where interops go */
total = 4K;
MEMORY
{
    SDRAM (wx) : ORIGIN = 0x2002F000, LENGTH = total
    LR_FLASH : ORIGIN = 0x08008400, LENGTH = 0x00038000 - 0x400
}
SECTIONS { ER_FLASH 0x08008400 : { *(.text) } > LR_FLASH }
`;

const check = (files: FirmwareFiles, against = table) => checkFirmware(against, files);

describe('a linker map', () => {
  it.each([
    ['GNU ld', GNU_MAP],
    ['lld', LLD_MAP],
    ['armlink', ARM_MAP],
  ])('of %s gives the address for Interop.Add, the image and the names of the handlers', (_linker, text) => {
    const map = readLinkerMap(text);
    const { definition, image, mismatches } = check({ map, binary: binary() });
    expect([definition, image?.base, mismatches]).toEqual([{ symbol: 'Interop_InteropTest', address: 0x2002f098 }, BASE, []]);
  });

  it('without the definition, or without a native, differs', () => {
    const map = readLinkerMap(GNU_MAP.replace(' Interop_InteropTest\n', ' Interop_Other\n').replace('get_MyNativeProperty', 'get_Other'));
    expect(check({ map }).mismatches).toEqual([
      { place: 'linker map', expected: 'the symbol Interop_InteropTest', found: 'Interop_Other' },
      { place: 'linker map', expected: `the symbol ${STRUCT}::${NATIVES[1]}`, found: 'nothing' },
    ]);
  });

  it('is told from other texts', () => {
    expect([isLinkerMap(LDF), isScatterFile(LDF), isScatterFile(GNU_MAP), isScatterFile('int main() {}')]).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(() => readLinkerMap('nothing of the kind')).toThrow(expect.objectContaining({ code: 'NOT_A_LINKER_MAP' }));
    expect(readLinkerMap(GNU_MAP).sections.map(({ name }) => name)).toEqual(['.text', '.a_section_with_a_long_name']);
  });
});

describe('a raw binary', () => {
  it.each<[string, FirmwareFiles]>([
    ['alone', {}],
    ['at an address that is said', { base: BASE }],
    ['with a scatter file', { scatter: [readScatterFile(LDF)] }],
  ])('has its definition found %s', (_how, files) => {
    const { definition, mismatches } = check({ ...files, binary: binary() });
    expect([definition?.address, mismatches]).toEqual([0x2002f098, []]);
  });

  it.each<[string, FirmwareFiles]>([
    ['by the names in the map', { map: readLinkerMap(GNU_MAP) }],
    ['by the checksum without a map', {}],
  ])('of an older assembly is explained %s', (_how, files) => {
    const { mismatches } = check({ ...files, binary: binary() }, withHelper);
    const explained = Object.fromEntries(mismatches.map(({ place, explanation }) => [place, explanation]));
    expect(explained).toMatchObject({
      checksum: '`Helper` was added',
      1: 'slot 1 moved because `Helper` was added',
      2: 'slot 2 moved because `Helper` was added',
      3: 'slot 3 moved because `Helper` was added',
    });
  });

  it('of another assembly, or at another address, does not fit', () => {
    expect(check({ binary: binary({ name: 'InteropTesx' }) }).mismatches).toMatchObject([{ place: 'binary' }]);
    expect(check({ binary: binary(), base: 0x20000000 }).mismatches).toMatchObject([{ place: 'binary' }]);
    expect(check({ binary: new Uint8Array(0) }).mismatches).toMatchObject([{ place: 'binary' }]);
    const wrong = check({ map: readLinkerMap(GNU_MAP), binary: binary({ name: 'Other' }) });
    expect(wrong.mismatches).toMatchObject([{ place: 'assembly', expected: 'InteropTest', found: 'Other' }]);
  });

  it('with a null handler for a native differs in that slot', () => {
    const bytes = binary();
    bytes.fill(0, 0xac, 0xb0);
    expect(check({ binary: bytes, base: BASE }).mismatches).toEqual([{ place: 2, expected: `${STRUCT}::${NATIVES[1]}`, found: 'nullptr' }]);
  });
});

describe('what happened to an assembly', () => {
  const explanations = (against: typeof table) => {
    const { mismatches } = check({ map: readLinkerMap(GNU_MAP), binary: binary() }, against);
    return mismatches.find(({ place }) => place === 'checksum')?.explanation;
  };

  it.each<[string, Parameters<typeof withMethods>[0], string | undefined]>([
    ['a native was added', ([first, ...rest]) => [first!, method('Extra'), ...rest], '`Extra` was added'],
    ['a native was removed', ([first, , ...rest]) => [first!, ...rest], '`MyNativeFunc` was removed'],
    [
      'a signature changed',
      (methods) => methods.map((one) => (one.name === 'Reset' ? { ...one, parameters: ['System.Int32'] } : one)),
      '`Reset` changed its signature',
    ],
    ['two methods were added', ([first, ...rest]) => [first!, helper, method('Extra'), ...rest], '`Extra`, `Helper` were added'],
    [
      'one of two methods was added',
      ([first, ...rest]) => [{ ...first!, name: 'Older' }, helper, ...rest],
      '`Older` or `Helper` was added',
    ],
    ['nothing changed', (methods) => methods, undefined],
  ])('%s', (_what, change, explanation) => expect(explanations(withMethods(change))).toBe(explanation));

  it('a class was added in front', () => {
    const added = firmwareTable({
      ...interopTest,
      types: [
        interopTest.types[0]!,
        type('InteropTest.Alpha', { methods: [method('First'), method('.ctor', { hasRva: true })] }),
        ...interopTest.types.slice(1),
      ],
    });
    expect(explanations(added)).toContain('`First`');
  });
});

describe('a scatter file', () => {
  it('of GNU ld has regions with expressions', () => {
    expect(readScatterFile(LDF)).toEqual([
      { name: 'SDRAM', origin: 0x2002f000, length: 4096 },
      { name: 'LR_FLASH', origin: 0x08008400, length: 0x37c00 },
    ]);
    const derived = 'MEMORY { A (rx) : org = 0x1000, len = 2*(1K + 0x100) B : o = ORIGIN(A) + LENGTH(A), l = 16M }';
    expect(readScatterFile(derived)).toEqual([
      { name: 'A', origin: 0x1000, length: 0xa00 },
      { name: 'B', origin: 0x1a00, length: 0x1000000 },
    ]);
  });

  it('of armlink has its execution regions, which end with their load region where they say nothing', () => {
    const text =
      '; comment\nLR_1 0x08000000 0x00010000 {\n  ER_1 0x08000000 FIXED 0x8000 { *(+RO) }\n  RW_1 0x20000000 { *(+RW) }\n  ZI +0 { *(+ZI) }\n}\n';
    expect(readScatterFile(text)).toEqual([
      { name: 'ER_1', origin: 0x08000000, length: 0x8000 },
      { name: 'RW_1', origin: 0x20000000, length: undefined },
    ]);
    expect(readScatterFile('LR 0x1000 0x400 { ER 0x1100 { *(+RO) } }'.replaceAll('{', '{\n'))).toEqual([
      { name: 'ER', origin: 0x1100, length: 0x300 },
    ]);
    expect(readScatterFile('LR 0x1000 0x400 {\n}')).toEqual([{ name: 'LR', origin: 0x1000, length: 0x400 }]);
  });

  it.each([
    ['nothing', 'NOT_A_SCATTER_FILE'],
    ['MEMORY { }', 'NOT_A_SCATTER_FILE'],
    ['MEMORY { A : ORIGIN = unknown, LENGTH = 1 }', 'BAD_SCATTER_FILE'],
    [`MEMORY { A : ORIGIN = ${'('.repeat(500)}1, LENGTH = 1 }`, 'BAD_SCATTER_FILE'],
    ['MEMORY { A : ORIGIN = 1/0, LENGTH = 1 }', 'BAD_SCATTER_FILE'],
  ])('%j is refused', (text, code) => {
    expect(() => readScatterFile(text)).toThrow(expect.objectContaining({ code }));
  });

  const region = (name: string, origin: number, length: number) => ({ name, origin, length });

  it('is held against the size of the image, and its regions against each other', () => {
    const tight = [region('SDRAM', BASE, 0x80), region('OTHER', BASE + 0x40, 0x1000), region('ALIAS', BASE, 0x80)];
    expect(check({ binary: binary(), base: BASE, scatter: [tight] }).mismatches).toEqual([
      { place: 'size of SDRAM', expected: 'at most 128 bytes from 0x2002f000 on', found: '184 bytes, 56 too many' },
      { place: 'regions SDRAM and OTHER', expected: 'no overlap', found: '0x2002f000 to 0x2002f080, 0x2002f040 to 0x20030040' },
      { place: 'regions OTHER and ALIAS', expected: 'no overlap', found: '0x2002f040 to 0x20030040, 0x2002f000 to 0x2002f080' },
    ]);
  });

  it('of another image must not overlap, and must be the one that was linked with', () => {
    const map = readLinkerMap(GNU_MAP);
    const other = [region('FIRMWARE', 0x20000000, 0x30000)];
    expect(check({ map, scatter: [readScatterFile(LDF), other] }).mismatches.map(({ place }) => place)).toEqual([
      'regions SDRAM and FIRMWARE',
    ]);
    expect(check({ map, scatter: [[region('SDRAM', BASE, 0x2000)]] }).mismatches.map(({ place }) => place)).toEqual([
      'region SDRAM of the linker map',
    ]);
    expect(check({ map, scatter: [[region('FLASH', 0x08000000, 0x1000)]] }).mismatches.map(({ place }) => place)).toEqual(['region']);
  });

  it('leaves room for what has no bytes in the file', () => {
    const { region: used } = check({ map: readLinkerMap(GNU_MAP), binary: binary() });
    expect(used).toEqual({ name: 'SDRAM', origin: BASE, length: 0x1000, used: 0xc0 });
  });
});

describe('damaged files', () => {
  /** Words of the formats in any order, among any others. */
  const piece = fc.oneof(
    fc.constantFrom(
      'MEMORY {',
      '}',
      ' : ORIGIN = ',
      ', LENGTH = ',
      '0x20000000',
      '(',
      ')',
      '4K',
      'LR_1 0x1000 0x10 {',
      '.text',
      ' ',
      '\n',
      'Interop_InteropTest',
    ),
    fc.constantFrom(
      'Linker script and memory map\n',
      'VMA LMA Size Align Out In Symbol\n',
      'Image Symbol Table\n',
      '                0x20000000  ',
      '_ZN3',
      '9A',
    ),
    fc.string({ maxLength: 8 }),
  );

  it('give an answer or a BadImageError', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.option(fc.integer({ min: 0, max: 2 ** 32 }), { nil: undefined }),
        (pieces, noise, base) => {
          const text = pieces.join('');
          const files: FirmwareFiles = { binary: Uint8Array.from([...binary(), ...noise]), ...(base !== undefined && { base }) };
          for (const read of [() => ({ map: readLinkerMap(text) }), () => ({ scatter: [readScatterFile(text)] })]) {
            try {
              check({ ...files, ...read() }, withHelper);
            } catch (error) {
              expect(error).toBeInstanceOf(BadImageError);
            }
          }
          checkFirmware(table, { ...files, binary: noise });
        },
      ),
    );
  });

  it('take no longer for long lines, deep parentheses and many regions', () => {
    const start = performance.now();
    const long = 'a'.repeat(200_000);
    for (const text of [
      `MEMORY { ${'A : ORIGIN = 1, LENGTH = 1 '.repeat(2000)} }`,
      `${' \n'.repeat(100_000)}MEMORY { ${long} }`,
      `LR 0 ${'A '.repeat(100_000)}`,
      `x = ${'('.repeat(100_000)};\nMEMORY { A : ORIGIN = x, LENGTH = 1 }`,
    ])
      try {
        check({ scatter: [readScatterFile(text)], binary: binary() });
      } catch (error) {
        expect(error).toBeInstanceOf(BadImageError);
      }
    readLinkerMap(`Memory Configuration\nLinker script and memory map\n${long}\n${'                0x1 a\n'.repeat(100_000)}`);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('a .pe file of nanoFramework', () => {
  it('holds its checksum at 0x14', () => {
    for (const [marker, generation] of [
      ['NFMRK1', '1'],
      ['NFMRK2', '2'],
      ['MSSpot1', 'netmf'],
    ] as const) {
      const bytes = new Uint8Array(0x20);
      bytes.set(new TextEncoder().encode(marker));
      new DataView(bytes.buffer).setUint32(0x14, 0xf42ef338, true);
      expect(readVendorAssembly(bytes)).toEqual({ generation, checksum: 0xf42ef338 });
      expect(() => readVendorAssembly(bytes.subarray(0, 0x16))).toThrow(expect.objectContaining({ code: 'NOT_A_VENDOR_ASSEMBLY' }));
    }
  });
});
