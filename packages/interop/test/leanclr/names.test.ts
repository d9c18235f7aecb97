// The names under which LeanCLR looks methods up: assembly, function pointers, arrays, and the table of each kind of method.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Assembly } from '@ijw/assembly';
import { LeanClrMethodIndex, leanClrNatives, leanClrStubs, parseLeanClrSignature, readRegistrations } from '@ijw/interop/leanclr';
import { lintModule } from '@ijw/interop/lint';
import { STUB_TARGETS } from '@ijw/interop/stubs';
import type { TypeNode } from '@ijw/metadata/signatures';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { compile, has, withFiles } from '../fixtures/compiler.ts';
import { byReference, functionPointer, INT, NATIVE_INT, pointer, SampleModule, valueType } from '../lint/sample-module.ts';

const headers = join(import.meta.dirname, '../../../../fixtures/headers/leanclr');

/** The module row says Foo.dll, the assembly sample. */
function renamed(make: (module: SampleModule) => void) {
  const module = new SampleModule('Foo.dll');
  module.type('N.T');
  make(module);
  return module.build();
}

const keysOf = (assembly: Assembly): readonly string[] => leanClrNatives(assembly).natives.map(({ key }) => key);
const array = (rank: number): TypeNode => ({ kind: 'array', element: INT, shape: { rank, sizes: [], lowerBounds: [] } });

describe('LeanCLR names', () => {
  it('begin with the name of the assembly, not of the module', () => {
    const assembly = renamed((module) => module.platformInvoke('Add', { parameters: [INT] }));
    expect(keysOf(assembly)).toEqual(['[sample]N.T::Add(System.Int32)']);
    const find = (text: string) => new LeanClrMethodIndex(assembly).find(parseLeanClrSignature(text)).length;
    expect(
      ['[sample]N.T::Add(System.Int32)', '[sample]N.T::Add', 'N.T::Add', '[Foo]N.T::Add(System.Int32)', '[Foo]N.T::Add'].map(find),
    ).toEqual([1, 1, 1, 0, 0]);
  });

  it.each([
    ['managed', 0, 'Default'],
    ['managed instance', 0x20, 'Default'],
    ['cdecl', 1, 'Cdecl'],
    ['stdcall', 2, 'StdCall'],
    ['thiscall', 3, 'ThisCall'],
    ['fastcall', 4, 'FastCall'],
    ['vararg', 5, 'VarArg'],
    ['unmanaged', 9, 'Default'],
  ])('write a %s function pointer with its convention', (_name, header, convention) => {
    const assembly = renamed((module) => module.platformInvoke('F', { parameters: [functionPointer(header)] }));
    expect(keysOf(assembly)).toEqual([`[sample]N.T::F(delegate* unmanaged[${convention}]<System.Int32,System.Int32>)`]);
  });

  it.each([
    ['int[...]', array(1), 'System.Int32[]'],
    ['int[,]', array(2), 'System.Int32[,]'],
    ['int[,,]&', byReference(array(3)), 'System.Int32[,,]&'],
    ['int[]*', pointer({ kind: 'szArray', element: INT }), 'System.Int32[]*'],
  ])('write %s', (_name, type, text) => {
    const assembly = renamed((module) => module.platformInvoke('F', { parameters: [type] }));
    expect(keysOf(assembly)).toEqual([`[sample]N.T::F(${text})`]);
  });

  it('are those of an internal call where a method is a P/Invoke too', () => {
    const assembly = renamed((module) => module.platformInvoke('F', { implFlags: 0x1000 }));
    const [native] = leanClrNatives(assembly).natives;
    expect([native?.kind, native?.key]).toEqual(['internalCall', 'N.T::F()']);
    const index = new LeanClrMethodIndex(assembly);
    expect(index.find(parseLeanClrSignature('[sample]N.T::F()'), 'pinvoke')).toEqual([]);
    expect(index.find(parseLeanClrSignature('N.T::F()'), 'internalCall').length).toBe(1);
  });

  it('let an internal call or intrinsic override IL, a P/Invoke not, and newobj only constructors', () => {
    const assembly = renamed((module) => {
      module.method('F');
      module.method('.ctor', { flags: 0x1806 });
    });
    const index = new LeanClrMethodIndex(assembly);
    const count = (text: string, kind: 'pinvoke' | 'intrinsic' | 'newobjIntrinsic') => index.find(parseLeanClrSignature(text), kind).length;
    expect([count('N.T::F', 'pinvoke'), count('N.T::F', 'intrinsic'), count('N.T::F', 'newobjIntrinsic')]).toEqual([0, 1, 0]);
    expect(count('N.T::.ctor', 'newobjIntrinsic')).toBe(1);
  });

  it('give Nullable<T> the room of a bool and a T', () => {
    const nullable = (module: SampleModule, argument: TypeNode): TypeNode => ({
      kind: 'genericInstance',
      generic: valueType(module.reference('System.Nullable`1')) as TypeNode & { kind: 'named' },
      arguments: [argument],
    });
    const assembly = renamed((module) =>
      module.platformInvoke('F', {
        parameters: [nullable(module, INT), nullable(module, NATIVE_INT), nullable(module, { kind: 'primitive', type: 'bool' })],
      }),
    );
    const { natives, refused } = leanClrNatives(assembly);
    expect(refused).toEqual([]);
    expect(natives[0]!.parameters.map(({ value }) => value.slot)).toEqual([{ struct: 8 }, { struct: 16 }, { struct: 2 }]);
    expect(natives[0]!.key).toContain('System.Nullable`1<System.IntPtr>');
  });
});

describe('a list of registrations', () => {
  it('is read from lines, with a kind or without', () => {
    const text = '# comment\n\nN.T::F\ninternalCall N.T::G()\n  pinvoke  [a]N.T::a b(c)\nodd N.T::H\n';
    expect(readRegistrations(text)).toEqual([
      { signature: 'N.T::F' },
      { kind: 'internalCall', signature: 'N.T::G()' },
      { kind: 'pinvoke', signature: '[a]N.T::a b(c)' },
      { signature: 'odd N.T::H' },
    ]);
  });

  it('is read from the generated source', () => {
    const assembly = renamed((module) => {
      module.platformInvoke('Grüße"\\', { parameters: [INT] });
      module.method('I', { flags: 0x16, implFlags: 0x1000 });
    });
    const source = leanClrStubs('sample', leanClrNatives(assembly)).files.at(-1)!.text;
    expect(readRegistrations(source)).toEqual([
      { kind: 'pinvoke', signature: '[sample]N.T::Grüße"\\(System.Int32)' },
      { kind: 'internalCall', signature: 'N.T::I()' },
    ]);
  });

  it.each([
    ['pinvoke N.T::I()', 'internal call'],
    ['pinvoke N.T::M()', 'IL'],
    ['[Foo]N.T::F()', 'called sample'],
    ['internalCall [sample]N.T::I()', 'only P/Invokes'],
  ])('%s is explained: %s', (line, words) => {
    const assembly = renamed((module) => {
      module.platformInvoke('F');
      module.method('I', { flags: 0x16, implFlags: 0x1000 });
      module.method('M');
    });
    const { findings } = lintModule(assembly, { rules: ['NI085'], registrations: readRegistrations(line) });
    expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining(words)]);
  });
});

const given = join(import.meta.dirname, '../../../../../shared/cases/interop/LT-module-Foo.dll');

describe.skipIf(!existsSync(given))('the given LeanCLR assembly (skipped without ../shared)', () => {
  const open = () => Assembly.of(PEImage.parse(readFileSync(given)));

  it('is bound by [LT] and not by [Foo]', () => {
    const assembly = open();
    const bad = (module: string) => {
      const registrations = readRegistrations(`[${module}]T.P::I4(System.Int32)`);
      return lintModule(assembly, { rules: ['NI085'], registrations }).findings.length;
    };
    expect([bad('LT'), bad('Foo')]).toEqual([0, 1]);
  });

  it.skipIf(!has('g++'))('has registrations that compile without a warning (skipped without g++)', () => {
    const { files } = STUB_TARGETS.get('leanclr')!.generate({ assembly: open() });
    const sources = files.flatMap(({ path }) => (path.endsWith('.cpp') ? [path] : []));
    withFiles(files, (folder) => {
      for (const standard of ['c++11', 'c++17'])
        expect(compile('g++', [`-std=${standard}`, '-Wall', '-Werror', '-fsyntax-only', `-I${headers}`, ...sources], folder)).toBe('');
    });
  });
});
