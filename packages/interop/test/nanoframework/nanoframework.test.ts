// nanoFramework stubs, and checksums of tables that the vendors published.
import { join } from 'node:path';
import { UnsupportedError } from '@ijw/binary';
import { buildNanoTable, NANO_PROFILES, type NanoProfile, nanoChecksum, nanoStubs } from '@ijw/interop/nanoframework';
import { readAssemblyShape, STUB_TARGETS } from '@ijw/interop/stubs';
import { describe, expect, it } from 'vitest';
import { compile, has, withFiles } from '../fixtures/compiler.ts';
import { assemblyOf, field, interopTest, MODULE, method, type } from '../fixtures/interop-assembly.ts';

const headers = join(import.meta.dirname, '../../../../fixtures/headers/nanoframework');
const profile = (name: string): NanoProfile => NANO_PROFILES.find((candidate) => candidate.name === name)!;
const shapeOf = (input: Parameters<typeof assemblyOf>[0]) => readAssemblyShape(assemblyOf(input));
const target = STUB_TARGETS.get('nanoframework')!;
const input = (version: string) => ({ assembly: assemblyOf(interopTest), version });

/** `Class::Method` for natives, a number for so many methods without native code. */
const slots = (rows: readonly (string | number)[], prefix: string) =>
  rows.flatMap((row) => {
    if (typeof row === 'number') return Array.from({ length: row }, () => undefined);
    const [className, methodName] = row.split('::');
    return [{ className: `${prefix}${className}`, methodName: methodName! }];
  });

describe('checksums of tables that the vendors published', () => {
  it('nanoFramework.Hardware.GiantGecko 100.0.0.2: 0xF42EF338', () => {
    const strength = 'I4__nanoFrameworkHardwareGiantGeckoGpioConfigurationDriveStrenght';
    const rows = [
      'GpioConfiguration::SetSlewRate___STATIC__VOID__I4__U1',
      'GpioConfiguration::SetSlewRateAlternate___STATIC__VOID__I4__U1',
      `GpioConfiguration::SetDriveStrenght___STATIC__VOID__${strength}`,
      `GpioConfiguration::SetDriveStrenghtAlternate___STATIC__VOID__${strength}`,
      2,
      'Power::NativeEnterHibernateMode___STATIC__VOID',
      'Power::NativeEnterShutoffMode___STATIC__VOID',
      1,
      'Rtc::GetAlarm___STATIC__SystemDateTime',
      'Rtc::NativeRtcSetAlarm___STATIC__VOID__I4__U1__U1__U1__U1__U1',
      5,
      'Utilities::NativeGetDeviceUniqueId___STATIC__VOID__SZARRAY_U1',
      'Utilities::NativeGetProductionRevision___STATIC__U1',
      'Utilities::NativeGetDeviceFamily___STATIC__U1',
      'Utilities::NativeGetDeviceNumber___STATIC__U1',
    ];
    const table = slots(rows, 'nanoFramework_Hardware_GiantGecko_');
    expect(nanoChecksum('nanoFramework.Hardware.GiantGecko', profile('1'), table)).toBe(0xf42ef338);
    expect(nanoChecksum('nanoFramework.Hardware.GiantGecko', profile('2'), table)).not.toBe(0xf42ef338);
  });

  it('Microsoft.SPOT.Hardware.SerialPort of the .NET Micro Framework: 0x4E6685A9', () => {
    const rows = [
      15,
      'SerialPort::Read___I4__SZARRAY_U1__I4__I4',
      'SerialPort::Write___VOID__SZARRAY_U1__I4__I4',
      'SerialPort::Flush___VOID',
      30,
      'SerialPort::InternalOpen___VOID',
      'SerialPort::InternalClose___VOID',
      'SerialPort::InternalDispose___VOID',
      'SerialPort::BytesInBuffer___I4__BOOLEAN',
      'SerialPort::DiscardBuffer___VOID__BOOLEAN',
      1,
    ];
    expect(nanoChecksum('Microsoft.SPOT.Hardware.SerialPort', profile('netmf'), slots(rows, 'System_IO_Ports_'))).toBe(0x4e6685a9);
  });

  it('is 0 for a table without natives', () => {
    for (const each of NANO_PROFILES) expect(nanoChecksum('A', each, [undefined, undefined])).toBe(0);
  });
});

describe('nanoFramework stubs', () => {
  it('have the files and the spelling of the vendor', () => {
    const set = nanoStubs(buildNanoTable(shapeOf(interopTest), profile('1')), false);
    expect(set.files.map(({ path }) => path)).toEqual([
      'InteropTest.h',
      'InteropTest.cpp',
      'InteropTest_InteropTest_MyNativeClass.cpp',
      'InteropTest_InteropTest_MyNativeClass_mshl.cpp',
      'InteropTest_InteropTest_MyNativeClass.h',
      'FindINTEROP-InteropTest.cmake',
    ]);
    expect(set.entries.map(({ index, symbol }) => [index, symbol])).toEqual([
      [1, 'Library_InteropTest_InteropTest_MyNativeClass::MyNativeFunc___STRING__U4__SZARRAY_U1__BYREF_I4'],
      [2, 'Library_InteropTest_InteropTest_MyNativeClass::get_MyNativeProperty___I4'],
      [3, 'Library_InteropTest_InteropTest_MyNativeClass::Reset___STATIC__VOID__BOOLEAN'],
    ]);
    expect(set.files[0]!.text).toContain('static const int FIELD__field = 1;');
    expect(set.files[0]!.text).toContain('static const int FIELD_STATIC__shared = 0;');
  });

  it.skipIf(!has('g++'))('compile with g++, with and without marshalling code, for NETMF too (skipped without g++)', () => {
    for (const each of NANO_PROFILES) {
      for (const bare of [true, false]) {
        const set = nanoStubs(buildNanoTable(shapeOf(interopTest), each), bare);
        withFiles(set.files, (folder) => {
          const sources = set.files.flatMap(({ path }) => (path.endsWith('.cpp') ? [path] : []));
          expect(compile('g++', ['-std=c++11', '-fsyntax-only', '-Wall', `-I${headers}`, ...sources], folder)).toBe('');
        });
      }
    }
  });

  it('put a type after its enclosing type and its interfaces, and count interfaces in the table but not in the checksum', () => {
    const types = [
      MODULE,
      type('A.First', { interfaces: ['A.ISecond'], methods: [method('M', { virtual: true })] }),
      type('A.ISecond', { kind: 'interface', abstract: true, base: null, methods: [method('M', { virtual: true, abstract: true })] }),
    ];
    const table = buildNanoTable(shapeOf({ assembly: 'A', types }), profile('1'));
    expect(table.types.map(({ name }) => name)).toEqual(['ISecond', 'First']);
    expect(table.slots.map((slot) => slot?.methodName)).toEqual([undefined, 'M___VOID']);
    expect(table.checksum).toBe(nanoChecksum('A', profile('1'), [table.slots[1]]));
  });

  it('leave excluded types and what is nested in them out of the table, in the order that all types have', () => {
    const native = (name: string) => type(name, { methods: [method('M')] });
    const types = [MODULE, native('A.One'), native('A.Two'), native('A.Inner'), native('A.Three')];
    const flat = shapeOf({ assembly: 'A', types });
    const two = flat.types.find(({ name }) => name === 'Two')!;
    const shape = { ...flat, types: flat.types.map((each) => (each.name === 'Inner' ? { ...each, enclosing: two } : each)) };
    const all = buildNanoTable(shape, profile('1'));
    const excludedTypes = new Set([two.token]);
    const table = buildNanoTable(shape, profile('1'), { excludedTypes });
    const kept = all.types.filter(({ name }) => name !== 'Two' && name !== 'Inner');
    expect(kept.length).toBe(all.types.length - 2);
    expect(table.types).toEqual(kept);
    expect(table.checksum).not.toBe(all.checksum);
    expect(table.checksum).toBe(nanoChecksum('A', profile('1'), table.slots));
  });

  it('number instance fields after those of all base types', () => {
    const types = [
      MODULE,
      type('A.Base', { fields: [field('one', 'System.Int32'), field('two', 'System.Int32')] }),
      type('A.Derived', { base: 'A.Base', fields: [field('<Three>k__BackingField', 'System.Int32')], methods: [method('M')] }),
    ];
    const set = nanoStubs(buildNanoTable(shapeOf({ assembly: 'A', types }), profile('1')), true);
    expect(set.files[0]!.text).toContain('FIELD__Three__BackingField = 3;');
  });

  it('are held against a table, slot by slot', () => {
    const table = target.generate(input('2')).files.find(({ path }) => path === target.tableFile!(input('2')))!;
    expect(target.compare!(input('2'), table.text)).toEqual([]);
    expect(target.compare!(input('1'), table.text).map(({ place }) => place)).toEqual(['checksum']);
    expect(target.compare!(input('2'), table.text.replace('Reset___STATIC__', 'Reset___')).map(({ place }) => place)).toEqual([3]);
  });

  it('are refused without natives, and for names that are none in C++', () => {
    const build = (types: readonly ReturnType<typeof type>[]) =>
      nanoStubs(buildNanoTable(shapeOf({ assembly: 'A', types: [MODULE, ...types] }), profile('1')), true);
    expect(() => build([type('A.B')])).toThrow(UnsupportedError);
    const generic = type('A.B`1', { methods: [method('M')] });
    expect(() => build([generic])).toThrow('not an identifier');
    const table = buildNanoTable(shapeOf({ assembly: 'A', types: [MODULE, generic] }), profile('2'));
    expect(table.slots[0]?.className).toBe('A_B_1');
  });
});
