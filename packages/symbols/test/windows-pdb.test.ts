// Windows PDBs: a built one, names by address, damage, and those that clang and lld write beside llvm-pdbutil.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadImageError, Diagnostics } from '@ijw/binary';
import { WindowsPdb } from '@ijw/symbols';
import { describe, expect, it } from 'vitest';
import { buildPdb, type PdbInput } from './pdb-builder.ts';

const input: PdbInput = {
  procedures: [
    { name: 'main', offset: 0x10, size: 0x20 },
    { name: 'Managed.Method', offset: 0x80, size: 8, token: 0x06000012 },
  ],
  publics: [
    { name: '?main@@YAHXZ', offset: 0x10 },
    { name: '?later@@YAHXZ', offset: 0x40 },
  ],
  lines: [
    { offset: 0x10, line: 7 },
    { offset: 0x18, line: 8 },
    { offset: 0x20, line: 0xfeefee },
  ],
  source: 'c:\\src\\a.cpp',
  age: 3,
};

const bytes = buildPdb(input);
const pdb = WindowsPdb.parse(bytes);

describe('a Windows PDB', () => {
  it('has GUID and age for the image', () => {
    expect(pdb.info.guid).toBe('03020100-0504-0706-0809-0a0b0c0d0e0f');
    expect([pdb.info.age, pdb.age]).toEqual([3, 3]);
  });

  it('has procedures, publics and lines with their addresses', () => {
    expect([...pdb.procedures()]).toEqual([
      { kind: 'native', isGlobal: true, segment: 1, offset: 0x10, size: 0x20, name: 'main', rva: 0x1010 },
      { kind: 'managed', isGlobal: true, segment: 1, offset: 0x80, size: 8, token: 0x06000012, name: 'Managed.Method', rva: 0x1080 },
    ]);
    expect(Array.from(pdb.publics(), ({ name, rva }) => [name, rva])).toEqual([
      ['?main@@YAHXZ', 0x1010],
      ['?later@@YAHXZ', 0x1040],
    ]);
    expect(Array.from(pdb.lines(), ({ rva, line, file }) => [rva, line, file?.path])).toEqual([
      [0x1010, 7, 'c:\\src\\a.cpp'],
      [0x1018, 8, 'c:\\src\\a.cpp'],
      [0x1020, undefined, 'c:\\src\\a.cpp'],
    ]);
  });

  it('names addresses by procedures, then by public symbols', () => {
    expect(pdb.nameAt(0x1010)).toEqual({ name: 'main', offset: 0, size: 0x20 });
    expect(pdb.nameAt(0x102f)).toEqual({ name: 'main', offset: 0x1f, size: 0x20 });
    expect(pdb.nameAt(0x1044)).toEqual({ name: '?later@@YAHXZ', offset: 4 });
    expect(pdb.nameAt(0x100f)).toBeUndefined();
  });

  it('is refused with the reason', () => {
    expect(() => WindowsPdb.parse(new Uint8Array(10))).toThrow('not a Windows PDB');
    const wrong = bytes.slice();
    wrong[32] = 7;
    expect(() => WindowsPdb.parse(wrong)).toThrow('is not the size of a block');
  });

  it('ends cleanly wherever it is cut or changed', () => {
    const readAll = (damaged: Uint8Array): void => {
      try {
        const read = WindowsPdb.parse(damaged, new Diagnostics());
        for (const list of [read.procedures(), read.publics(), read.lines(), read.data()]) for (const _ of list);
        read.nameAt(0x1010);
      } catch (error) {
        expect(error).toBeInstanceOf(BadImageError);
      }
    };
    for (let length = 0; length < bytes.length; length += 61) readAll(bytes.subarray(0, length));
    for (let at = 32; at < bytes.length; at += 3) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      readAll(damaged);
    }
  });
});

const hasTools = ['clang', 'lld-link', 'llvm-pdbutil'].every((tool) => spawnSync(tool, ['--version']).status === 0);

describe('a PDB that lld-link wrote', () => {
  it.skipIf(!hasTools)('names what llvm-pdbutil names (skipped without clang, lld and llvm)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pdb-'));
    try {
      const run = (tool: string, ...args: readonly string[]) => spawnSync(tool, args, { cwd: folder, encoding: 'utf8' });
      writeFileSync(join(folder, 'a.c'), 'int twice(int n) {\n  return n + n;\n}\nint start(void) {\n  return twice(21);\n}\n');
      run('clang', '--target=x86_64-pc-windows-msvc', '-g', '-gcodeview', '-c', 'a.c', '-o', 'a.obj');
      run('lld-link', '-debug', '-dll', '-nodefaultlib', '-entry:start', '-export:twice', 'a.obj', '-out:a.dll', '-pdb:a.pdb');
      const read = WindowsPdb.parse(readFileSync(join(folder, 'a.pdb')));
      const dump = run('llvm-pdbutil', 'dump', '-publics', 'a.pdb').stdout;
      const names = Array.from(dump.matchAll(/S_PUB32 .*`(.*)`/g), ([, name]) => name);
      expect(Array.from(read.publics(), ({ name }) => name).sort()).toEqual(names.sort());
      const twice = [...read.procedures()].find(({ name }) => name === 'twice');
      expect(read.nameAt((twice?.rva ?? 0) + 1)?.name).toBe('twice');
      expect(Array.from(read.lines(), ({ line }) => line)).toEqual(expect.arrayContaining([1, 2, 4, 5]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
