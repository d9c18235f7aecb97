// `ijw headers`: COFF symbols; `ijw info` of an image that NativeAOT made.
import { ByteWriter } from '@ijw/binary';
import { headerWords, Machine, PEImage } from '@ijw/pe';
import { PEBuilder } from '@ijw/pe/builder';
import { describe, expect, it } from 'vitest';
import { buildEverything } from '../../packages/pe/test/everything-image.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

async function headers(machine: number, ...args: readonly string[]) {
  const io = memoryIo({ 'a.dll': buildEverything(machine).bytes });
  expect(await run(['headers', 'a.dll', ...args], io)).toBe(0);
  return io.output.text;
}

describe('ijw headers', () => {
  it('lists COFF symbols with their auxiliary records', async () => {
    const { symbols } = JSON.parse(await headers(Machine.AMD64, '--json'));
    expect(symbols.symbols[1]).toMatchObject({ name: 'a_function_with_a_long_name', auxiliaries: [{ kind: 'function', totalSize: 8 }] });
    expect(symbols.stringTable.size).toBe(32);
  });

  it.each([
    ['x64', Machine.AMD64, { chain: [{ operations: [{ operation: 'allocate', size: 40 }, { operation: 'pushNonvolatile' }] }] }],
    ['arm64', Machine.ARM64, { unwind: { functionLength: 16, packed: { regI: 2 } } }],
    ['arm', Machine.ARMNT, { unwind: { functionLength: 16, packed: { reg: 2, homes: true } } }],
  ] as const)('says how functions of %s are unwound when it is asked to', async (format, machine, first) => {
    const { exceptions } = JSON.parse(await headers(machine, '--json', '--unwind'));
    expect(exceptions).toMatchObject({ format, count: 2, functions: [first, {}] });
    expect(JSON.parse(await headers(machine, '--json')).exceptions).toEqual({ format, count: 2 });
    expect(await headers(machine, '--unwind')).toMatch(/^ {6}unwindData /m);
  });
});

describe('ijw info of an image that NativeAOT made', () => {
  const builder = new PEBuilder({ machine: Machine.AMD64 });
  for (const name of ['.text', '.managed', 'hydrated']) builder.addSection(name).add(Uint8Array.of(0xc3));
  builder.addSection('.rdata').add(new ByteWriter().u32(0x00525452).u16(9).u16(2).u32(0).u16(30).u8(24).u8(1).toBytes());
  const files = { 'a.exe': builder.build() };

  it('says so, and by what', async () => {
    const text = memoryIo(files);
    expect(await run(['info', 'a.exe'], text)).toBe(0);
    expect(text.output.text).toMatch(/NativeAOT: sections \.managed, hydrated; ReadyToRun header 9\.2 at RVA 0x[0-9a-f]+/);
    const json = memoryIo(files);
    await run(['info', 'a.exe', '--json'], json);
    expect(JSON.parse(json.output.text)).toMatchObject({ kind: 'native', nativeAot: { header: { majorVersion: 9 } } });
  });
});

describe('ijw headers in words', () => {
  it('says what numbers mean', async () => {
    const text = await headers(Machine.AMD64);
    expect(text).toMatch(/^ {2}machine +amd64$/m);
    expect(text).toMatch(/^ {2}characteristics +.*EXECUTABLE_IMAGE/m);
    expect(text).toMatch(/^ {2}\.\w+ .* [r-][w-][x-] CNT_/m);
    expect(text).toMatch(/^ {2}subsystem +[A-Z_]+$/m);
  });

  it('names the bits of GuardFlags, of ReadyToRun headers and of their sections', () => {
    const words = headerWords(PEImage.parse(buildEverything(Machine.AMD64).bytes));
    expect(words('loadConfig.guardFlags', 0x10013500)).toBe(
      'CF_INSTRUMENTED | CF_FUNCTION_TABLE_PRESENT | PROTECT_DELAYLOAD_IAT | DELAYLOAD_IAT_IN_ITS_OWN_SECTION | CF_LONGJUMP_TABLE_PRESENT, 1 byte follows each RVA of the guard tables',
    );
    expect(words('loadConfig.guardFlags', 0)).toBe('none');
    expect(words('loadConfig.guardFlags', 0x50000800)).toBe('SECURITY_COOKIE_UNUSED, 5 bytes follow each RVA of the guard tables');
    expect(words('loadConfig.dependentLoadFlags', 0x800)).toBe('SEARCH_SYSTEM32');
    expect(words('readyToRun.flags', 0x28)).toBe('NONSHARED_PINVOKE_STUBS | COMPONENT');
    expect(words('readyToRun.components.core.flags', 0x20)).toBe('COMPONENT');
    expect(words('readyToRun.sections.type', 102)).toBe('RuntimeFunctions');
    expect(words('debug.data.value', 1)).toBe('CET_COMPAT');
    expect(words('resources.version.fixed.fileType', 2)).toBe('DLL');
    expect(words('resources.version.fixed.fileOs', 0x40004)).toBe('NT_WINDOWS32');
    expect(words('exceptions.functions.chain.flags', 3)).toBe('EHANDLER | UHANDLER');
    expect(words('relocations.types.10', 0x5ec)).toBe('1516');
  });

  it('prints the numbers with --raw', async () => {
    const text = await headers(Machine.AMD64, '--raw');
    expect(text).toMatch(/^ {2}machine +0x8664$/m);
    expect(text).toMatch(/^ {2}characteristics +0x[0-9a-f]+$/m);
  });
});
