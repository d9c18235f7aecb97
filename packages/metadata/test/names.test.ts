// Full names of types and members, and names that contain each other.
import {
  fieldFullName,
  Metadata,
  makeToken,
  methodFullName,
  methodSignatureText,
  nilToken,
  TableId,
  type Token,
  typeFullName,
  typeText,
} from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { encodeMethodSignature, encodeTypeSpec, type MethodSignature, type TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, test } from 'vitest';

const primitive = (type: (TypeNode & { kind: 'primitive' })['type']): TypeNode => ({ kind: 'primitive', type });
const int32 = primitive('int32');

const signature = (header: number, returnType: TypeNode, ...parameterTypes: TypeNode[]): MethodSignature<TypeNode> => ({
  header,
  genericParameterCount: header & 0x10 ? 2 : 0,
  requiredParameterCount: parameterTypes.length,
  returnType,
  parameterTypes,
});

function library() {
  const builder = new MetadataBuilder();
  const scope = builder.add('AssemblyRef', { Name: 'mscorlib' });
  const list = builder.add('TypeRef', { ResolutionScope: scope, Namespace: 'System', Name: 'List`1' });
  const nested = builder.add('TypeRef', { ResolutionScope: list, Name: 'Enumerator' });
  const stdcall = builder.add('TypeRef', { ResolutionScope: scope, Namespace: 'System.Runtime.CompilerServices', Name: 'CallConvStdcall' });
  builder.add('TypeDef', { Name: '<Module>' });
  const main = builder.add('MethodDef', {
    Name: 'Main',
    Signature: encodeMethodSignature(signature(0, int32, { kind: 'szArray', element: primitive('string') })),
  });
  builder.add('Param', { Sequence: 1, Name: 'args' });
  builder.add('TypeDef', { Namespace: 'Ns', Name: 'Outer' });
  builder.add('Field', { Name: 'field' });
  builder.add('MethodDef', {
    Name: 'Run',
    Signature: encodeMethodSignature(
      signature(0x30, primitive('void'), { kind: 'byReference', element: int32 }, { kind: 'genericMethodParameter', index: 1 }),
    ),
  });
  const instance: TypeNode = {
    kind: 'genericInstance',
    generic: { kind: 'named', token: list, valueType: false },
    arguments: [int32],
  };
  const spec = builder.add('TypeSpec', { Signature: encodeTypeSpec(instance) });
  const add = builder.add('MemberRef', {
    Class: spec,
    Name: 'Add',
    Signature: encodeMethodSignature(signature(0x20, primitive('void'), int32)),
  });
  const printf = builder.add('MemberRef', {
    Class: main,
    Name: 'Main',
    Signature: encodeMethodSignature({ ...signature(5, int32, primitive('string'), primitive('float64')), requiredParameterCount: 1 }),
  });
  builder.add('MethodSpec', { Method: add, Instantiation: Uint8Array.of(10, 1, 8) });
  builder.add('ExportedType', { TypeNamespace: 'Ns', TypeName: 'Moved', Implementation: scope });
  builder.add('ExportedType', { TypeName: 'Inner', Implementation: makeToken(TableId.ExportedType, 1) });
  return { metadata: Metadata.parse(builder.build()), list, nested, stdcall, spec, add, printf };
}

const { metadata, list, nested, stdcall, spec, add, printf } = library();

describe('full names', () => {
  test.each([
    [list, 'System.List`1'],
    [nested, 'System.List`1/Enumerator'],
    [makeToken(TableId.TypeDef, 2), 'Ns.Outer'],
    [makeToken(TableId.ExportedType, 2), 'Ns.Moved/Inner'],
    [spec, 'System.List`1<int>'],
    [makeToken(TableId.MethodDef, 1), ''],
  ])('of type %i', (token, name) => expect(typeFullName(metadata, token)).toBe(name));

  test('of methods and fields', () => {
    expect(methodFullName(metadata, makeToken(TableId.MethodDef, 1))).toBe('<Module>::Main');
    expect(methodFullName(metadata, makeToken(TableId.MethodDef, 2))).toBe('Ns.Outer::Run');
    expect(methodFullName(metadata, add)).toBe('System.List`1<int>::Add');
    expect(methodFullName(metadata, printf)).toBe('<Module>::Main');
    expect(methodFullName(metadata, makeToken(TableId.MethodSpec, 1))).toBe('System.List`1<int>::Add');
    expect(fieldFullName(metadata, makeToken(TableId.Field, 1))).toBe('Ns.Outer::field');
  });
});

test('signatures read like C#', () => {
  expect(methodSignatureText(metadata, makeToken(TableId.MethodDef, 1))).toBe('static int <Module>::Main(string[] args)');
  expect(methodSignatureText(metadata, makeToken(TableId.MethodDef, 2))).toBe('void Ns.Outer::Run<!!0, !!1>(ref int, !!1)');
  expect(methodSignatureText(metadata, printf)).toBe('static int <Module>::Main(string, __arglist, double)');
});

test('types read like C#, modifiers left out, conventions by their modifiers', () => {
  const modifier: TypeNode = { kind: 'named', token: stdcall, valueType: undefined };
  const returnType: TypeNode = { kind: 'modified', modifier, unmodified: primitive('void'), required: false };
  const pointer = (header: number, type: TypeNode): TypeNode => ({ kind: 'functionPointer', signature: signature(header, type, int32) });
  expect(typeText(metadata, pointer(0, int32))).toBe('delegate*<int, int>');
  expect(typeText(metadata, pointer(1, int32))).toBe('delegate* unmanaged[Cdecl]<int, int>');
  expect(typeText(metadata, pointer(9, returnType))).toBe('delegate* unmanaged[Stdcall]<int, void>');
  expect(typeText(metadata, pointer(9, int32))).toBe('delegate* unmanaged<int, int>');
  const element: TypeNode = { kind: 'pointer', element: primitive('uint8') };
  expect(typeText(metadata, { kind: 'array', element, shape: { rank: 3, sizes: [], lowerBounds: [] } })).toBe('byte*[,,]');
});

describe('names that never end', () => {
  const thrower = (build: (builder: MetadataBuilder) => Token) => {
    const builder = new MetadataBuilder();
    const token = build(builder);
    return () => typeFullName(Metadata.parse(builder.build()), token);
  };

  test('a type within itself', () => {
    const nesting = thrower((builder) => {
      const one = builder.add('TypeDef', { Name: 'One' });
      const two = builder.add('TypeDef', { Name: 'Two' });
      builder.add('NestedClass', { NestedClass: one, EnclosingClass: two });
      builder.add('NestedClass', { NestedClass: two, EnclosingClass: one });
      return one;
    });
    expect(nesting).toThrow(expect.objectContaining({ name: 'BadImageError', code: 'NESTING_TOO_DEEP' }));
  });

  test('a TypeSpec of itself', () => {
    const circle = thrower((builder) => {
      const token = makeToken(TableId.TypeSpec, 1);
      return builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'named', token, valueType: false }) });
    });
    expect(circle).toThrow(expect.objectContaining({ name: 'BadImageError', code: 'TYPE_SPEC_CYCLE' }));
  });

  test('TypeSpecs that double with every step', () => {
    const doubling = thrower((builder) => {
      let previous: TypeNode = int32;
      let token: Token = nilToken;
      for (let step = 0; step < 18; step++) {
        const node: TypeNode = { kind: 'functionPointer', signature: signature(0, previous, previous) };
        token = builder.add('TypeSpec', { Signature: encodeTypeSpec(node) });
        previous = { kind: 'named', token, valueType: false } as TypeNode;
      }
      return token;
    });
    expect(doubling).toThrow(expect.objectContaining({ name: 'BadImageError', code: 'TYPE_TOO_LARGE' }));
  });
});
