// Values of custom attributes: by name, constructors, enumerations, malformed blobs.
import { CustomAttribute, Metadata, makeToken, TableId, type Token, type TypeDefOrRefToken } from '@ijw/metadata';
import {
  AttributeDecoder,
  type AttributeValue,
  type CustomAttributeValue,
  customAttributesOfTypes,
  findCustomAttribute,
  simpleAttributeTypeOf,
  targetFramework,
  writeAttributeValue,
} from '@ijw/metadata/attributes';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { attributeLines, TokenText } from '@ijw/metadata/canonical';
import { assembliesAtHand, Resolver } from '@ijw/metadata/resolution';
import { encodeFieldSignature, encodeMethodSignature, encodeTypeSpec, type PrimitiveName, type TypeNode } from '@ijw/metadata/signatures';
import { cellWords } from '@ijw/metadata/words';
import { describe, expect, it } from 'vitest';

const primitive = (type: PrimitiveName): TypeNode => ({ kind: 'primitive', type });
const named = (token: Token, valueType: boolean): TypeNode => ({ kind: 'named', token: token as TypeDefOrRefToken, valueType });
const constructorSignature = (parameterTypes: readonly TypeNode[]) =>
  encodeMethodSignature({
    header: 0x20,
    genericParameterCount: 0,
    requiredParameterCount: parameterTypes.length,
    returnType: primitive('void'),
    parameterTypes,
  });

/** A module with one reference to the core library, and attributes on its assembly. */
class Sample {
  readonly builder = new MetadataBuilder();
  readonly core: Token;

  constructor() {
    this.builder.add('Module', { Name: 'sample.dll' });
    this.builder.add('Assembly', { Name: 'sample' });
    this.builder.add('TypeDef', { Name: '<Module>' });
    this.core = this.builder.add('AssemblyRef', { Name: 'System.Runtime' });
  }

  typeRef(namespace: string, name: string): Token {
    return this.builder.add('TypeRef', { ResolutionScope: this.core, Namespace: namespace, Name: name });
  }

  enum(name: string, underlying: PrimitiveName): Token {
    const token = this.builder.add('TypeDef', { Namespace: 'N', Name: name, Extends: this.typeRef('System', 'Enum') });
    this.builder.add('Field', { Name: 'A', Flags: 0x8056, Signature: encodeFieldSignature(named(token, true)) });
    this.builder.add('Field', { Name: 'value__', Flags: 0x606, Signature: encodeFieldSignature(primitive(underlying)) });
    return token;
  }

  attribute(type: Token, parameterTypes: readonly TypeNode[], value: Uint8Array): void {
    this.builder.add('CustomAttribute', {
      Parent: makeToken(TableId.Assembly, 1),
      Type: this.builder.add('MemberRef', { Class: type, Name: '.ctor', Signature: constructorSignature(parameterTypes) }),
      Value: value,
    });
  }

  get metadata(): Metadata {
    return Metadata.parse(this.builder.build({ keepOrder: true }));
  }
}

/** A blob: the prolog, then what is given. */
const blob = (...bytes: number[]) => Uint8Array.from([1, 0, ...bytes]);
const fixed = ({ fixedArguments }: CustomAttributeValue): AttributeValue[] => fixedArguments.map(({ value }) => value);
const text = (value: string) =>
  writeAttributeValue({ fixedArguments: [{ type: simpleAttributeTypeOf('string'), value }], namedArguments: [] });

describe('enumerations', () => {
  it('of this module are read by their definition', () => {
    const sample = new Sample();
    const byte = sample.enum('Small', 'uint8');
    const type = sample.typeRef('System', 'SomeAttribute');
    sample.attribute(type, [named(byte, true), named(byte, true)], blob(7, 8, 0, 0));
    sample.attribute(type, [], blob(1, 0, 0x54, 0x55, 7, ...[...'N.Small'].map((c) => c.charCodeAt(0)), 1, 0x50, 9));
    const decoder = new AttributeDecoder(sample.metadata);
    expect(fixed(decoder.decode(1))).toEqual([7, 8]);
    expect(decoder.decode(1).fixedArguments[0]!.type).toMatchObject({ kind: 'enum', underlying: 'u1', assumed: false });
    expect(decoder.decode(2).namedArguments).toMatchObject([{ kind: 'property', name: 'P', value: 9 }]);
  });

  it('of other modules are read by their definition where a resolver has it', () => {
    const library = new MetadataBuilder();
    library.add('Module', { Name: 'System.Runtime.dll' });
    library.add('Assembly', { Name: 'System.Runtime' });
    library.add('TypeDef', { Name: '<Module>' });
    library.add('TypeDef', { Namespace: 'System', Name: 'Wide' });
    library.add('Field', { Name: 'value__', Signature: encodeFieldSignature(primitive('int64')) });
    const resolver = new Resolver(assembliesAtHand([Metadata.parse(library.build())]));

    const sample = new Sample();
    sample.attribute(
      sample.typeRef('System', 'SomeAttribute'),
      [named(sample.typeRef('System', 'Wide'), true)],
      blob(5, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    );
    const { metadata } = sample;
    const decoder = new AttributeDecoder(metadata, { underlyingType: (reference) => resolver.enumUnderlyingType(metadata, reference) });
    expect(decoder.decode(1).fixedArguments).toMatchObject([{ value: 5n, type: { underlying: 'i8', assumed: false } }]);
    expect(resolver.enumUnderlyingType(metadata, { kind: 'name', name: 'System.Wide, System.Runtime' })).toBe('i8');
    expect(resolver.enumUnderlyingType(metadata, { kind: 'name', name: 'System.Wide' })).toBe('i8');
    expect(resolver.enumUnderlyingType(metadata, { kind: 'name', name: 'System.Wide[]' })).toBeUndefined();
  });

  it('that nobody knows are as wide as makes the value fit', () => {
    const sample = new Sample();
    const unknown = () => named(sample.typeRef('System', `Unknown${sample.builder.rowCount('TypeRef')}`), true);
    const type = sample.typeRef('System', 'SomeAttribute');
    sample.attribute(type, [unknown()], blob(2, 0, 0));
    sample.attribute(type, [unknown(), unknown()], blob(2, 0, 0, 0, 3, 0, 0));
    const array: TypeNode = { kind: 'szArray', element: unknown() };
    sample.attribute(type, [array], blob(2, 0, 0, 0, 1, 0, 2, 0, 0, 0));
    sample.attribute(type, [unknown()], blob(1, 0, 0, 0, 0, 0));
    const { metadata } = sample;
    const decoder = new AttributeDecoder(metadata);
    expect([1, 2, 3, 4].map((rid) => fixed(decoder.decode(rid)))).toEqual([[2], [2, 3], [[1, 2]], [1]]);
    expect(decoder.decode(1).fixedArguments[0]!.type).toMatchObject({ underlying: 'u1', assumed: true });
    expect(() => new AttributeDecoder(metadata, { unknownEnums: 'i4' }).decode(1)).toThrow(expect.objectContaining({ code: 'TRUNCATED' }));
  });
});

describe('constructors', () => {
  it('of generic attributes take the types of their arguments', () => {
    const sample = new Sample();
    const generic = named(sample.typeRef('N', 'Attribute`1'), false);
    const instance: TypeNode = { kind: 'genericInstance', generic, arguments: [primitive('int16')] };
    const spec = sample.builder.add('TypeSpec', { Signature: encodeTypeSpec(instance) });
    const parameter: TypeNode = { kind: 'genericTypeParameter', index: 0 };
    sample.attribute(spec, [parameter, { kind: 'szArray', element: parameter }], blob(5, 0, 1, 0, 0, 0, 6, 0, 0, 0));
    expect(fixed(new AttributeDecoder(sample.metadata).decode(1))).toEqual([5, [6]]);
  });

  it('may name System.Type, System.String and System.Object in full', () => {
    const sample = new Sample();
    const types = ['Type', 'String', 'Object'].map((name) => named(sample.typeRef('System', name), false));
    sample.attribute(sample.typeRef('System', 'SomeAttribute'), types, blob(1, 0x41, 1, 0x42, 0x02, 1, 0, 0));
    expect(fixed(new AttributeDecoder(sample.metadata).decode(1))).toEqual([
      'A',
      'B',
      { kind: 'boxed', type: simpleAttributeTypeOf('boolean'), value: true },
    ]);
  });

  it('are refused where no value could fit', () => {
    const sample = new Sample();
    const jagged: TypeNode = { kind: 'szArray', element: { kind: 'szArray', element: primitive('int32') } };
    const type = sample.typeRef('System', 'SomeAttribute');
    const { builder } = sample;
    for (const parameter of [jagged, { kind: 'pointer', element: primitive('int32') } as const, named(sample.typeRef('N', 'C'), false)]) {
      sample.attribute(type, [parameter], blob(0, 0));
    }
    builder.add('CustomAttribute', { Parent: makeToken(TableId.Assembly, 1), Value: blob(0, 0) });
    const decoder = new AttributeDecoder(sample.metadata);
    for (const rid of [1, 2, 3]) expect(() => decoder.decode(rid)).toThrow(expect.objectContaining({ code: 'BAD_ATTRIBUTE_CONSTRUCTOR' }));
    expect(() => decoder.decode(4)).toThrow(expect.objectContaining({ code: 'BAD_ATTRIBUTE_CONSTRUCTOR' }));
    expect(() => decoder.decode(5)).toThrow(expect.objectContaining({ code: 'BAD_ROW' }));
  });
});

describe('by name', () => {
  it('an attribute of the assembly is found and read', () => {
    const sample = new Sample();
    sample.attribute(sample.typeRef('System', 'SomeAttribute'), [], blob(0, 0));
    sample.attribute(
      sample.typeRef('System.Runtime.Versioning', 'TargetFrameworkAttribute'),
      [primitive('string')],
      text('.NETCoreApp,Version=v8.0'),
    );
    const { metadata } = sample;
    expect(targetFramework(metadata)).toBe('.NETCoreApp,Version=v8.0');
    expect(findCustomAttribute(metadata, makeToken(TableId.Assembly, 1), 'System.SomeAttribute')).toBe(1);
    expect(findCustomAttribute(metadata, makeToken(TableId.Assembly, 1), 'System.OtherAttribute')).toBeUndefined();
    expect(new CustomAttribute(metadata, 1)).toMatchObject({ typeName: 'System.SomeAttribute', parent: 0x20000001 });
    const framework = new TextDecoder().decode([...attributeLines(metadata)][0]!).split('\n')[1];
    expect(framework).toContain('(string=".NETCoreApp\\u002cVersion=v8.0")');
  });

  it('a module that says nothing has no target framework', () => {
    expect(targetFramework(new Sample().metadata)).toBeUndefined();
  });
});

describe('blobs that the runtime takes and the standard does not', () => {
  const decoded = (parameters: readonly TypeNode[], value: Uint8Array, standardOnly = false) => {
    const sample = new Sample();
    sample.attribute(sample.typeRef('N', 'MarkAttribute'), parameters, value);
    return new AttributeDecoder(sample.metadata, { standardOnly }).decode(1);
  };
  const nothing: readonly TypeNode[] = [];
  const numberAndText = [primitive('int32'), primitive('string')];

  it.each([
    ['an empty blob', nothing, Uint8Array.of(), []],
    ['the prolog alone', nothing, blob(), []],
    ['arguments without the count of named ones', numberAndText, blob(5, 0, 0, 0, 2, 0x41, 0x42), [5, 'AB']],
  ])('%s', (_, parameters, value, expected) => {
    expect(fixed(decoded(parameters, value))).toEqual(expected);
    expect(() => decoded(parameters, value, true)).toThrow(expect.objectContaining({ name: 'BadImageError' }));
  });

  it.each([
    ['an empty blob where there are parameters', numberAndText, Uint8Array.of(), 'TRUNCATED'],
    ['half a count', nothing, blob(5), 'TRUNCATED'],
    ['a count without the arguments', nothing, blob(5, 0), 'TRUNCATED'],
    ['another prolog', nothing, Uint8Array.of(2, 0, 0, 0), 'BAD_ATTRIBUTE_PROLOG'],
  ])('but not %s', (_, parameters, value, code) => {
    expect(() => decoded(parameters, value)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the attributes of some types', () => {
  it('are found in one pass, by name and namespace', () => {
    const sample = new Sample();
    for (const [namespace, name] of [
      ['N', 'A'],
      ['M', 'A'],
      ['N', 'B'],
      ['N.M', 'A'],
      ['', 'A'],
    ] as const)
      sample.attribute(sample.typeRef(namespace, name), [], blob(0, 0));
    sample.attribute(sample.typeRef('N', 'A'), [], blob(0, 0));
    expect(customAttributesOfTypes(sample.metadata, ['N.A', 'A', 'N.M.A', 'N.C'])).toEqual({
      'N.A': [1, 6],
      A: [5],
      'N.M.A': [4],
      'N.C': [],
    });
  });
});

describe('the cell of a value that cannot be decoded', () => {
  it.each([
    ['arguments that are cut', [primitive('int32')], blob(5, 0), 'x01000500 (needs 4 bytes, 2 left at 0x'],
    ['another prolog', [], Uint8Array.of(2, 0, 0, 0), 'x02000000 (The value starts with 0x2, not with 1 at 0x'],
  ])('has the bytes, what is wrong, and where: %s', (_, parameters, value, expected) => {
    const sample = new Sample();
    sample.attribute(sample.typeRef('N', 'MarkAttribute'), parameters as readonly TypeNode[], value);
    const { metadata } = sample;
    const cell = cellWords(metadata.tables.CustomAttribute.column('Value'), metadata, new TokenText(metadata));
    expect(cell(1).startsWith(expected)).toBe(true);
  });
});
