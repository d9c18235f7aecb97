// What TinyCLR and nanoFramework take for native, and fields that come after those of another assembly.

import type { AssemblyInput } from '@ijw/fixtures';
import { STUB_TARGETS, type StubSet } from '@ijw/interop/stubs';
import { assembliesAtHand } from '@ijw/metadata/resolution';
import { describe, expect, it } from 'vitest';
import { assemblyOf, field, MODULE, method, type } from '../fixtures/interop-assembly.ts';

function stubs(system: 'tinyclr' | 'nanoframework', input: AssemblyInput, beside: readonly AssemblyInput[] = []): StubSet {
  const provider = assembliesAtHand(beside.map((other) => assemblyOf(other).requireMetadata()));
  return STUB_TARGETS.get(system)!.generate({ assembly: assemblyOf(input), provider });
}

const header = ({ files }: StubSet): string => files.find(({ path }) => path.endsWith('.h'))!.text;

/** Two instance fields, one static, one constant; its own base, in a third assembly, has one more. */
const library: AssemblyInput = {
  assembly: 'Lib',
  types: [
    MODULE,
    type('Lib.Base', {
      base: '[Lib2]Lib2.Root',
      fields: [
        field('a', 'System.Int32'),
        field('s', 'System.Int32', { static: true }),
        field('c', 'System.Int32', { static: true, literal: true }),
        field('b', 'System.Int32'),
      ],
    }),
  ],
};
const root: AssemblyInput = {
  assembly: 'Lib2',
  types: [MODULE, type('Lib2.Root', { base: '[mscorlib]System.MarshalByRefObject', fields: [field('r', 'System.Int32')] })],
};

const derived: AssemblyInput = {
  assembly: 'App',
  types: [
    MODULE,
    type('App.Derived', {
      base: '[Lib]Lib.Base',
      fields: [field('own', 'System.Int32'), field('shared', 'System.Int32', { static: true })],
      methods: [method('Read')],
    }),
    type('App.Further', { base: 'App.Derived', fields: [field('more', 'System.Int32')] }),
    type('App.Plain', { fields: [field('first', 'System.Int32')], methods: [method('Write')] }),
  ],
};

describe.each([
  ['tinyclr', (name: string, index: number) => `FIELD___${name}___I4 = ${index};`],
  ['nanoframework', (name: string, index: number) => `FIELD__${name} = ${index};`],
] as const)('fields after those of a base type of another assembly, for %s', (system, constant) => {
  it('are counted where the assemblies are there', () => {
    const set = stubs(system, derived, [library, root]);
    for (const line of [constant('own', 4), constant('more', 5), constant('first', 1)]) expect(header(set)).toContain(line);
    expect(set.omissions).toEqual([]);
  });

  it.each([
    ['Lib.Base', []],
    ['Lib2.Root', [library]],
  ])('are left out of their structure alone where %s is not found', (base, beside) => {
    const set = stubs(system, derived, beside);
    expect(header(set)).toContain(constant('first', 1));
    expect(header(set)).toMatch(/FIELD_STATIC_+shared/);
    expect(header(set)).not.toMatch(/FIELD_+(?:own|more)/);
    expect(set.omissions?.map(({ type: name, reason }) => [name, reason.includes(base)])).toEqual([
      ['App.Derived', true],
      ['App.Further', true],
    ]);
    expect(set.entries.length).toBe(2);
    expect(set.checksum).toBe(stubs(system, derived, [library, root]).checksum);
  });

  it('are left out after a class of the core library that has fields', () => {
    const set = stubs(
      system,
      {
        ...derived,
        types: [...derived.types, type('App.Error', { base: '[mscorlib]System.Exception', fields: [field('code', 'System.Int32')] })],
      },
      [library, root],
    );
    expect(set.omissions?.map(({ type: name }) => name)).toEqual(['App.Error']);
  });
});

describe.each(['tinyclr', 'nanoframework'] as const)('a method of %s', (system) => {
  const withMethods = (...methods: ReturnType<typeof method>[]): AssemblyInput => ({
    assembly: 'App',
    types: [MODULE, type('App.Pin', { methods })],
  });

  it('is native with the InternalCall flag, even where it has a body', () => {
    const set = stubs(
      system,
      withMethods(
        method('Plain', { hasRva: true }),
        method('Read', { hasRva: true, implFlags: 0x1000 }),
        method('Virtual', { abstract: true, virtual: true }),
      ),
    );
    expect(set.entries.map(({ index, symbol }) => [index, symbol.replace(/^.*::(\w+?)___.*$/, '$1')])).toEqual([[2, 'Read']]);
  });

  it('is named where its pointer parameter cannot be spelled', () => {
    expect(() => stubs(system, withMethods(method('Read', { parameters: ['System.Byte*'] })))).toThrow('App.Pin::Read: ');
    expect(() => stubs(system, withMethods(method('Write', { returns: 'System.Int32[]*' })))).toThrow('App.Pin::Write: ');
  });
});

describe('a field of TinyCLR', () => {
  it('whose type has no known spelling is left out, and counted', () => {
    const input: AssemblyInput = {
      assembly: 'App',
      types: [MODULE, type('App.Pin', { fields: [field('p', 'System.Byte*'), field('n', 'System.Int32')], methods: [method('Read')] })],
    };
    const set = stubs('tinyclr', input);
    expect(header(set)).toContain('FIELD___n___I4 = 2;');
    expect(header(set)).not.toContain('FIELD___p');
    expect(set.omissions?.map(({ reason }) => reason)).toEqual([expect.stringContaining('field p')]);
  });
});
