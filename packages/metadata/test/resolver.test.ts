// References to types and members, resolved across assemblies.
import { BadImageError } from '@ijw/binary';
import { type MemberRefToken, Metadata, makeToken, nilToken, TableId, type Token, typeFullName } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { assembliesAtHand, Resolver } from '@ijw/metadata/resolution';
import { encodeFieldSignature, encodeMethodSignature, encodeTypeSpec, type TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, it } from 'vitest';

const voidType: TypeNode = { kind: 'primitive', type: 'void' };
const int32: TypeNode = { kind: 'primitive', type: 'int32' };
const method = (returnType: TypeNode, parameterTypes: readonly TypeNode[] = []) =>
  encodeMethodSignature({
    header: 0x20,
    genericParameterCount: 0,
    requiredParameterCount: parameterTypes.length,
    returnType,
    parameterTypes,
  });

function assembly(name: string, write: (builder: MetadataBuilder) => void, keepOrder = false): Metadata {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: `${name}.dll` });
  builder.add('Assembly', { Name: name, Major: 1 });
  builder.add('TypeDef', { Name: '<Module>' });
  write(builder);
  return Metadata.parse(builder.build({ keepOrder }));
}

const reference = (builder: MetadataBuilder, name: string) => builder.add('AssemblyRef', { Name: name, Major: 1 });
const typeRef = (builder: MetadataBuilder, scope: Token, namespace: string, name: string) =>
  builder.add('TypeRef', { ResolutionScope: scope, Namespace: namespace, Name: name });

/** `Library` has N.Outer with the nested type Inner; `Facade` forwards both; `User` refers to them through the facade. */
const library = assembly('Library', (builder) => {
  const outer = builder.add('TypeDef', { Namespace: 'N', Name: 'Outer' });
  const inner = builder.add('TypeDef', { Name: 'Inner' });
  builder.add('NestedClass', { NestedClass: inner, EnclosingClass: outer });
});
const facade = assembly('Facade', (builder) => {
  const target = reference(builder, 'Library');
  const outer = builder.add('ExportedType', { TypeNamespace: 'N', TypeName: 'Outer', Implementation: target, Flags: 0x200000 });
  builder.add('ExportedType', { TypeName: 'Inner', Implementation: outer });
});

describe('types', () => {
  it('are found through a forwarder, nested ones too', () => {
    const user = assembly('User', (builder) => {
      const outer = typeRef(builder, reference(builder, 'Facade'), 'N', 'Outer');
      typeRef(builder, outer, '', 'Inner');
    });
    const resolver = new Resolver(assembliesAtHand([library, facade, user]));
    const inner = resolver.type(user, makeToken(TableId.TypeRef, 2));
    expect(inner).toMatchObject({ kind: 'type', forwarders: ['Facade'] });
    if (inner.kind === 'type') expect(typeFullName(inner.metadata, inner.token)).toBe('N.Outer/Inner');
    expect(resolver.type(facade, makeToken(TableId.ExportedType, 2))).toMatchObject({ kind: 'type', metadata: library });
  });

  it('say what is missing', () => {
    const user = assembly('User', (builder) => {
      typeRef(builder, reference(builder, 'Nowhere'), 'N', 'Outer');
      typeRef(builder, reference(builder, 'Library'), 'N', 'Missing');
      typeRef(builder, builder.add('ModuleRef', { Name: 'part.netmodule' }), 'N', 'Part');
    });
    const resolver = new Resolver(assembliesAtHand([library]));
    const resolve = (rid: number) => resolver.type(user, makeToken(TableId.TypeRef, rid));
    expect(resolve(1)).toMatchObject({ kind: 'unresolved', reason: 'assemblyNotFound', name: expect.stringContaining('Nowhere') });
    expect(resolve(2)).toMatchObject({ kind: 'unresolved', reason: 'typeNotFound', name: 'N.Missing' });
    expect(resolve(3)).toMatchObject({ kind: 'unresolved', reason: 'moduleNotFound', name: 'part.netmodule' });
    expect(resolver.type(user, nilToken)).toMatchObject({ kind: 'unresolved', reason: 'notAReference' });
    expect(() => resolve(4)).toThrow(BadImageError);
  });

  it('are not looked for in circles of forwarders', () => {
    const forwarding = (from: string, to: string) =>
      assembly(from, (builder) => {
        builder.add('ExportedType', { TypeNamespace: 'N', TypeName: 'T', Implementation: reference(builder, to) });
      });
    const [a, b] = [forwarding('A', 'B'), forwarding('B', 'A')];
    const resolver = new Resolver(assembliesAtHand([a, b]));
    expect(resolver.type(a, makeToken(TableId.ExportedType, 1))).toEqual({
      kind: 'unresolved',
      reason: 'loop',
      name: 'N.T',
      forwarders: ['A', 'B'],
    });
  });

  it('are not looked for in a type that is nested in itself', () => {
    const user = assembly('User', (builder) => {
      typeRef(builder, makeToken(TableId.TypeRef, 1), 'N', 'T');
    });
    const resolver = new Resolver(assembliesAtHand([]));
    expect(resolver.type(user, makeToken(TableId.TypeRef, 1))).toMatchObject({ kind: 'unresolved', reason: 'loop' });
  });

  it('may be in the module itself, whatever way it says so', () => {
    const self = assembly('Self', (builder) => {
      builder.add('TypeDef', { Namespace: 'N', Name: 'T' });
      typeRef(builder, makeToken(TableId.Module, 1), 'N', 'T');
      typeRef(builder, reference(builder, 'Self'), 'N', 'T');
      typeRef(builder, builder.add('ModuleRef', { Name: 'SELF.dll' }), 'N', 'T');
      typeRef(builder, nilToken, 'N', 'T');
    });
    const resolver = new Resolver(assembliesAtHand([]));
    for (const rid of [1, 2, 3, 4]) {
      expect(resolver.type(self, makeToken(TableId.TypeRef, rid))).toMatchObject({ kind: 'type', metadata: self, token: 0x02000002 });
    }
  });

  it('may be in a netmodule of the assembly', () => {
    const part = new MetadataBuilder();
    part.add('Module', { Name: 'part.netmodule' });
    part.add('TypeDef', { Name: '<Module>' });
    part.add('TypeDef', { Namespace: 'N', Name: 'Part' });
    const netmodule = Metadata.parse(part.build());
    const manifest = assembly('Manifest', (builder) => {
      const file = builder.add('File', { Name: 'part.netmodule' });
      builder.add('ExportedType', { TypeNamespace: 'N', TypeName: 'Part', TypeDefId: 0x02000002, Implementation: file });
    });
    const resolver = new Resolver({ assembly: () => manifest, module: (name) => (name === 'part.netmodule' ? netmodule : undefined) });
    for (const name of ['N.Part', 'N.Part, Manifest', 'N.Part, manifest, PublicKeyToken=null']) {
      expect(resolver.serializedType(manifest, name)).toMatchObject({ kind: 'type', metadata: netmodule, token: 0x02000002 });
    }
  });

  it('are asked of the provider once', () => {
    let asked = 0;
    const user = assembly('User', (builder) => {
      const scope = reference(builder, 'Library');
      typeRef(builder, scope, 'N', 'Outer');
      typeRef(builder, scope, 'N', 'Missing');
    });
    const resolver = new Resolver({
      assembly: () => {
        asked++;
        return library;
      },
    });
    for (const rid of [1, 2, 1]) resolver.type(user, makeToken(TableId.TypeRef, rid));
    expect(asked).toBe(1);
  });
});

describe('members', () => {
  /** Base`1<T> has M(T) and the field F of T; Derived extends Base`1<int32>. */
  const generic = assembly('Generic', (builder) => {
    const parameter: TypeNode = { kind: 'genericTypeParameter', index: 0 };
    const base = builder.add('TypeDef', { Namespace: 'N', Name: 'Base`1' });
    builder.add('Field', { Name: 'F', Signature: encodeFieldSignature(parameter) });
    builder.add('MethodDef', { Name: 'M', Signature: method(voidType, [parameter]) });
    builder.add('MethodDef', { Name: 'M', Signature: method(voidType) });
    const instance: TypeNode = {
      kind: 'genericInstance',
      generic: { kind: 'named', token: base, valueType: false },
      arguments: [int32],
    };
    builder.add('TypeDef', { Namespace: 'N', Name: 'Derived', Extends: builder.add('TypeSpec', { Signature: encodeTypeSpec(instance) }) });
  });

  const user = assembly('User', (builder) => {
    const scope = reference(builder, 'Generic');
    const base = typeRef(builder, scope, 'N', 'Base`1');
    const derived = typeRef(builder, scope, 'N', 'Derived');
    const text: TypeNode = { kind: 'primitive', type: 'string' };
    const named: TypeNode = { kind: 'named', token: base, valueType: false };
    const instance = builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'genericInstance', generic: named, arguments: [text] }) });
    const array = builder.add('TypeSpec', {
      Signature: encodeTypeSpec({ kind: 'array', element: int32, shape: { rank: 2, sizes: [], lowerBounds: [] } }),
    });
    const parameter: TypeNode = { kind: 'genericTypeParameter', index: 0 };
    builder.add('MemberRef', { Class: instance, Name: 'M', Signature: method(voidType, [parameter]) });
    builder.add('MemberRef', { Class: derived, Name: 'M', Signature: method(voidType, [int32]) });
    builder.add('MemberRef', { Class: derived, Name: 'F', Signature: encodeFieldSignature(int32) });
    builder.add('MemberRef', { Class: derived, Name: 'M', Signature: method(voidType, [text]) });
    builder.add('MemberRef', { Class: array, Name: 'Get', Signature: method(int32, [int32, int32]) });
  });
  const resolver = new Resolver(assembliesAtHand([generic]));
  const member = (rid: number) => resolver.member(user, makeToken(TableId.MemberRef, rid) as MemberRefToken);

  it('of a generic type are found by the signature of its definition', () => {
    expect(member(1)).toEqual({ kind: 'method', metadata: generic, token: 0x06000001 });
  });
  it('are found in a generic base type, its parameters replaced', () => {
    expect(member(2)).toEqual({ kind: 'method', metadata: generic, token: 0x06000001 });
    expect(member(3)).toEqual({ kind: 'field', metadata: generic, token: 0x04000001 });
  });
  it('are not found where only the signature differs', () => {
    expect(member(4)).toMatchObject({ kind: 'unresolved', reason: 'memberNotFound', name: 'M' });
  });
  it('of arrays are the runtime’s', () => {
    expect(member(5)).toEqual({ kind: 'arrayMethod' });
  });
  it('are not looked for in a type that extends itself', () => {
    const circle = assembly('Circle', (builder) => {
      builder.add('TypeDef', { Name: 'T', Extends: makeToken(TableId.TypeDef, 2) });
      builder.add('MemberRef', { Class: makeToken(TableId.TypeDef, 2), Name: 'M', Signature: method(voidType) });
    });
    const token = makeToken(TableId.MemberRef, 1) as MemberRefToken;
    expect(new Resolver(assembliesAtHand([])).member(circle, token)).toMatchObject({ kind: 'unresolved', reason: 'loop' });
  });
});
