// Covers damaged and hostile deployments: images, libraries and configurations with bytes changed or cut end in a verdict, quickly.

import { BadImageError } from '@ijw/binary';
import { readElfFile, readMachOFile } from '@ijw/deployment/native';
import { deployed, deployedImage, elfLibrary, machOLibrary } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { doctor, type Files } from './deployments.ts';

const encoder = new TextEncoder();

const files: Readonly<Record<string, Uint8Array>> = {
  'App.exe': deployed.program('App', {
    references: [{ name: 'mixed' }, { name: 'Lib', types: ['Ns.Type'] }],
    pinvokes: [{ library: 'engine', entryPoint: 'f' }],
    resources: [{ name: 'costura.x.dll.compressed', bytes: new Uint8Array(40) }],
  }),
  'App.runtimeconfig.json': encoder.encode(deployed.runtimeConfig()),
  'App.exe.config': encoder.encode('<configuration><startup><supportedRuntime version="v4.0"/></startup></configuration>'),
  'mixed.dll': deployed.mixed({ imports: [{ name: 'engine.dll', symbols: [{ name: 'f' }] }] }),
  'Lib.dll': deployed.managed('Lib', { types: ['Ns.Type'] }),
  'engine.dll': deployedImage({ exports: ['f'], imports: { 'KERNEL32.dll': ['Sleep'] }, manifest: '<assembly/>', fileVersion: '1.2.3.4' }),
  'ijwhost.dll': deployed.ijwhost(),
  'libengine.so': elfLibrary({ exports: ['f'], needed: ['libc.so.6'] }),
  'libengine.dylib': machOLibrary({ exports: ['f'] }),
};

/** Numbers from a seed (Lehmer, MINSTD). */
function* numbers(seed: number): Generator<number> {
  for (let value = seed; ; ) {
    value = (value * 48271) % 0x7fffffff;
    yield value;
  }
}

function damaged(seed: number): Files {
  const random = numbers(seed);
  const next = (limit: number): number => (random.next().value ?? 0) % Math.max(limit, 1);
  const names = Object.keys(files);
  const name = names[next(names.length)] ?? '';
  const bytes = files[name]?.slice() ?? new Uint8Array();
  if (next(4) === 0) return { ...files, [name]: bytes.subarray(0, next(bytes.length)) };
  for (let count = 1 + next(8); count > 0; count--) bytes[next(bytes.length)] = [0, 0xff, 0x7f, 0x80, next(256)][next(5)] ?? 0;
  return { ...files, [name]: bytes };
}

describe('a damaged deployment', () => {
  it.each(['win10', 'linux', 'macos'] as const)('ends in a verdict on %s', async (os) => {
    for (let seed = 1; seed <= 120; seed++) {
      const { verdict } = await doctor(damaged(seed * 7919), { os });
      expect(['loads', 'will-not-load', 'depends-on-target'], `seed ${seed}`).toContain(verdict);
    }
  });

  it('whose configuration is long ends soon', async () => {
    const start = performance.now();
    for (const text of ['<dependentAssembly', '<!--', '"\\"', '/*', '<file name="', '{"a":'])
      for (const name of ['App.exe.config', 'App.runtimeconfig.json']) await doctor({ ...files, [name]: text.repeat(200_000) });
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

describe('libraries of other systems', () => {
  it('are read in both formats', () => {
    const elf = readElfFile(elfLibrary({ machine: 'arm64', needed: ['libm.so.6'], exports: ['f', 'g'] }));
    expect(elf).toMatchObject({ format: 'elf', machines: ['arm64'], needed: ['libm.so.6'], program: false });
    expect([...elf.exports()]).toEqual(['f', 'g']);
    const machO = readMachOFile(machOLibrary({ machine: 'arm64', needed: ['/usr/lib/libSystem.B.dylib'], exports: ['f', 'g'] }));
    expect(machO).toMatchObject({ format: 'machO', machines: ['arm64'], needed: ['/usr/lib/libSystem.B.dylib'], program: false });
    expect([...machO.exports()]).toEqual(['f', 'g']);
  });

  it('that are cut are errors of the file', () => {
    for (const [read, whole] of [
      [readElfFile, elfLibrary({ exports: ['f'] })],
      [readMachOFile, machOLibrary({ exports: ['f'] })],
    ] as const) {
      for (let length = 8; length < whole.length; length += 3) {
        try {
          read(whole.subarray(0, length)).exports();
        } catch (error) {
          expect(error).toBeInstanceOf(BadImageError);
        }
      }
    }
  });

  it('are universal on macOS', () => {
    const thin = machOLibrary({ exports: ['f'] });
    const fat = new Uint8Array(0x1000 + thin.length);
    const view = new DataView(fat.buffer);
    for (const [index, value] of [0xcafebabe, 1, 0x01000007, 3, 0x1000, thin.length, 12].entries()) view.setUint32(index * 4, value);
    fat.set(thin, 0x1000);
    expect(readMachOFile(fat)).toMatchObject({ machines: ['x64'] });
    expect([...readMachOFile(fat).exports()]).toEqual(['f']);
  });
});
