// One object for a file: what it opens, members, bodies, callers, texts, attributes.

import { Assembly } from '@ijw/assembly';
import { Diagnostics, UnsupportedError } from '@ijw/binary';
import { buildMixedImage, buildNativeDll, methodToken } from '@ijw/fixtures';
import { decodeInstructions } from '@ijw/il';
import { makeToken, TableId, type Token, tokenRid } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { encodeMethodSpec } from '@ijw/metadata/signatures';
import { PEImage } from '@ijw/pe';
import { BundleFileType, writeSingleFileBundle, writeWebcil } from '@ijw/pe/containers';
import { describe, expect, it } from 'vitest';
import { buildILImage, INT, methodSignature, STRING, VOID } from '../../il/test/il-image.ts';

const GENERIC = 0x10;

/** `C::Target`, generic `C::Of`, a reference to each through MemberRef, an instance, and `C::Caller` with calls of all of them. */
function sample(): Uint8Array {
  return buildILImage(({ builder, system, method }) => {
    const attribute = builder.add('MemberRef', {
      Class: system('System.Runtime.Versioning.TargetFrameworkAttribute'),
      Name: '.ctor',
      Signature: methodSignature(0x20, VOID, STRING),
    });
    method('Global', (code) => code.emit('ret'));
    const type = builder.add('TypeDef', { Namespace: 'N', Name: 'C', Extends: system('System.Object'), MethodList: 2 });
    const target = method('Target', (code) => code.emit('ret'));
    const signature = methodSignature(GENERIC, VOID, INT);
    const generic = method('Of', (code) => code.emit('ret'), signature);
    const reference = builder.add('MemberRef', { Class: type, Name: 'Target', Signature: methodSignature(0, VOID) });
    const instance = builder.add('MethodSpec', { Method: generic, Instantiation: encodeMethodSpec([STRING]) });
    const foreign = builder.add('MemberRef', { Class: system('System.Object'), Name: 'Target', Signature: methodSignature(0, VOID) });
    method('Caller', (code) => {
      code.emit('call', target).emit('call', reference).emit('ldc.i4.1').emit('call', instance).emit('call', foreign);
      code.emit('ldftn', target).emit('pop').emit('ret');
    });
    builder.add('MethodDef', { Name: 'Abstract', Flags: 0x5c6, Signature: methodSignature(0x20, VOID) });
    builder.add('Assembly', { Name: 'sample', Major: 1 });
    const value = Uint8Array.of(1, 0, 4, 0x58, 0x59, 0x5a, 0x21, 0, 0);
    builder.add('CustomAttribute', { Parent: makeToken(TableId.Assembly, 1), Type: attribute, Value: value });
  });
}

describe('the assembly of an image', async () => {
  const assembly = await Assembly.open(sample());
  const named = (name: string): Token => assembly.members(name)[0]!;
  const bodyOf = (name: string) => assembly.bodyOf(makeToken(TableId.MethodDef, tokenRid(named(name))));

  it('finds types, members and tokens by name', () => {
    expect(assembly.members('N.C')).toEqual([0x02000002]);
    expect(assembly.members('C::Target')).toEqual([0x06000002]);
    expect(assembly.members('::Global')).toEqual([0x06000001]);
    expect(assembly.members('0x06000003')).toEqual([0x06000003]);
    expect(assembly.members('C::Nothing')).toEqual([]);
    expect(assembly.members('0x06000099')).toEqual([]);
  });

  it('reads bodies of methods that have IL', () => {
    expect(bodyOf('C::Target')?.codeSize).toBe(1);
    expect(bodyOf('C::Abstract')).toBeUndefined();
  });

  it('lists who calls a method, by whatever token', () => {
    const offsets = (token: Token): readonly number[] => assembly.callersOf(token).map(({ offset }) => offset);
    expect(offsets(named('C::Target'))).toEqual([0, 5, 21]);
    expect(offsets(named('C::Of'))).toEqual([11]);
    expect(offsets(makeToken(TableId.MemberRef, 2))).toEqual([5]);
    expect(offsets(makeToken(TableId.MemberRef, 3))).toEqual([16]);
    expect(assembly.callersOf(named('C::Target'))[0]?.method).toBe(named('C::Caller'));
    expect(offsets(named('C::Caller'))).toEqual([]);
  });

  it('has the text of a token and of an instruction', () => {
    expect(assembly.text(named('C::Target'))).toContain('N.C::Target');
    const body = bodyOf('C::Caller')!;
    const [first, , third] = decodeInstructions(body);
    expect(assembly.text(first!)).toMatch(/^call +void N\.C::Target\(\)$/);
    expect(assembly.text(third!)).toBe('ldc.i4.1');
    expect(assembly.text({ offset: 0, size: 1, opCode: undefined, byte: 0xa6 })).toBe('.emitbyte 0xa6');
  });

  it('finds an attribute on its owner only', () => {
    const owner = makeToken(TableId.Assembly, 1);
    const attribute = assembly.attribute(owner, 'System.Runtime.Versioning.TargetFrameworkAttribute');
    expect(attribute?.value.fixedArguments[0]?.value).toBe('XYZ!');
    expect(assembly.attribute(named('N.C'), 'System.Runtime.Versioning.TargetFrameworkAttribute')).toBeUndefined();
    expect(assembly.targetFramework).toBe('XYZ!');
  });

  it('writes branch targets and switches on one line', () => {
    const code = Uint8Array.of(0x45, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x2b, 0xfe);
    const [jumpTable, loop] = decodeInstructions(code);
    expect(assembly.text(jumpTable!)).toMatch(/^switch +\( IL_000d, IL_000e\)$/);
    expect(assembly.text(loop!)).toMatch(/^br\.s +IL_000d$/);
  });
});

describe('what is opened', () => {
  const mixed = buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records: [{ type: 6, slots: ['Add'] }] }).bytes;

  it('a mixed image, with its boundary and host', async () => {
    const assembly = await Assembly.open(mixed);
    expect(assembly.file.format).toBe('PE32+');
    expect(assembly.boundary.nativeToManaged.map(({ token }) => token)).toEqual([methodToken('Add')]);
    expect(assembly.target).toEqual({ host: 'core', runtime: 'net10.0', because: 'hostImport' });
    const framework = await Assembly.open(buildMixedImage({ architecture: 'x86', host: 'mscoree.dll', records: [] }).bytes);
    expect(framework.target).toMatchObject({ host: 'framework', runtime: 'net40' });
  });

  it('an entry of a bundle, by its path in any case', async () => {
    const host = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, ...new Uint8Array(0x100));
    const entries = [{ path: 'lib/a.dll', type: BundleFileType.Assembly, bytes: mixed }];
    const bundle = writeSingleFileBundle(host, { majorVersion: 6, bundleId: 'id', entries });
    const alone = await Assembly.open(bundle);
    expect(alone.bundle?.entries.map(({ path }) => path)).toEqual(['lib/a.dll']);
    expect(() => alone.requireImage()).toThrow(UnsupportedError);
    expect((await Assembly.open(bundle, { entry: 'LIB/A.DLL' })).file.format).toBe('PE32+');
    await expect(Assembly.open(bundle, { entry: 'b.dll' })).rejects.toThrow('The bundle has no "b.dll"; it has lib/a.dll');
    await expect(Assembly.open(mixed, { entry: 'b.dll' })).rejects.toThrow('not a single-file bundle');
  });

  it('bare metadata', async () => {
    const builder = new MetadataBuilder();
    builder.add('Module', { Name: 'bare' });
    const assembly = await Assembly.open(builder.build());
    expect(assembly.file.format).toBe('metadata');
    expect(assembly.requireMetadata().tables.Module.rowCount).toBe(1);
    expect(() => assembly.boundary).toThrow('bare metadata');
    expect(assembly.bodyOf(makeToken(TableId.MethodDef, 1))).toBeUndefined();
  });

  it('an image that is open, and metadata that was read', () => {
    const image = PEImage.parse(mixed);
    const assembly = Assembly.of(image);
    expect([assembly.image, assembly.diagnostics, assembly.file.format]).toEqual([image, image.diagnostics, 'PE32+']);
    expect(assembly.boundary.nativeToManaged.map(({ token }) => token)).toEqual([methodToken('Add')]);
    const own = new Diagnostics();
    const alone = Assembly.of(assembly.requireMetadata(), own);
    expect([alone.metadata === assembly.metadata, alone.image, alone.diagnostics === own]).toEqual([true, undefined, true]);
  });

  it('a Webcil', async () => {
    const sections = [{ virtualAddress: 0x2000, virtualSize: 0x100, bytes: new Uint8Array(72).fill(0x48) }];
    const directories = { cliHeader: { rva: 0x2000, size: 72 }, debug: { rva: 0, size: 0 } };
    const bytes = writeWebcil({ majorVersion: 0, minorVersion: 0, ...directories, sections });
    expect((await Assembly.open(bytes)).file.format).toBe('webcil');
  });

  it('and a native image has no metadata', async () => {
    const assembly = await Assembly.open(buildNativeDll({ name: 'n.dll', architecture: 'x64', functions: [], variables: {} }));
    expect(assembly.metadata).toBeUndefined();
    expect(() => assembly.requireMetadata('it has no IL')).toThrow('The image is native: it has no CLI header, so it has no IL');
    expect(assembly.members('N.C')).toEqual([]);
  });
});
