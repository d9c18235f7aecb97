// stubs --check and lint --check of what was linked for a device, and stubs with the assemblies of base types.
import { describe, expect, it } from 'vitest';
import { bytesOf, field, interopTest, MODULE, method, type } from '../../packages/interop/test/fixtures/interop-assembly.ts';
import { SampleModule } from '../../packages/interop/test/lint/sample-module.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const encode = (content: string): Uint8Array => new TextEncoder().encode(content);

async function ijw(args: readonly string[], files: Readonly<Record<string, Uint8Array>>) {
  const io = memoryIo(files);
  const exitCode = await run(args, io);
  return { exitCode, output: io.output.text, errors: io.errors.text };
}

const NAME = 'Interop_InteropTest';
const map = encode(`Memory Configuration

Name             Origin             Length             Attributes
SDRAM            0x20000000         0x00000100         xw

Linker script and memory map

.text           0x20000000       0x90
                0x20000040                ${NAME}
`);
const scatter = encode('MEMORY { SDRAM (wx) : ORIGIN = 0x20000000, LENGTH = 0x80 }\n');

/** The definition at 0x40, three handlers in five slots from 0x50 on, the name at 0x70. */
function binary(checksum: number): Uint8Array {
  const bytes = new Uint8Array(0x90);
  const view = new DataView(bytes.buffer);
  bytes.set(encode('InteropTest\0'), 0x70);
  const words: readonly [number, number][] = [
    [0x40, 0x20000070],
    [0x44, checksum],
    [0x48, 0x20000050],
    [0x54, 0x20000001],
    [0x58, 0x20000011],
    [0x5c, 0x20000021],
  ];
  for (const [offset, word] of words) view.setUint32(offset, word, true);
  return bytes;
}

const [module, native, program] = interopTest.types;
const withHelper = bytesOf({
  ...interopTest,
  types: [
    module!,
    { ...native!, methods: [native!.methods[0]!, method('Helper', { hasRva: true }), ...native!.methods.slice(1)] },
    program!,
  ],
});

const stubs = (...args: string[]) => {
  const checksum = 0x00691eee;
  const files = {
    'a.dll': bytesOf(interopTest),
    'b.dll': withHelper,
    'fw.map': map,
    'fw.bin': binary(checksum),
    'fw.ldf': scatter,
    'fw.elf': encode('\x7fELF\0'),
  };
  return ijw(['stubs', ...args], files);
};

describe('ijw stubs --check', () => {
  it('gives the address for Interop.Add', async () => {
    const { output, exitCode } = await stubs('a.dll', '--for', 'tinyclr', '--check', 'fw.map', '--check', 'fw.bin');
    expect(output).toMatch(/Interop\.Add +0x20000040 +Interop_InteropTest\n/);
    expect(output).toContain('SDRAM at 0x20000000: 144 of 256 bytes used');
    expect([exitCode, output.includes('Everything matches')]).toEqual([0, true]);
  });

  it('explains a table of an older assembly, from the binary alone', async () => {
    const { output, exitCode } = await stubs('b.dll', '--for', 'tinyclr', '--check', 'fw.bin');
    expect([exitCode, output.includes('(slot 1 moved because `Helper` was added)')]).toEqual([1, true]);
  });

  it('compares the size with the region', async () => {
    const { output } = await stubs('a.dll', '--for', 'tinyclr', '--check', 'fw.bin', '--check', 'fw.ldf', '--json');
    const { matches, mismatches, firmware } = JSON.parse(output);
    expect([matches, mismatches.map(({ place }: { place: string }) => place)]).toEqual([false, ['size of SDRAM']]);
    expect(firmware).toMatchObject({
      definition: { symbol: NAME, address: 0x20000040 },
      image: { base: 0x20000000, size: 0x90 },
      region: { name: 'SDRAM' },
    });
  });

  it.each([
    ['an ELF file', ['--for', 'tinyclr', '--check', 'fw.elf'], 1, 'NOT_A_RAW_BINARY'],
    ['two maps', ['--for', 'tinyclr', '--check', 'fw.map', '--check', 'fw.map'], 2, 'once'],
    ['a map for a system without tables', ['--for', 'leanclr', '--check', 'fw.map'], 2, 'no methods table'],
    ['a base that is not a number', ['--for', 'tinyclr', '--check', 'fw.bin', '--base', 'x'], 2, '--base'],
  ])('refuses %s in one line', async (_what, args, code, message) => {
    const { exitCode, errors } = await stubs('a.dll', ...args);
    expect([exitCode, errors.includes(message), errors.match(/\n/g)?.length]).toEqual([code, true, 1]);
  });

  it('compares the checksum at 0x14 of a .pe file, by its own generation', async () => {
    const vendor = new Uint8Array(0x40);
    vendor.set(encode('NFMRK2'));
    const files = (checksum: number) => {
      new DataView(vendor.buffer).setUint32(0x14, checksum, true);
      return { 'a.dll': bytesOf(interopTest), 'a.pe': vendor };
    };
    const { output } = await ijw(['stubs', 'a.dll', '--for', 'nanoframework', '--api', '2', '--json'], files(0));
    const { checksum } = JSON.parse(output);
    expect((await ijw(['stubs', 'a.dll', '--for', 'nanoframework', '--check', 'a.pe'], files(checksum))).exitCode).toBe(0);
    const bad = await ijw(['stubs', 'a.dll', '--for', 'nanoframework', '--check', 'a.pe'], files(checksum + 1));
    expect([bad.exitCode, bad.output.includes('checksum of the .pe file')]).toEqual([1, true]);
    const newer = await ijw(['stubs', 'b.dll', '--for', 'nanoframework', '--check', 'a.pe'], { ...files(checksum), 'b.dll': withHelper });
    expect(newer.output).toContain('(`Helper` was added)');
    expect((await ijw(['stubs', 'a.dll', '--for', 'tinyclr', '--check', 'a.pe'], files(0))).exitCode).toBe(2);
  });
});

describe('ijw lint --check', () => {
  it('reports what does not fit as NI080', async () => {
    const sample = new SampleModule();
    sample.type('Device.Pin');
    sample.method('Read', { implFlags: 0x1000 });
    const { output, exitCode } = await ijw(['lint', 'a.dll', '--rule', 'NI080', '--check', 'fw.map', '--check', 'fw.ldf'], {
      'a.dll': sample.build().file.bytes,
      'fw.map': map,
      'fw.ldf': scatter,
    });
    expect(exitCode).toBe(1);
    expect(output).toContain('NI080: sample (0x20000001): linker map: expected the symbol Interop_sample, found Interop_InteropTest');
    expect(output).toContain('region SDRAM of the linker map');
  });
});

describe('ijw stubs with base types in other assemblies', () => {
  const derived = bytesOf({
    assembly: 'App',
    types: [MODULE, type('App.Pin', { base: '[Lib]Lib.Base', fields: [field('own', 'System.Int32')], methods: [method('Read')] })],
  });

  it.each([
    ['beside the file', 'dir/lib.dll', []],
    ['in --search', 'other/LIB.DLL', ['--search', 'other']],
  ])('finds them %s', async (_where, path, args) => {
    const lib = bytesOf({
      assembly: 'Lib',
      types: [MODULE, type('Lib.Base', { fields: [field('a', 'System.Int32'), field('b', 'System.Int32')] })],
    });
    const io = memoryIo({ 'dir/app.dll': derived, [path]: lib });
    expect(await run(['stubs', 'dir/app.dll', '--for', 'tinyclr', '-o', 'out', ...args], io)).toBe(0);
    expect(new TextDecoder().decode(io.files.get('out/App.h'))).toContain('FIELD___own___I4 = 3;');
  });

  it('says what is left out', async () => {
    const { output, exitCode } = await ijw(['stubs', 'app.dll', '--for', 'tinyclr'], { 'app.dll': derived });
    expect([exitCode, /0x02000002 App\.Pin: .*Lib\.Base/.test(output)]).toEqual([0, true]);
  });
});
