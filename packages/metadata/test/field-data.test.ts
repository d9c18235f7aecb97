// Sizes of types, and the data of fields with an RVA.
import { BadImageError } from '@ijw/binary';
import { type FieldToken, Metadata, type Token, type TypeDefToken } from '@ijw/metadata';
import { writeAttributeValue } from '@ijw/metadata/attributes';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { FieldDataReader, TypeSizes } from '@ijw/metadata/layout';
import { assembliesAtHand, Resolver } from '@ijw/metadata/resolution';
import { encodeFieldSignature, encodeMethodSignature, encodeTypeSpec, type PrimitiveName, type TypeNode } from '@ijw/metadata/signatures';
import { Machine } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { simpleAttributeTypeOf } from '../src/attributes/attribute-type.ts';
import { cliImage, DATA } from './cli-image.ts';

const SEQUENTIAL = 8;
const EXPLICIT = 16;
const primitive = (type: PrimitiveName): TypeNode => ({ kind: 'primitive', type });
const value = (token: Token): TypeNode => ({ kind: 'named', token: token as TypeDefToken, valueType: true });
const pointer: TypeNode = { kind: 'pointer', element: primitive('void') };

interface StructOptions {
  readonly flags?: number;
  readonly packing?: number;
  readonly size?: number;
  readonly offsets?: readonly number[];
}

function module(name = 'Module'): MetadataBuilder {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: `${name}.dll` });
  builder.add('Assembly', { Name: name });
  builder.add('TypeDef', { Name: '<Module>' });
  return builder;
}

function struct(builder: MetadataBuilder, name: string, fields: readonly TypeNode[], options: StructOptions = {}): TypeDefToken {
  const { flags = SEQUENTIAL, packing = 0, size = 0, offsets } = options;
  const token = builder.add('TypeDef', { Name: name, Flags: flags });
  fields.forEach((type, index) => {
    const field = builder.add('Field', { Name: `f${index}`, Signature: encodeFieldSignature(type) });
    if (offsets) builder.add('FieldLayout', { Field: field, Offset: offsets[index] ?? 0 });
  });
  if (packing || size) builder.add('ClassLayout', { Parent: token, PackingSize: packing, ClassSize: size });
  return token;
}

describe('sizes of types', () => {
  const sizeOf = (write: (builder: MetadataBuilder) => TypeDefToken, pointerSize: 4 | 8 = 8) => {
    const builder = module();
    const token = write(builder);
    return new TypeSizes(Metadata.parse(builder.build()), { pointerSize }).ofDefinition(token);
  };
  const u1 = primitive('uint8');
  const i4 = primitive('int32');
  const i8 = primitive('int64');

  it.each<[string, readonly TypeNode[], StructOptions, number]>([
    ['fields in order, each aligned', [u1, i4, u1], {}, 12],
    ['packing 1', [u1, i4, u1], { packing: 1 }, 6],
    ['packing 2', [u1, i8], { packing: 2 }, 10],
    ['a size larger than the fields, not rounded', [i4], { size: 7 }, 7],
    ['a size smaller than the fields', [i8, u1], { size: 4 }, 9],
    ['a size and no fields', [], { size: 23, packing: 1 }, 23],
    ['neither fields nor size', [], {}, 1],
    ['a union', [i4, i8], { flags: EXPLICIT, offsets: [0, 0] }, 8],
    ['explicit offsets, rounded to the alignment', [i4, u1], { flags: EXPLICIT, offsets: [0, 4] }, 8],
    ['automatic layout, larger fields first', [u1, i8, u1, i4], { flags: 0 }, 16],
    ['object references: the order is the runtime’s', [u1, primitive('object'), u1, i4], {}, 16],
    ['offsets and object references', [primitive('string'), u1], { flags: EXPLICIT, offsets: [8, 0] }, 16],
  ])('%s', (_title, fields, options, size) => {
    expect(sizeOf((builder) => struct(builder, 'S', fields, options))?.size).toBe(size);
  });

  it('pointers, native integers and function pointers by the platform', () => {
    const fields = [pointer, primitive('native int'), primitive('uint8')];
    expect(sizeOf((builder) => struct(builder, 'S', fields), 4)?.size).toBe(12);
    expect(sizeOf((builder) => struct(builder, 'S', fields), 8)?.size).toBe(24);
  });

  it('structures in structures, without static fields', () => {
    const size = sizeOf((builder) => {
      const inner = struct(builder, 'Inner', [u1, i8]);
      const outer = struct(builder, 'Outer', [value(inner), u1]);
      builder.add('Field', { Name: 's', Flags: 0x10, Signature: encodeFieldSignature(value(outer)) });
      return outer;
    });
    expect(size).toMatchObject({ size: 24, alignment: 8, references: false });
  });

  it('generic structures by their arguments', () => {
    const builder = module();
    const pair = struct(builder, 'Pair`2', [
      { kind: 'genericTypeParameter', index: 0 },
      { kind: 'genericTypeParameter', index: 1 },
    ]);
    const sizes = new TypeSizes(Metadata.parse(builder.build()), { pointerSize: 8 });
    expect(sizes.of({ kind: 'genericInstance', generic: value(pair), arguments: [u1, i8] })?.size).toBe(16);
    expect(sizes.of({ kind: 'genericInstance', generic: value(pair), arguments: [u1, u1] })?.size).toBe(2);
  });

  it('structures after the other fields where the order is the runtime’s, enumerations among them', () => {
    const size = sizeOf((builder) => {
      const inner = struct(builder, 'Inner', [u1]);
      const core = builder.add('TypeRef', { Namespace: 'System', Name: 'Enum' });
      const small = builder.add('TypeDef', { Name: 'Small', Extends: core, Flags: 0x100 });
      builder.add('Field', { Name: 'value__', Signature: encodeFieldSignature(u1) });
      return struct(builder, 'Outer', [value(inner), primitive('object'), value(small), i4, primitive('int16')]);
    });
    expect(size).toMatchObject({ size: 16, references: true });
  });

  it('arrays in line (.NET 8)', () => {
    const size = sizeOf((builder) => {
      const buffer = struct(builder, 'Buffer', [i4]);
      const type = builder.add('TypeRef', { Namespace: 'System.Runtime.CompilerServices', Name: 'InlineArrayAttribute' });
      const signature = encodeMethodSignature({
        header: 0x20,
        genericParameterCount: 0,
        requiredParameterCount: 1,
        returnType: primitive('void'),
        parameterTypes: [i4],
      });
      const length = { type: simpleAttributeTypeOf('i4'), value: 10 };
      builder.add('CustomAttribute', {
        Parent: buffer,
        Type: builder.add('MemberRef', { Class: type, Name: '.ctor', Signature: signature }),
        Value: writeAttributeValue({ fixedArguments: [length], namedArguments: [] }),
      });
      return buffer;
    });
    expect(size?.size).toBe(40);
  });

  it('types of other modules, where a resolver finds them', () => {
    const library = module('Library');
    struct(library, 'S', [i4, u1]);
    const user = module('User');
    const scope = user.add('AssemblyRef', { Name: 'Library' });
    const type = value(user.add('TypeRef', { ResolutionScope: scope, Name: 'S' }));
    const metadata = Metadata.parse(user.build());
    const resolver = new Resolver(assembliesAtHand([Metadata.parse(library.build())]));
    expect(new TypeSizes(metadata, { pointerSize: 8, resolver }).of(type)?.size).toBe(8);
    expect(new TypeSizes(metadata, { pointerSize: 8 }).of(type)).toBeUndefined();
  });

  it('refuses types that contain themselves, sizes beyond all bounds and endless instances', () => {
    const self = module();
    const token = self.add('TypeDef', { Name: 'S' });
    self.add('Field', { Name: 'f', Signature: encodeFieldSignature(value(token)) });
    const sizes = (builder: MetadataBuilder) => new TypeSizes(Metadata.parse(builder.build()), { pointerSize: 8 });
    expect(() => sizes(self).ofDefinition(token)).toThrow(expect.objectContaining({ code: 'TYPE_CONTAINS_ITSELF' }));

    const huge = module();
    let last = struct(huge, 'S0', [], { size: 0x7fffffff });
    last = struct(huge, 'S1', [value(last), value(last)]);
    expect(() => sizes(huge).ofDefinition(last)).toThrow(expect.objectContaining({ code: 'TYPE_TOO_LARGE' }));

    const endless = module();
    const generic = endless.add('TypeDef', { Name: 'G`1' });
    const parameter: TypeNode = { kind: 'genericTypeParameter', index: 0 };
    const wrapped: TypeNode = { kind: 'genericInstance', generic: value(generic), arguments: [parameter] };
    for (const name of ['a', 'b']) endless.add('Field', { Name: name, Signature: encodeFieldSignature(wrapped) });
    expect(() => sizes(endless).of({ kind: 'genericInstance', generic: value(generic), arguments: [u1] })).toThrow(BadImageError);
    expect(encodeTypeSpec(wrapped).length).toBeGreaterThan(0);
  });
});

describe('the data of fields', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => index + 1);

  function image(machine?: number) {
    const builder = module();
    const blob = struct(builder, 'Blob', [], { size: 12, packing: 1 });
    builder.add('TypeDef', { Name: 'Holder' });
    const field = (type: TypeNode, rva?: number): FieldToken => {
      const token = builder.add('Field', { Name: 'f', Flags: 0x110, Signature: encodeFieldSignature(type) });
      if (rva !== undefined) builder.add('FieldRVA', { Field: token, RVA: rva });
      return token;
    };
    const fields = {
      number: field(primitive('int32'), DATA),
      blob: field(value(blob), DATA + 4),
      pointer: field(pointer, DATA + 16),
      tail: field(value(blob), DATA + 24),
      zero: field(primitive('int64'), DATA + 0x40),
      outside: field(value(blob), DATA + 0xffc),
      none: field(primitive('int32')),
      foreign: field({ kind: 'named', token: builder.add('TypeRef', { Name: 'T' }), valueType: true }, DATA),
    };
    const pe = cliImage({ metadata: builder.build(), data: bytes, ...(machine !== undefined && { machine }) });
    return { fields, reader: new FieldDataReader(pe, Metadata.of(pe)!) };
  }

  it('is as long as its type', () => {
    const { fields, reader } = image();
    expect(reader.read(fields.number)).toMatchObject({ rva: DATA, size: 4, bytes: bytes.subarray(0, 4) });
    expect(reader.read(fields.blob)).toMatchObject({ size: 12, bytes: bytes.subarray(4, 16) });
    expect(reader.read(fields.pointer)).toMatchObject({ size: 8 });
    expect(reader.read(fields.pointer)?.section?.name).toBe('.data');
    const narrow = image(Machine.I386);
    expect(narrow.reader.read(narrow.fields.pointer)).toMatchObject({ size: 4 });
  });

  it('ends in zeroes where the section does', () => {
    const { fields, reader } = image();
    const tail = reader.read(fields.tail)!;
    expect(tail.size).toBe(12);
    expect([...tail.bytes].slice(0, 8)).toEqual([...bytes.subarray(24)]);
    expect([...tail.bytes].slice(8).every((byte) => byte === 0)).toBe(true);
    expect(reader.read(fields.zero)).toMatchObject({ size: 8 });
  });

  it('is absent, of unknown size, or refused', () => {
    const { fields, reader } = image();
    expect(reader.read(fields.none)).toBeUndefined();
    expect(reader.read(fields.foreign)).toMatchObject({ rva: DATA, size: undefined, bytes: new Uint8Array(0) });
    expect(() => reader.read(fields.outside)).toThrow(BadImageError);
  });
});
