// `ijw stubs`: what is written, --check, and what cannot be generated.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesOf, interopTest, MODULE, method, type } from '../../packages/interop/test/fixtures/interop-assembly.ts';
import { nativeAssembly } from '../../packages/interop/test/fixtures/native-assembly.ts';
import { processIo } from '../src/process-io.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const assembly = bytesOf(interopTest);
const STUBS = 'out/InteropTest_InteropTest_MyNativeClass.cpp';
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const encode = (content: string): Uint8Array => new TextEncoder().encode(content);

async function ijw(args: readonly string[], files: Readonly<Record<string, Uint8Array>> = {}) {
  const io = memoryIo({ 'a.dll': assembly, ...files });
  const exitCode = await run(['stubs', ...args], io);
  return { exitCode, output: io.output.text, errors: io.errors.text, files: io.files };
}

describe('ijw stubs', () => {
  it('writes the files that its JSON lists', async () => {
    const { exitCode, output, files } = await ijw(['a.dll', '--for', 'tinyclr', '-o', 'out', '--json']);
    const document = JSON.parse(output);
    expect([exitCode, document.files.length, typeof document.checksum]).toEqual([0, 3, 'number']);
    for (const { path, size } of document.files) expect(files.get(`out/${path}`)?.length).toBe(size);
    expect(document.entries[0]).toEqual({
      index: 1,
      token: 0x06000002,
      symbol: 'Interop_InteropTest_InteropTest_MyNativeClass::MyNativeFunc___STRING__U4__SZARRAY_U1__BYREF_I4',
    });
  });

  it('writes nothing without a folder', async () => {
    const { exitCode, output, files } = await ijw(['a.dll', '--for', 'tinyclr']);
    expect([exitCode, files.size]).toEqual([0, 1]);
    expect(output).toContain('3 native methods');
  });

  it('leaves what the user wrote between the stubs', async () => {
    const first = await ijw(['a.dll', '--for', 'tinyclr', '-o', 'out']);
    const mine = `${text(first.files.get(STUBS)).replace('return TinyCLR_Result::NotImplemented;', 'return mine();')}// mine\n`;
    const again = await ijw(['a.dll', '--for', 'tinyclr', '--api', '0', '-o', 'out'], { [STUBS]: encode(mine) });
    expect([again.exitCode, text(again.files.get(STUBS))]).toEqual([0, mine]);
  });

  it('writes over files of a real folder that it read to keep what is in them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stubs-'));
    try {
      writeFileSync(join(folder, 'a.dll'), assembly);
      const write = () => run(['stubs', join(folder, 'a.dll'), '--for', 'tinyclr', '-o', join(folder, 'out')], processIo());
      expect(await write()).toBe(0);
      const path = join(folder, STUBS);
      writeFileSync(path, readFileSync(path, 'utf8').replace('return TinyCLR_Result::NotImplemented;', 'return mine();'));
      expect(await write()).toBe(0);
      expect(readFileSync(path, 'utf8')).toContain('return mine();');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves out types that nanoFramework is told to leave out: by name, by a list, by a project', async () => {
    const types = [MODULE, type('A.One', { methods: [method('M')] }), type('A.Two', { methods: [method('M')] })];
    const files = {
      'b.dll': bytesOf({ assembly: 'A', types }),
      'list.txt': encode('A.Two\r\nA.Gone\n'),
      'a.nfproj': encode(
        '<ItemGroup><NFMDP_PE_ExcludeClassByName Include="A.Two"><InProject>false</InProject></NFMDP_PE_ExcludeClassByName>',
      ),
    };
    const stubs = async (...args: readonly string[]) => {
      const { exitCode, output, errors } = await ijw(['b.dll', '--for', 'nanoframework', '--json', ...args], files);
      if (exitCode !== 0) return { exitCode, errors };
      const { entries, checksum } = JSON.parse(output) as { entries: readonly { symbol: string }[]; checksum: number };
      return { symbols: entries.map(({ symbol }) => symbol), checksum };
    };
    const all = await stubs();
    const byName = await stubs('--exclude-type', 'A.Two');
    expect([all.symbols?.length, byName.symbols]).toEqual([2, ['Library_A_A_One::M___VOID']]);
    expect(byName.checksum).not.toBe(all.checksum);
    expect(await stubs('--exclude-types', 'list.txt')).toEqual(byName);
    expect(await stubs('--exclude-types', 'a.nfproj')).toEqual(byName);
    expect(await stubs('--exclude-type', 'A.Gone')).toEqual({ exitCode: 2, errors: expect.stringContaining('A.Gone is not a type') });
    const other = await ijw(['a.dll', '--for', 'tinyclr', '--exclude-type', 'X'], {});
    expect([other.exitCode, other.errors]).toEqual([2, expect.stringContaining('--exclude-type is an option of --for nanoframework')]);
  });

  it('holds a table against the assembly', async () => {
    const { files } = await ijw(['a.dll', '--for', 'tinyclr', '-o', 'out']);
    const table = text(files.get('out/InteropTest.cpp'));
    const good = await ijw(['a.dll', '--for', 'tinyclr', '--check', 'out', '--json'], { 'out/InteropTest.cpp': encode(table) });
    expect([good.exitCode, JSON.parse(good.output).matches]).toEqual([0, true]);
    const stale = { 'out/InteropTest.cpp': encode(table.replace('get_MyNativeProperty___I4', 'get_Other___I4')) };
    const bad = await ijw(['a.dll', '--for', 'tinyclr', '--check', 'out', '--json'], stale);
    expect([bad.exitCode, JSON.parse(bad.output).mismatches]).toEqual([
      1,
      [
        {
          place: 2,
          expected: 'Interop_InteropTest_InteropTest_MyNativeClass::get_MyNativeProperty___I4',
          found: 'Interop_InteropTest_InteropTest_MyNativeClass::get_Other___I4',
        },
      ],
    ]);
    const words = await ijw(['a.dll', '--for', 'tinyclr', '--check', 'out'], stale);
    expect(words.output).toContain('slot 2: ');
  });

  it.each([
    ['a table that is no C', ['--check', 'out'], { 'out/InteropTest.cpp': Uint8Array.of(0, 1, 2) }, 1, 'NOT_C_SOURCE at 0x0'],
    ['a table that is not there', ['--check', 'out'], {}, 1, 'file not found'],
    ['stubs that are no C', ['-o', 'out'], { [STUBS]: Uint8Array.of(0xff, 0) }, 1, 'NOT_C_SOURCE'],
    ['an API that is none', ['--api', '7'], {}, 2, 'has the APIs 1.0, 0'],
  ] as const)('refuses %s', async (_name, args, files, code, message) => {
    const { exitCode, errors, files: after } = await ijw(['a.dll', '--for', 'tinyclr', ...args], files);
    expect([exitCode, errors.includes(message), errors.split('\n').length]).toEqual([code, true, 2]);
    expect(after.size).toBe(1 + Object.keys(files).length);
  });

  it('wants to know what for', async () => {
    expect((await ijw(['a.dll'])).exitCode).toBe(2);
    expect((await ijw(['a.dll', '--for', 'java'])).exitCode).toBe(2);
  });

  const hostile = [
    ['no natives', type('A.B', { methods: [method('M', { hasRva: true })] }), 'no native methods'],
    ['a class name of 64 KB', type(`A.${'x'.repeat(65_536)}`, { methods: [method('M')] }), 'characters long'],
    ['a generic-looking array', type('A.B', { methods: [method('M', { parameters: ['A.B[][]'] })] }), undefined],
    ['a path for a class name', type('../../etc/passwd', { methods: [method('M')] }), undefined],
    ['a keyword for a method name', type('A.B', { methods: [method('delete')] }), undefined],
  ] as const;

  it.each(hostile)('writes nothing outside of the folder for %s', async (_name, natives, message) => {
    const input = { assembly: '../x', types: [MODULE, natives] };
    const io = memoryIo({ 'a.dll': bytesOf(input) });
    const exitCode = await run(['stubs', 'a.dll', '--for', 'tinyclr', '-o', 'out'], io);
    const written = [...io.files.keys()].filter((path) => path !== 'a.dll');
    expect(written.filter((path) => !/^out\/[A-Za-z0-9_]+\.(?:h|cpp)$/.test(path))).toEqual([]);
    if (message === undefined) expect([exitCode, written.length]).toEqual([0, 3]);
    else {
      expect([exitCode, written]).toEqual([1, []]);
      expect(io.errors.text).toContain(message);
    }
  });

  it('leaves no part of a file where one cannot be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ijw-stubs-'));
    try {
      writeFileSync(join(folder, 'a.dll'), assembly);
      writeFileSync(join(folder, 'out'), 'a file, not a folder');
      const errors: string[] = [];
      const io = { ...processIo(), write: () => {}, writeError: (message: string) => void errors.push(message) };
      expect(await run(['stubs', join(folder, 'a.dll'), '--for', 'tinyclr', '-o', join(folder, 'out')], io)).toBe(1);
      expect([readdirSync(folder).sort(), readFileSync(join(folder, 'out'), 'utf8')]).toEqual([['a.dll', 'out'], 'a file, not a folder']);
      expect(errors.join('')).toMatch(/^ijw: .*\n$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each([
    ['nanoframework', assembly, ['InteropTest.h', 'InteropTest.cpp', 'InteropTest_InteropTest_MyNativeClass.cpp', 'FindInteropTest.cmake']],
    ['leanclr', nativeAssembly(), ['Native_natives.h', 'Native_natives.cpp', 'Native_register.cpp']],
    ['c', nativeAssembly(), ['Native.h']],
    ['csharp', nativeAssembly(), ['Native.NativeMethods.cs', 'Native.Structures.cs']],
  ] as const)('writes for %s, and finds its own files in order', async (system, bytes, names) => {
    const args = ['b.dll', '--for', system, ...(['tinyclr', 'nanoframework'].includes(system) ? ['--bare'] : [])];
    const { exitCode, output, files } = await ijw([...args, '-o', 'out', '--json'], { 'b.dll': bytes });
    const document = JSON.parse(output);
    expect([exitCode, document.files.map(({ path }: { path: string }) => path)]).toEqual([0, names]);
    expect(document.entries.length).toBeGreaterThan(2);
    const again = await ijw([...args, '--check', 'out', '--json'], Object.fromEntries(files));
    expect([again.exitCode, JSON.parse(again.output).mismatches]).toEqual([0, []]);
    const nothing = await ijw([...args, '--check', 'elsewhere'], { 'b.dll': bytes });
    expect(nothing.exitCode).toBe(1);
  });

  it('finds the line where a generated file was changed', async () => {
    const { files } = await ijw(['b.dll', '--for', 'c', '-o', 'out'], { 'b.dll': nativeAssembly() });
    const changed = encode(text(files.get('out/Native.h')).replace('Add(int32_t p0', 'Add(int16_t p0'));
    const { exitCode, output } = await ijw(['b.dll', '--for', 'c', '--check', 'out'], {
      'b.dll': nativeAssembly(),
      'out/Native.h': changed,
    });
    expect([exitCode, output.includes('int16_t p0')]).toEqual([1, true]);
  });

  it.each(['leanclr', 'c', 'csharp'])('keeps hostile names inside of the folder for %s', async (system) => {
    const { exitCode, files } = await ijw(['b.dll', '--for', system, '-o', 'out'], { 'b.dll': nativeAssembly({ hostile: true }) });
    const written = [...files.keys()].filter((path) => path.startsWith('out') || path.includes('evil'));
    expect(exitCode).toBe(0);
    expect(written.filter((path) => !/^out\/[\w.]+$/.test(path) || path.includes('..'))).toEqual([]);
    for (const path of written)
      expect(
        text(files.get(path))
          .split('\n')
          .every((line) => !/^ *int bad/.test(line)),
      ).toBe(true);
  });

  it.each(['leanclr', 'c', 'csharp', 'nanoframework', 'tinyclr'])('says that there is nothing to generate for %s', async (system) => {
    const plain = bytesOf({ assembly: 'Plain', types: [MODULE, type('A.B', { methods: [method('M', { hasRva: true })] })] });
    const { exitCode, errors, files } = await ijw(['plain.dll', '--for', system, '-o', 'out'], { 'plain.dll': plain });
    expect([exitCode, files.size, errors.split('\n').length]).toEqual([1, 2, 2]);
  });

  it('generates for one method only when it is asked to', async () => {
    const { output } = await ijw(['b.dll', '--for', 'leanclr', '--method', 'N.Functions::Move', '--json'], { 'b.dll': nativeAssembly() });
    expect(JSON.parse(output).entries.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['N_Functions_Move']);
  });

  it('does the same as a process', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ijw-stubs-'));
    const call = (...args: string[]) =>
      spawnSync(process.execPath, [join(import.meta.dirname, '../bin/ijw.js'), 'stubs', ...args], { encoding: 'utf8' });
    try {
      writeFileSync(join(folder, 'a.dll'), assembly);
      const out = join(folder, 'new', 'out');
      expect(call(join(folder, 'a.dll'), '--for', 'tinyclr', '-o', out).status).toBe(0);
      expect(readdirSync(out).sort()).toEqual(['InteropTest.cpp', 'InteropTest.h', 'InteropTest_InteropTest_MyNativeClass.cpp']);
      expect(call(join(folder, 'a.dll'), '--for', 'tinyclr', '--check', out).status).toBe(0);
      writeFileSync(join(out, 'InteropTest.cpp'), 'no table');
      const { status, stderr } = call(join(folder, 'a.dll'), '--for', 'tinyclr', '--check', out);
      expect([status, stderr]).toEqual([1, expect.stringMatching(/^ijw: .*BAD_INTEROP_TABLE.*\n$/)]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
