// What value types hold: the same bits on both sides, something to convert, references, a part that is elsewhere.
import { CrossingTypes, ValueTypes, type ValueTypesInit } from '@ijw/marshalling';
import { isTokenOf, makeToken, TableId, type Token } from '@ijw/metadata';
import { NativeType } from '@ijw/metadata/marshalling';
import type { TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, it } from 'vitest';
import { type FieldInput, INT, PInvokeMetadata, pointer, primitive, structure } from './pinvoke-metadata.ts';

type Field = TypeNode | FieldInput;

/** An enumeration has automatic layout, as compilers write it. */
function enumeration(metadata: PInvokeMetadata): Token {
  const base = metadata.typeRef('System', 'Enum');
  const token = metadata.builder.add('TypeDef', { Name: 'Kind', Flags: 0x100, Extends: base });
  metadata.builder.add('Field', { Name: 'value__', Flags: 0x606, Signature: Uint8Array.of(6, 8) });
  return token;
}

function typesWith(fields: (metadata: PInvokeMetadata) => readonly Field[], flags = 8, init: Partial<ValueTypesInit> = {}) {
  const builder = new PInvokeMetadata();
  const made = fields(builder);
  const token = builder.type('Sample', made, { flags });
  if (!isTokenOf(token, 'TypeDef')) throw new Error('A type has a definition');
  const metadata = builder.build();
  return { metadata, token, types: new ValueTypes({ metadata, ...init }) };
}

describe('the nature of a structure', () => {
  it.each<[string, (metadata: PInvokeMetadata) => readonly Field[], string]>([
    ['of numbers and pointers', () => [INT, pointer(INT)], 'blittable'],
    ['with a bool', () => [INT, primitive('bool')], 'notBlittable'],
    ['with a string', () => [primitive('string')], 'notBlittable'],
    ['with an enumeration', (metadata) => [structure(enumeration(metadata))], 'blittable'],
    ['with a structure of another assembly', (metadata) => [structure(metadata.typeRef('Other', 'Struct'))], 'elsewhere'],
    ['with a TimeSpan', (metadata) => [structure(metadata.typeRef('System', 'TimeSpan'))], 'blittable'],
    ['with a DateTime', (metadata) => [structure(metadata.typeRef('System', 'DateTime'))], 'notBlittable'],
    [
      'whose descriptor says the type of the field',
      () => [{ type: INT, descriptor: { kind: 'simple', nativeType: NativeType.i4 } }],
      'blittable',
    ],
    [
      'whose descriptor says another type',
      () => [{ type: INT, descriptor: { kind: 'simple', nativeType: NativeType.boolean } }],
      'notBlittable',
    ],
  ])('%s', (_, fields, nature) => {
    const { types, token } = typesWith(fields);
    expect(types.natureOf(token)).toBe(nature);
    expect(types.natureOf(token)).toBe(nature);
  });

  it('with automatic layout', () => {
    const { types, token } = typesWith(() => [INT], 0);
    expect(types.natureOf(token)).toBe('notBlittable');
    expect(types.problemOf(structure(token))).toBe('autoLayout');
  });

  it('that holds itself ends', () => {
    const { types, token } = typesWith(() => [structure(makeToken(TableId.TypeDef, 2))]);
    expect(types.natureOf(token)).toBe('notBlittable');
  });
});

// dotnet/runtime `src/coreclr/vm/classlayoutinfo.cpp`, GetNestedFieldFlags: the field counts as the integer of its enumeration.
describe('an enumeration in a structure has no layout of its own', () => {
  const fields = (metadata: PInvokeMetadata): readonly Field[] => [INT, structure(enumeration(metadata))];

  it('for the question whether there is automatic layout', () => {
    const { types, token } = typesWith(fields, 8, { runtimeMarshallingDisabled: true });
    expect(types.holdsAutoLayout(token)).toBe(false);
    expect(types.problemOf(structure(token))).toBeUndefined();
  });

  it('where only bits cross', () => {
    const builder = new PInvokeMetadata();
    const token = builder.type('Sample', fields(builder));
    builder.attribute(makeToken(TableId.Assembly, 1), 'System.Runtime.CompilerServices', 'DisableRuntimeMarshallingAttribute');
    const types = new CrossingTypes(builder.build(), 8, { direction: 'forward', host: 'core' });
    expect(types.of(structure(token), undefined, { isResult: false })).toMatchObject({ blittable: true, abi: { size: 8 } });
  });
});
