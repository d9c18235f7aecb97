// TinyCLR stubs, merging with written files, tables in C++ source and linker maps.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnsupportedError } from '@ijw/binary';
import { mergeStubs, readAssemblyShape } from '@ijw/interop/stubs';
import {
  buildInteropTable,
  checkFirmware,
  compareInteropTable,
  InteropRegistry,
  interopFirmwareTable,
  readInteropSource,
  readLinkerMap,
  TINYCLR_PROFILES,
  tinyClrStubs,
} from '@ijw/interop/tinyclr';
import { describe, expect, it } from 'vitest';
import { compile, has, withFiles } from '../fixtures/compiler.ts';
import { assemblyOf, interopTest, MODULE, method, type } from '../fixtures/interop-assembly.ts';

const fixtures = join(import.meta.dirname, '../../../../fixtures/headers/tinyclr');
const tableOf = (input: Parameters<typeof assemblyOf>[0]) => buildInteropTable(readAssemblyShape(assemblyOf(input)));
const table = tableOf(interopTest);
const stubs = (name: string, bare = false) => {
  const profile = TINYCLR_PROFILES.find((candidate) => candidate.name === name)!;
  return tinyClrStubs(table, { profile, bare });
};
const fileOf = (path: string) => stubs('1.0').files.find((file) => file.path === path)!;

describe('TinyCLR stubs', () => {
  it('are a header, a table and a file for the class that has natives', () => {
    expect(stubs('1.0').files.map(({ path }) => path)).toEqual([
      'InteropTest.h',
      'InteropTest.cpp',
      'InteropTest_InteropTest_MyNativeClass.cpp',
    ]);
    expect(fileOf('InteropTest.h').text).toContain('static const size_t FIELD___field___I4 = 1;');
    expect(fileOf('InteropTest.h').text).toContain('static const size_t FIELD_STATIC___shared___STRING = 0;');
    expect(stubs('1.0').entries.map(({ index, symbol }) => [index, symbol])).toEqual([
      [1, 'Interop_InteropTest_InteropTest_MyNativeClass::MyNativeFunc___STRING__U4__SZARRAY_U1__BYREF_I4'],
      [2, 'Interop_InteropTest_InteropTest_MyNativeClass::get_MyNativeProperty___I4'],
      [3, 'Interop_InteropTest_InteropTest_MyNativeClass::Reset___STATIC___VOID__BOOLEAN'],
    ]);
  });

  it('number the arguments of instance methods from 0 in API 1.0 and from 1 in the older one', () => {
    const body = (name: string) => stubs(name).files.at(-1)!.text.split('get_MyNativeProperty')[0];
    expect(body('1.0')).toContain('manager->GetArgument(manager, md.Stack, 0, argument0);');
    expect(body('0')).toContain('provider->GetArgument(provider, md.Stack, 1, argument0);');
    expect(stubs('1.0', true).files.at(-1)!.text).not.toContain('GetArgument');
  });

  it.skipIf(!has('g++'))('compile with g++ for both APIs (skipped without g++)', () => {
    for (const name of ['1.0', '0']) {
      withFiles(stubs(name).files, (folder) => {
        const sources = stubs(name).files.flatMap(({ path }) => (path.endsWith('.cpp') ? [path] : []));
        const define = name === '0' ? ['-DTINYCLR_API_0'] : [];
        expect(compile('g++', ['-std=c++11', '-fsyntax-only', '-Wall', ...define, `-I${fixtures}`, ...sources], folder)).toBe('');
      });
    }
  });

  it('are refused where there is nothing native', () => {
    const input = { assembly: 'Plain', types: [MODULE, type('A.B', { methods: [method('M', { hasRva: true })] })] };
    expect(() => tinyClrStubs(tableOf(input), { profile: TINYCLR_PROFILES[0]! })).toThrow(UnsupportedError);
  });

  it('are refused for names that are told apart by their signature only in metadata', () => {
    const twice = [method('M', { parameters: ['A.C'] }), method('M', { parameters: ['AC'] })];
    const input = { assembly: 'Twice', types: [MODULE, type('A.C'), type('AC'), type('A.B', { methods: twice })] };
    expect(() => tableOf(input)).toThrow('same name');
  });
});

describe('a table in C++ source', () => {
  const source = fileOf('InteropTest.cpp').text;

  it('is read back as it was written', () => {
    expect(compareInteropTable(table, readInteropSource(source))).toEqual([]);
  });

  it('is compared slot by slot', () => {
    const changed = source
      .replace(/0x[0-9A-F]{8}/, '0x00000001u')
      .replace('get_MyNativeProperty___I4', 'get_Other___I4')
      .replace('    nullptr,\n};', '    nullptr,\n    0, // one more\n};');
    expect(compareInteropTable(table, readInteropSource(changed)).map(({ place }) => place)).toEqual(['checksum', 'length', 2]);
  });

  it.each([
    ['\0\x01\x02', 'NOT_C_SOURCE'],
    ['"', 'NOT_C_SOURCE'],
    ['int main() { return 0; }', 'BAD_INTEROP_TABLE'],
    ['static const TinyCLR_Interop_MethodHandler methods[] = {', 'BAD_INTEROP_TABLE'],
    ['TinyCLR_Interop_MethodHandler m[] = { }; TinyCLR_Interop_Assembly a = { 1, 2 };', 'BAD_INTEROP_TABLE'],
  ])('%j is none', (text, code) => {
    expect(() => readInteropSource(text)).toThrow(expect.objectContaining({ code }));
  });
});

describe('stubs that are merged with a file', () => {
  const file = fileOf('InteropTest_InteropTest_MyNativeClass.cpp');
  const name = [...file.stubs!.keys()][1]!;
  const stub = file.stubs!.get(name)!;

  it('leave what is there as it is and add what is missing', () => {
    const written = file.text.replace(stub, '').replace('return TinyCLR_Result::NotImplemented;', 'return helper(1); // mine');
    const merged = mergeStubs(`${written}// a last remark`, file);
    expect(merged.text.startsWith(`${written}// a last remark\n`)).toBe(true);
    expect([merged.added, merged.stale]).toEqual([[name], []]);
    expect(merged.text.endsWith(stub)).toBe(true);
  });

  it('do not take a call, a comment or a string for a definition', () => {
    const text = `// TinyCLR_Result ${name}(x)\nconst char* s = "${name}(";\nint f() { return ${name}(md); }\n`;
    expect(mergeStubs(text, file).added).toContain(name);
  });

  it('list methods that the assembly no longer has', () => {
    const gone = 'TinyCLR_Result Interop_InteropTest_InteropTest_MyNativeClass::Old___VOID(const TinyCLR_Interop_MethodData md) {}\n';
    expect(mergeStubs(file.text + gone, file)).toMatchObject({
      added: [],
      stale: ['Interop_InteropTest_InteropTest_MyNativeClass::Old___VOID'],
    });
  });
});

/** A device's memory with one definition in it. */
function device(checksum = table.checksum, base = 0x20000000) {
  const bytes = new Uint8Array(0x100);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('InteropTest\0'), 0x40);
  const words: readonly [number, number][] = [
    [0, base + 0x40],
    [4, checksum],
    [8, base + 0x80],
    [0x84, 0x08001001],
    [0x8c, 0x08001101],
  ];
  for (const [offset, word] of words) view.setUint32(offset, word, true);
  return {
    base,
    read: (address: number, length: number) =>
      address >= base && address + length <= base + bytes.length ? bytes.subarray(address - base, address - base + length) : undefined,
  };
}

describe('InteropRegistry', () => {
  it('reads the definition at an address, finds it, and removes it', () => {
    const memory = device();
    const registry = new InteropRegistry(memory);
    expect(registry.add(memory.base)).toMatchObject({ name: 'InteropTest', checksum: table.checksum, methods: memory.base + 0x80 });
    expect(registry.findAll()).toHaveLength(1);
    expect(() => registry.add(memory.base)).toThrow(expect.objectContaining({ result: 'AlreadyExists' }));
    expect([registry.remove(memory.base), registry.remove(memory.base), registry.findAll()]).toEqual([true, false, []]);
  });

  it('lets a handler win over a body, and has nothing for a method with neither', () => {
    const memory = device();
    const registry = new InteropRegistry(memory);
    registry.add(memory.base);
    expect(registry.dispatch(table, 1, true)).toEqual({ via: 'native', address: 0x08001001 });
    expect(registry.dispatch(table, 0, true)).toEqual({ via: 'il' });
    expect(() => registry.dispatch(table, 2, false)).toThrow(expect.objectContaining({ result: 'NotSupported' }));
    expect(() => new InteropRegistry(memory).dispatch(table, 1, false)).toThrow(expect.objectContaining({ result: 'NotSupported' }));
  });

  it('refuses a definition with another checksum', () => {
    const memory = device(1);
    const registry = new InteropRegistry(memory);
    registry.add(memory.base);
    expect(() => registry.bind(table)).toThrow(
      expect.objectContaining({ result: 'WrongChecksum', message: expect.stringContaining('Invalid native checksum') }),
    );
  });

  it.each([0, 0x1fffffff, 0x200000f8, 0x20000080])('has no definition at 0x%s', (address) => {
    expect(() => new InteropRegistry(device()).add(address)).toThrow(expect.objectContaining({ result: 'WrongType' }));
  });
});

describe('a GNU linker map', () => {
  it.skipIf(!has('g++'))('says where g++ and ld put the definition and the natives (skipped without g++)', () => {
    const main = { path: 'main.cpp', text: 'extern int use; int main() { return 0; }\n' };
    withFiles([...stubs('1.0').files, main], (folder) => {
      const sources = ['main.cpp', ...stubs('1.0').files.flatMap(({ path }) => (path.endsWith('.cpp') ? [path] : []))];
      expect(compile('g++', ['-std=c++11', `-I${fixtures}`, '-no-pie', '-Wl,-Map=out.map', '-o', 'out', ...sources], folder)).toBe('');
      const map = readLinkerMap(readFileSync(join(folder, 'out.map'), 'utf8'));
      const { definition, mismatches } = checkFirmware(interopFirmwareTable(table), { map });
      expect(mismatches).toEqual([]);
      expect(textAt(new Uint8Array(readFileSync(join(folder, 'out'))), definition!.address)).toBe('InteropTest');
    });
  });
});

/** The text that the 64-bit pointer at an address of an ELF executable points to. */
function textAt(elf: Uint8Array, address: number): string {
  const view = new DataView(elf.buffer);
  const headers = Number(view.getBigUint64(0x20, true));
  const offset = (virtual: number): number => {
    for (let at = headers, left = view.getUint16(0x38, true); left > 0; at += 56, left--) {
      const start = Number(view.getBigUint64(at + 16, true));
      const size = Number(view.getBigUint64(at + 32, true));
      if (view.getUint32(at, true) === 1 && virtual >= start && virtual < start + size)
        return virtual - start + Number(view.getBigUint64(at + 8, true));
    }
    throw new Error(`Nothing lies at ${virtual}`);
  };
  const name = offset(Number(view.getBigUint64(offset(address), true)));
  return new TextDecoder().decode(elf.subarray(name, elf.indexOf(0, name)));
}
