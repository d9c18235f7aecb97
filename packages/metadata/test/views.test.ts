// Views of rows: every getter on a built assembly.
import { BadImageError } from '@ijw/binary';
import {
  AssemblyDefinition,
  Metadata,
  ModuleDefinition,
  makeToken,
  nilToken,
  TableId,
  type TableName,
  type Token,
  TypeDefinition,
  typeDefinitions,
  viewOf,
} from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { ConstantType, writeConstantValue } from '@ijw/metadata/constants';
import { writeMarshallingDescriptor } from '@ijw/metadata/marshalling';
import { writePermissionSet } from '@ijw/metadata/security';
import { encodeFieldSignature, encodeMethodSignature, type PrimitiveName, type TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, it } from 'vitest';

const primitive = (type: PrimitiveName): TypeNode => ({ kind: 'primitive', type });
const method = (returnType: PrimitiveName, parameterTypes: readonly PrimitiveName[] = []) =>
  encodeMethodSignature({
    header: 0x20,
    genericParameterCount: 0,
    requiredParameterCount: parameterTypes.length,
    returnType: primitive(returnType),
    parameterTypes: parameterTypes.map(primitive),
  });

function sample(): Metadata {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'sample.dll', Mvid: '01234567-89ab-cdef-0123-456789abcdef' });
  const assembly = builder.add('Assembly', { Name: 'Sample', Major: 1, Minor: 2, HashAlgId: 0x8004, Culture: 'de' });
  const core = builder.add('AssemblyRef', {
    Name: 'mscorlib',
    Major: 4,
    PublicKeyOrToken: Uint8Array.from([0xb7, 0x7a, 0x5c, 0x56, 0x19, 0x34, 0xe0, 0x89]),
  });
  const system = (name: string): Token => builder.add('TypeRef', { ResolutionScope: core, Namespace: 'System', Name: name });
  builder.add('TypeDef', { Name: '<Module>' });
  const outer = builder.add('TypeDef', { Namespace: 'N', Name: 'Outer`1', Flags: 0x100001, Extends: system('Object') });
  const limit = builder.add('Field', { Name: 'Limit', Flags: 0x8056, Signature: encodeFieldSignature(primitive('int32')) });
  builder.add('Constant', { Type: ConstantType.i4, Parent: limit, Value: writeConstantValue({ type: 'i4', value: 7 }) });
  const getter = builder.add('MethodDef', { Name: 'get_Size', Flags: 0x886, Signature: method('int32') });
  const beep = builder.add('MethodDef', { Name: 'Beep', Flags: 0x2016, ImplFlags: 0x80, Signature: method('bool', ['uint32']) });
  const parameter = builder.add('Param', { Name: 'frequency', Sequence: 1, Flags: 0x2000 });
  builder.add('FieldMarshal', { Parent: parameter, NativeType: writeMarshallingDescriptor({ kind: 'simple', nativeType: 9 }) });
  const kernel = builder.add('ModuleRef', { Name: 'kernel32.dll' });
  builder.add('ImplMap', { MemberForwarded: beep, ImportName: 'Beep', ImportScope: kernel, MappingFlags: 0x100 });
  builder.add('PropertyMap', { Parent: outer });
  const size = builder.add('Property', { Name: 'Size', Type: method('int32') });
  builder.add('MethodSemantics', { Semantics: 2, Method: getter, Association: size });
  builder.add('EventMap', { Parent: outer });
  const changed = builder.add('Event', { Name: 'Changed', EventType: system('EventHandler') });
  builder.add('MethodSemantics', { Semantics: 8, Method: beep, Association: changed });
  const generic = builder.add('GenericParam', { Owner: outer, Name: 'T', Flags: 4 });
  builder.add('GenericParamConstraint', { Owner: generic, Constraint: system('IDisposable') });
  builder.add('InterfaceImpl', { Class: outer, Interface: system('ICloneable') });
  builder.add('MethodImpl', { Class: outer, MethodBody: getter, MethodDeclaration: beep });
  const inner = builder.add('TypeDef', { Name: 'Inner', Flags: 0x10a, Extends: system('ValueType') });
  builder.add('ClassLayout', { Parent: inner, PackingSize: 1, ClassSize: 12 });
  builder.add('NestedClass', { NestedClass: inner, EnclosingClass: outer });
  builder.add('TypeDef', { Name: 'E', Extends: system('Enum') });
  builder.add('TypeDef', { Name: 'D', Extends: system('MulticastDelegate') });
  builder.add('TypeDef', { Name: 'I', Flags: 0xa0 });
  const permissions = writePermissionSet({ format: 'binary', attributes: [{ typeName: 'System.P', namedArguments: [] }] });
  builder.add('DeclSecurity', { Action: 8, Parent: assembly, PermissionSet: permissions });
  return Metadata.parse(builder.build());
}

describe('views', () => {
  const metadata = sample();
  const [, outer, inner] = [...typeDefinitions(metadata)];

  it('a type and what it is made of', () => {
    expect(outer).toMatchObject({ name: 'Outer`1', namespace: 'N', fullName: 'N.Outer`1', flags: 0x100001, kind: 'class' });
    expect(outer!.nestedTypes.map(({ fullName }) => fullName)).toEqual(['N.Outer`1/Inner']);
    expect(inner!.enclosingType?.token).toBe(outer!.token);
    expect(outer!.enclosingType).toBeUndefined();
    expect(inner!.layout).toEqual({ packingSize: 1, classSize: 12 });
    expect(outer!.layout).toBeUndefined();
    expect(outer!.interfaces).toHaveLength(1);
    expect(outer!.methodImplementations).toEqual([{ body: 0x06000001, declaration: 0x06000002 }]);
    expect(
      outer!.genericParameters.map(({ name, number, flags, owner, constraints }) => [name, number, flags, owner, constraints.length]),
    ).toEqual([['T', 0, 4, outer!.token, 1]]);
    expect(outer!.customAttributes).toEqual([]);
  });

  it('tells kinds of types', () => {
    expect([...typeDefinitions(metadata)].map(({ name, kind }) => [name, kind])).toEqual([
      ['<Module>', 'class'],
      ['Outer`1', 'class'],
      ['Inner', 'valueType'],
      ['E', 'enum'],
      ['D', 'delegate'],
      ['I', 'interface'],
    ]);
  });

  it('a field and its constant', () => {
    const [field] = outer!.fields;
    expect(field).toMatchObject({ fullName: 'N.Outer`1::Limit', flags: 0x8056, type: primitive('int32'), constant: { value: 7 } });
    expect([field!.offset, field!.rva, field!.marshalling]).toEqual([undefined, undefined, undefined]);
    expect(field!.declaringType).toBe(outer!.token);
  });

  it('a method, its parameters and where it leads', () => {
    const [getter, beep] = outer!.methods;
    expect(beep).toMatchObject({ fullName: 'N.Outer`1::Beep', rva: 0, implementationFlags: 0x80 });
    expect(beep!.signature).toMatchObject({ returnType: primitive('bool'), parameterTypes: [primitive('uint32')] });
    expect(beep!.platformInvoke).toMatchObject({ entryPoint: 'Beep', moduleName: 'kernel32.dll', flags: 0x100 });
    expect(getter!.platformInvoke).toBeUndefined();
    const [parameter] = beep!.parameters;
    expect(parameter).toMatchObject({ name: 'frequency', sequence: 1, method: beep!.token, marshalling: { nativeType: 9 } });
    expect(parameter!.constant).toBeUndefined();
    expect(getter!.semantics).toEqual([{ role: 2, association: 0x17000001 }]);
  });

  it('properties and events with their accessors', () => {
    const [property] = outer!.properties;
    expect(property).toMatchObject({ fullName: 'N.Outer`1::Size', getter: 0x06000001, setter: undefined, otherMethods: [] });
    expect(property!.signature.returnType).toEqual(primitive('int32'));
    const [event] = outer!.events;
    expect(event).toMatchObject({ fullName: 'N.Outer`1::Changed', adder: 0x06000002, remover: undefined, raiser: undefined });
  });

  it('the assembly, its references and the module', () => {
    const assembly = AssemblyDefinition.of(metadata)!;
    expect(assembly.displayName).toBe('Sample, Version=1.2.0.0, Culture=de, PublicKeyToken=null');
    expect(assembly.references.map(({ identity }) => identity)).toEqual([
      { name: 'mscorlib', version: { major: 4, minor: 0, build: 0, revision: 0 }, culture: '', publicKeyToken: 'b77a5c561934e089' },
    ]);
    expect(assembly.securityDeclarations).toMatchObject([
      { action: 8, actionName: 'reqmin', permissionSet: { attributes: [{ typeName: 'System.P' }] } },
    ]);
    expect(ModuleDefinition.of(metadata)).toMatchObject({
      name: 'sample.dll',
      generation: 0,
      mvid: '01234567-89ab-cdef-0123-456789abcdef',
    });
  });

  it('any of them by token', () => {
    for (const [table, rowCount] of Object.entries(metadata.tables).map(([name, { rowCount }]) => [name, rowCount] as const)) {
      if (rowCount === 0) continue;
      const view = viewOf(metadata, makeToken(TableId[table as TableName], 1));
      if (view && 'token' in view) expect(view.token).toBe(makeToken(TableId[table as TableName], 1));
    }
    expect(viewOf(metadata, makeToken(TableId.TypeDef, 2))).toMatchObject({ fullName: 'N.Outer`1' });
    expect(viewOf(metadata, makeToken(TableId.TypeRef, 1))).toMatchObject({ fullName: 'System.Object', scope: 0x23000001 });
    expect(viewOf(metadata, nilToken)).toBeUndefined();
    expect(viewOf(metadata, makeToken(TableId.ModuleRef, 1))).toBeUndefined();
  });

  it('a reference to a member', () => {
    const builder = new MetadataBuilder();
    const type = builder.add('TypeRef', { Namespace: 'N', Name: 'T' });
    builder.add('MemberRef', { Class: type, Name: 'M', Signature: method('void') });
    builder.add('MemberRef', { Class: type, Name: 'F', Signature: encodeFieldSignature(primitive('int8')) });
    const references = Metadata.parse(builder.build());
    const [first, second] = [1, 2].map((rid) => viewOf(references, makeToken(TableId.MemberRef, rid)));
    expect(first).toMatchObject({ kind: 'method', fullName: 'N.T::M', parent: type, signature: { parameterTypes: [] } });
    expect(second).toMatchObject({ kind: 'field', name: 'F', fieldType: primitive('int8') });
  });

  it('a row that is not there', () => {
    expect(() => new TypeDefinition(metadata, makeToken(TableId.TypeDef, 99)).name).toThrow(BadImageError);
  });
});
