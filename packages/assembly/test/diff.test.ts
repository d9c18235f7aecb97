// What differs between two versions: API with ApiCompat's rules, P/Invokes, slots by method, IL by names, headers, resources.

import { Assembly, type Change, diffAssemblies } from '@ijw/assembly';
import { assemblyFromShape, buildMixedImage, type MethodInput, type TypeInput } from '@ijw/fixtures';
import { makeToken, TableId } from '@ijw/metadata';
import type { TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, it } from 'vitest';
import { buildILImage, classType, INT, methodSignature, VOID } from '../../il/test/il-image.ts';

async function changes(before: Uint8Array, after: Uint8Array): Promise<readonly Change[]> {
  return [...diffAssemblies(await Assembly.open(before), await Assembly.open(after))];
}

const text = ({ area, kind, breaking, member, old, new: now }: Change): string =>
  [`${area} ${kind}${breaking ? ' breaking' : ''}: ${member}`, ...(kind === 'changed' ? [`${old} → ${now}`] : [])].join(': ');

const type = (name: string, more: Partial<TypeInput> = {}): TypeInput => ({
  name,
  kind: 'class',
  abstract: false,
  base: 'System.Object',
  interfaces: [],
  fields: [],
  methods: [],
  ...more,
});

/** Bare metadata: the API alone differs. */
async function api(before: readonly TypeInput[], after: readonly TypeInput[]): Promise<readonly string[]> {
  const build = (types: readonly TypeInput[]) => assemblyFromShape({ assembly: 'a', types: [type('<Module>', { base: null }), ...types] });
  return (await changes(build(before), build(after))).filter(({ area }) => area === 'api').map(text);
}

const method = (name: string, more: Partial<MethodInput> = {}): MethodInput => ({
  name,
  static: false,
  virtual: false,
  abstract: false,
  implFlags: 0,
  hasRva: true,
  returns: 'System.Void',
  parameters: [],
  ...more,
});

describe('the public API', () => {
  it('a type that is gone breaks, a new one does not', async () => {
    expect(await api([type('N.A'), type('N.B')], [type('N.A'), type('N.C')])).toEqual(['api removed breaking: N.B', 'api added: N.C']);
  });

  it('members by name and signature', async () => {
    const old = type('N.A', { methods: [method('.ctor'), method('M', { parameters: ['System.Int32'] }), method('Kept')] });
    const now = type('N.A', { methods: [method('.ctor'), method('M', { parameters: ['System.Int64'] }), method('Kept')] });
    expect(await api([old], [now])).toEqual(['api removed breaking: N.A::M(int): void', 'api added: N.A::M(long): void']);
  });

  it('an abstract member that types outside must implement', async () => {
    const open = (methods: readonly MethodInput[]) => type('N.A', { abstract: true, methods: [method('.ctor'), ...methods] });
    expect(await api([open([])], [open([method('M', { virtual: true, abstract: true })])])).toEqual(['api added breaking: N.A::M(): void']);
    expect(await api([open([])], [open([method('M', { virtual: true })])])).toEqual(['api added: N.A::M(): void']);
  });

  it('base types and interfaces', async () => {
    const base = type('N.Base', { methods: [method('.ctor')] });
    const contract = type('N.I', { kind: 'interface', base: null });
    const derived = (more: Partial<TypeInput>) => type('N.A', { methods: [method('.ctor')], ...more });
    expect(await api([base, contract, derived({ base: 'N.Base', interfaces: ['N.I'] })], [base, contract, derived({})])).toEqual([
      'api changed breaking: N.A: base N.Base → base System.Object',
      'api changed breaking: N.A: implements N.I → does not implement N.I',
    ]);
    expect(await api([base, contract, derived({})], [base, contract, derived({ base: 'N.Base', interfaces: ['N.I'] })])).toEqual([
      'api changed: N.A: base System.Object → base N.Base',
      'api changed: N.A: does not implement N.I → implements N.I',
    ]);
  });

  it('virtual methods that are none any more', async () => {
    const with_ = (virtual: boolean) => type('N.A', { methods: [method('.ctor'), method('M', { virtual })] });
    expect(await api([with_(true)], [with_(false)])).toEqual(['api changed breaking: N.A::M(): void: virtual → not virtual']);
    expect(await api([with_(false)], [with_(true)])).toEqual(['api changed: N.A::M(): void: not virtual → virtual']);
  });

  it('a setter that becomes init, and an override that is sealed', async () => {
    const [SETTER, OVERRIDE, SEALED_OVERRIDE] = [0x806, 0x46, 0x66];
    const image = (isInit: boolean, override: number): Uint8Array =>
      buildILImage(({ builder, body, system }) => {
        builder.add('TypeDef', { Namespace: 'N', Name: 'A', Flags: 1, Extends: system('System.Object') });
        const modifier = classType(system('System.IsExternalInit'));
        const returnType: TypeNode = isInit ? { kind: 'modified', modifier, unmodified: VOID, required: true } : VOID;
        const add = (Name: string, Flags: number, Signature: Uint8Array): void =>
          void builder.add('MethodDef', { Name, Flags, Signature, RVA: body((code) => code.emit('ret')) });
        add('.ctor', 0x1806, methodSignature(0x20, VOID));
        add('set_P', SETTER, methodSignature(0x20, returnType, INT));
        add('ToString', override, methodSignature(0x20, VOID));
      });
    const found = (await changes(image(false, OVERRIDE), image(true, SEALED_OVERRIDE))).filter(({ area }) => area === 'api').map(text);
    expect(found).toEqual([
      'api removed breaking: N.A::set_P(int): void',
      'api changed: N.A::ToString(): void: virtual → not virtual',
      'api added: N.A::set_P(int): void modreq(IsExternalInit)',
    ]);
  });

  it('a constructor that is gone, though the base type has one like it', async () => {
    const base = type('N.Base', { methods: [method('.ctor'), method('M')] });
    const derived = (...names: readonly string[]) => type('N.A', { base: 'N.Base', methods: names.map((name) => method(name)) });
    const parameters = ['System.Int32'];
    const own = type('N.A', { base: 'N.Base', methods: [method('.ctor'), method('.ctor', { parameters })] });
    const withBase = type('N.Base', { methods: [method('.ctor'), method('.ctor', { parameters }), method('M')] });
    expect(await api([withBase, own], [withBase, derived('.ctor')])).toEqual(['api removed breaking: N.A::.ctor(int): void']);
    expect(await api([base, derived('.ctor', 'M')], [base, derived('.ctor')])).toEqual(['api removed: N.A::M(): void']);
  });
});

describe('IL', () => {
  const image = (first: boolean, constant: number): Uint8Array =>
    buildILImage(({ builder, method: add, system }) => {
      if (first) builder.add('MemberRef', { Class: system('System.Console'), Name: 'Beep', Signature: methodSignature(0, VOID) });
      const write = builder.add('MemberRef', { Class: system('System.Console'), Name: 'Write', Signature: methodSignature(0, VOID, INT) });
      add('Same', (code) => code.emit('ldc.i4.1').emit('call', write).emit('ret'));
      add('Other', (code) => code.emit('ldc.i4', constant).emit('call', write).emit('ret'));
      if (first) add('Gone', (code) => code.emit('ret'));
    });

  it('is compared by what tokens name', async () => {
    expect((await changes(image(true, 5), image(false, 6))).filter(({ area }) => area === 'il').map(text)).toEqual([
      'il changed: <Module>::Other(): void: 11 bytes of IL → 11 bytes of IL',
      'il removed: <Module>::Gone(): void',
    ]);
    expect(await changes(image(true, 5), image(true, 5))).toEqual([]);
  });
});

describe('the boundary', () => {
  const mixed = (...slots: readonly ('Add' | 'Twice')[]): Uint8Array =>
    buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 6, slots }] }).bytes;
  const boundary = async (before: Uint8Array, after: Uint8Array) =>
    (await changes(before, after)).filter(({ area }) => area === 'boundary').map(({ kind, member }) => `${kind} ${member}`);

  it('has slots by method', async () => {
    expect(await boundary(mixed('Add', 'Twice'), mixed('Add'))).toEqual([expect.stringMatching(/^removed <Module>::Twice/)]);
  });

  it('shows slots that changed places', async () => {
    const swapped = await changes(mixed('Add', 'Twice'), mixed('Twice', 'Add'));
    expect(swapped.filter(({ old }) => old?.includes('of those in both')).map(text)).toEqual([
      expect.stringMatching(/^boundary changed: <Module>::Add\(int, int\): int: slot 0 .* → slot 1 /),
      expect.stringMatching(/^boundary changed: <Module>::Twice\(int\): int: slot 1 .* → slot 0 /),
    ]);
  });

  it('has P/Invokes by method', async () => {
    const pinvoke = (name: string): Uint8Array =>
      buildILImage(({ builder }) => {
        const module = builder.add('ModuleRef', { Name: 'KERNEL32.dll' });
        builder.add('MethodDef', { Name: 'Pause', Flags: 0x2016, ImplFlags: 0x80, Signature: methodSignature(0, VOID, INT) });
        builder.add('ImplMap', {
          MappingFlags: 0x100,
          MemberForwarded: makeToken(TableId.MethodDef, 1),
          ImportName: name,
          ImportScope: module,
        });
      });
    expect(await changes(pinvoke('Sleep'), pinvoke('SleepEx'))).toMatchObject([
      { area: 'pinvoke', kind: 'changed', member: '<Module>::Pause(int): void', old: expect.stringContaining('KERNEL32.dll!Sleep') },
    ]);
  });
});
