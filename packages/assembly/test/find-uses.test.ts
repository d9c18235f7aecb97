// Who uses a member: instructions, attributes, overriders, implementors, signatures, slots, imports; in one file and over several.

import { Assembly, findUses, type MemberUse, useSubject } from '@ijw/assembly';
import { UsageError } from '@ijw/binary';
import { buildMixedImage } from '@ijw/fixtures';
import { makeToken, TableId } from '@ijw/metadata';
import { assembliesAtHand } from '@ijw/metadata/resolution';
import { encodeFieldSignature, encodeLocalSignature, encodeMethodSpec, encodeTypeSpec, type TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, it } from 'vitest';
import { buildILImage, classType, INT, methodSignature, primitive, VOID } from '../../il/test/il-image.ts';

const INSTANCE = 0x20;
const PUBLIC_VIRTUAL = 0x46;
const NEW_SLOT = 0x100;
const INTERFACE = 0xa1;

/** `L.I` with `Do`, `L.Base` (virtual `M`, field `F`, static `G<T>`), `L.Derived : Base, I` that overrides both, `L.MarkAttribute` on it. */
function library(): Uint8Array {
  return buildILImage(({ builder, body, system, method }) => {
    const virtual = (Name: string, Flags: number, RVA = body((code) => code.emit('ret'))) =>
      builder.add('MethodDef', { Name, Flags, RVA, Signature: methodSignature(INSTANCE, VOID) });
    builder.add('Assembly', { Name: 'lib', Major: 1 });
    const contract = builder.add('TypeDef', { Namespace: 'L', Name: 'I', Flags: INTERFACE });
    builder.add('MethodDef', { Name: 'Do', Flags: 0x5c6, Signature: methodSignature(INSTANCE, VOID) });
    const base = builder.add('TypeDef', { Namespace: 'L', Name: 'Base', Flags: 1, Extends: system('System.Object'), MethodList: 2 });
    virtual('M', PUBLIC_VIRTUAL | NEW_SLOT);
    method('G', (code) => code.emit('ret'), methodSignature(0x10, VOID, INT));
    const field = builder.add('Field', { Name: 'F', Flags: 6, Signature: encodeFieldSignature(INT) });
    method('Touch', (code) => {
      code.emit('ldnull').emit('ldfld', field).emit('pop');
      code.emit('ldnull').emit('ldc.i4.1').emit('stfld', field).emit('ldnull').emit('ldflda', field).emit('pop').emit('ret');
    });
    const derived = builder.add('TypeDef', { Namespace: 'L', Name: 'Derived', Flags: 1, Extends: base, FieldList: 2, MethodList: 5 });
    virtual('M', PUBLIC_VIRTUAL);
    virtual('Do', PUBLIC_VIRTUAL | NEW_SLOT);
    builder.add('TypeDef', {
      Namespace: 'L',
      Name: 'MarkAttribute',
      Flags: 1,
      Extends: system('System.Attribute'),
      FieldList: 2,
      MethodList: 7,
    });
    const mark = builder.add('MethodDef', {
      Name: '.ctor',
      Flags: 0x1806,
      RVA: body((code) => code.emit('ret')),
      Signature: methodSignature(INSTANCE, VOID, classType(system('System.Type'))),
    });
    builder.add('InterfaceImpl', { Class: 4, Interface: contract });
    const name = new TextEncoder().encode('L.Base');
    builder.add('CustomAttribute', { Parent: derived, Type: mark, Value: Uint8Array.of(1, 0, name.length, ...name, 0, 0) });
  });
}

/** A program that uses the library through references. */
function program(): Uint8Array {
  return buildILImage(({ builder, method }) => {
    const lib = builder.add('AssemblyRef', { Name: 'lib', Major: 1 });
    builder.add('Assembly', { Name: 'app', Major: 1 });
    const base = builder.add('TypeRef', { ResolutionScope: lib, Namespace: 'L', Name: 'Base' });
    const derived = builder.add('TypeRef', { ResolutionScope: lib, Namespace: 'L', Name: 'Derived' });
    const create = builder.add('MemberRef', { Class: derived, Name: '.ctor', Signature: methodSignature(INSTANCE, VOID) });
    const inherited = builder.add('MemberRef', { Class: derived, Name: 'F', Signature: encodeFieldSignature(INT) });
    const virtual = builder.add('MemberRef', { Class: base, Name: 'M', Signature: methodSignature(INSTANCE, VOID) });
    const generic = builder.add('MemberRef', { Class: base, Name: 'G', Signature: methodSignature(0x10, VOID, INT) });
    const instance = builder.add('MethodSpec', { Method: generic, Instantiation: encodeMethodSpec([INT]) });
    const array = builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'szArray', element: classType(base) }) });
    const other = builder.add('MemberRef', { Class: base, Name: 'M', Signature: methodSignature(INSTANCE, INT) });
    method('Main', (code) => {
      code.emit('newobj', create).emit('callvirt', virtual).emit('ldc.i4.1').emit('call', instance).emit('ldftn', virtual).emit('pop');
      code.emit('ldtoken', virtual).emit('pop').emit('ldnull').emit('ldfld', inherited).emit('pop').emit('ldtoken', array).emit('pop');
      code
        .emit('ldnull')
        .emit('call', other)
        .emit('pop')
        .emit('ldstr', 0x70000000 + builder.userStrings.add('seen'))
        .emit('pop')
        .emit('ret');
    });
    method('Takes', (code) => code.emit('ret'), methodSignature(0, VOID, classType(base)));
  });
}

const lib = await Assembly.open(library());
const app = await Assembly.open(program());
const all = [
  { name: 'lib.dll', assembly: lib },
  { name: 'app.dll', assembly: app },
];

function usesOf(member: string, files = all): readonly MemberUse[] {
  const provider = assembliesAtHand(files.flatMap(({ assembly }) => assembly.metadata ?? []));
  return [...findUses(files, useSubject(files, member), provider)];
}

const short = ({ file, kind, in: user, ilOffset }: MemberUse): string =>
  `${file} ${kind} ${user}${ilOffset === undefined ? '' : ` ${ilOffset}`}`;

describe('uses over several files', () => {
  it('of a virtual method: calls, its address, its handle, the overrider', () => {
    expect(usesOf('Base::M').map(short)).toEqual([
      'lib.dll override L.Derived::M',
      'app.dll call <Module>::Main 5',
      'app.dll address <Module>::Main 16',
      'app.dll address <Module>::Main 23',
    ]);
  });

  it('of a generic method through its instance', () => {
    expect(usesOf('Base::G').map(short)).toEqual(['app.dll call <Module>::Main 11']);
  });

  it('of a field, also through a derived type', () => {
    expect(usesOf('Base::F').map(short)).toEqual([
      'lib.dll read L.Base::Touch 1',
      'lib.dll write L.Base::Touch 9',
      'lib.dll address L.Base::Touch 15',
      'app.dll read <Module>::Main 30',
    ]);
  });

  it('of an interface method: what implements it by name', () => {
    expect(usesOf('I::Do').map(short)).toEqual(['lib.dll implement L.Derived::Do']);
  });

  it('of a type: bases, attributes that name it, arrays, signatures', () => {
    expect(usesOf('L.Base').map(short)).toEqual([
      'lib.dll reference L.Derived',
      'lib.dll extend L.Derived',
      'app.dll reference <Module>::Main 36',
      'app.dll reference <Module>::Takes',
    ]);
    expect(usesOf('L.I').map(short)).toEqual(['lib.dll implement L.Derived']);
    expect(usesOf('L.Derived').map(short)).toEqual(['app.dll create <Module>::Main 0']);
    expect(usesOf('L.MarkAttribute').map(short)).toEqual(['lib.dll create L.Derived']);
  });

  it('of a user string by its token', () => {
    expect(usesOf('0x70000001').map(short)).toEqual(['app.dll read <Module>::Main 49']);
  });
});

describe('uses without the file that defines the member', () => {
  const alone = [{ name: 'app.dll', assembly: app }];

  it('are found by the names of references', () => {
    expect(usesOf('Base::G', alone).map(short)).toEqual(['app.dll call <Module>::Main 11']);
    expect(usesOf('Base::M()', alone).map(short)).toEqual([
      'app.dll call <Module>::Main 5',
      'app.dll address <Module>::Main 16',
      'app.dll address <Module>::Main 23',
      'app.dll call <Module>::Main 43',
    ]);
    expect(() => usesOf('Base::Missing', alone)).toThrow(UsageError);
  });
});

/** `N.Bar` as an argument of a base type, an interface-like base, a MethodSpec, a MemberRef, an array; in locals, a catch clause and a constraint. */
function named(): Uint8Array {
  return buildILImage(({ builder, body, system, method }) => {
    builder.add('Assembly', { Name: 'named', Major: 1 });
    const list = system('G.List`1');
    const bar = builder.add('TypeDef', { Namespace: 'N', Name: 'Bar', Flags: 1, Extends: system('System.Object') });
    const instance = (generic: TypeNode, ...args: readonly TypeNode[]) =>
      builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'genericInstance', generic, arguments: args }) });
    const bars = instance(classType(list), classType(bar));
    builder.add('TypeDef', { Namespace: 'N', Name: 'Bars', Flags: 1, Extends: bars });
    const create = builder.add('MemberRef', { Class: bars, Name: '.ctor', Signature: methodSignature(INSTANCE, VOID) });
    const generic = builder.add('MemberRef', { Class: list, Name: 'Of', Signature: methodSignature(0x10, VOID) });
    const ofBar = builder.add('MethodSpec', { Method: generic, Instantiation: encodeMethodSpec([classType(bar)]) });
    method('Code', (code) =>
      code.emit('newobj', create).emit('pop').emit('call', ofBar).emit('ldc.i4.1').emit('newarr', bars).emit('pop').emit('ret'),
    );
    const locals = builder.add('StandAloneSig', { Signature: encodeLocalSignature([classType(bar)]) });
    const withLocals = body((code) => code.emit('ret'), { localVarSigToken: locals });
    builder.add('MethodDef', { Name: 'Locals', Flags: 0x16, Signature: methodSignature(0, VOID), RVA: withLocals });
    method('Catches', (code) => {
      const [start, handler, end] = [code.label(), code.label(), code.label()];
      code.mark(start).emit('leave', end).mark(handler).emit('pop').emit('leave', end).mark(end).emit('ret');
      code.clause({ kind: 'catch', try: [start, handler], handler: [handler, end], classToken: bar });
    });
    const constrained = builder.add('MethodDef', {
      Name: 'For',
      Flags: 0x16,
      Signature: methodSignature(0x10, VOID),
      RVA: body((code) => code.emit('ret')),
    });
    const parameter = builder.add('GenericParam', { Number: 0, Owner: constrained, Name: 'T' });
    builder.add('GenericParamConstraint', { Owner: parameter, Constraint: bar });
    method('Text', (code) => code.emit('ret'), methodSignature(0, VOID, primitive('string')));
  });
}

describe('a type that is named', async () => {
  const files = [{ name: 'named.dll', assembly: await Assembly.open(named()) }];

  it('as an argument or element is referenced, not extended or created', () => {
    expect(usesOf('N.Bar', files).map(short)).toEqual([
      'named.dll reference N.Bars::Code 0',
      'named.dll reference N.Bars::Code 6',
      'named.dll reference N.Bars::Code 12',
      'named.dll reference N.Bars',
      'named.dll reference N.Bars::Locals',
      'named.dll reference N.Bars::Catches',
      'named.dll reference N.Bars::For',
    ]);
  });

  it('as the generic type of an instance is created and extended', () => {
    expect(usesOf('G.List`1', files).map(short)).toEqual([
      'named.dll create N.Bars::Code 0',
      'named.dll create N.Bars::Code 12',
      'named.dll extend N.Bars',
    ]);
  });

  it('by an element type of a signature', async () => {
    const core = buildILImage(({ builder }) => {
      builder.add('Assembly', { Name: 'System.Runtime', Major: 10 });
      builder.add('TypeDef', { Namespace: 'System', Name: 'String', Flags: 1 });
    });
    const both = [...files, { name: 'core.dll', assembly: await Assembly.open(core) }];
    expect(usesOf('System.String', both).map(short)).toEqual(['named.dll reference N.Bars::Text']);
  });
});

describe('native code', () => {
  const mixed = buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 5, slots: ['Add'] }] });

  it('reaches a method through its slot and stub', async () => {
    const files = [{ name: 'mixed.dll', assembly: await Assembly.open(mixed.bytes) }];
    const slots = usesOf('Add', files).filter(({ kind }) => kind === 'slot');
    expect(slots.length).toBeGreaterThan(0);
    const [{ slot, stubs } = { slot: undefined, stubs: [] }] = files[0]!.assembly.boundary.nativeToManaged;
    expect(slots.map(({ rva }) => rva)).toEqual(expect.arrayContaining([slot?.rva, ...stubs.map(({ rva }) => rva)]));
  });

  it('is imported by P/Invokes', () => {
    const pinvokes = buildILImage(({ builder }) => {
      const module = builder.add('ModuleRef', { Name: 'KERNEL32.dll' });
      builder.add('MethodDef', { Name: 'Pause', Flags: 0x2016, ImplFlags: 0x80, Signature: methodSignature(0, VOID, INT) });
      builder.add('ImplMap', {
        MappingFlags: 0x100,
        MemberForwarded: makeToken(TableId.MethodDef, 1),
        ImportName: 'Sleep',
        ImportScope: module,
      });
    });
    return Assembly.open(pinvokes).then((assembly) => {
      const files = [{ name: 'p.dll', assembly }];
      expect(usesOf('kernel32!Sleep', files).map(short)).toEqual(['p.dll import <Module>::Pause']);
      expect(usesOf('user32!Sleep', files)).toEqual([]);
    });
  });
});
