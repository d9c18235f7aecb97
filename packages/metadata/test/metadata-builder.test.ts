import { isNilToken, Metadata, MetadataBuilder, makeToken, methodFullName, nilToken, TableId, typeFullName } from '@ijw/metadata';
import { describe, expect, test } from 'vitest';

const MVID = '01234567-89ab-cdef-0123-456789abcdef';

/** One type with a field and two methods, nested in another. */
function sample(): MetadataBuilder {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'sample.dll', Mvid: MVID });
  builder.add('TypeDef', { Name: '<Module>' });
  const outer = builder.add('TypeDef', { Name: 'Outer', Namespace: 'Ns' });
  builder.add('Field', { Name: 'field', Signature: Uint8Array.of(6, 8) });
  builder.add('MethodDef', { Name: 'First', Signature: Uint8Array.of(0, 0, 1) });
  const inner = builder.add('TypeDef', { Name: 'Inner' });
  builder.add('MethodDef', { Name: 'Second', Signature: Uint8Array.of(0, 0, 1) });
  builder.add('NestedClass', { NestedClass: inner, EnclosingClass: outer });
  return builder;
}

describe.each(['#~', '#-'] as const)('metadata written as %s', (tablesStream) => {
  const metadata = Metadata.parse(sample().build({ tablesStream }));

  test('has the streams, the version and the schema', () => {
    expect(metadata.root.version).toBe('v4.0.30319');
    expect(metadata.root.streams.map(({ name }) => name)).toEqual([tablesStream, '#Strings', '#US', '#GUID', '#Blob']);
    expect(metadata.selected.format).toBe(tablesStream === '#~' ? 'compressed' : 'uncompressed');
    expect(metadata.guids.get(metadata.tables.Module.get(1, 'Mvid'))).toBe(MVID);
  });

  test('gives every type its members', () => {
    expect([...metadata.methodsOf(1)]).toEqual([]);
    expect([...metadata.methodsOf(2)]).toEqual([1]);
    expect([...metadata.methodsOf(3)]).toEqual([2]);
    expect([...metadata.fieldsOf(2)]).toEqual([1]);
    expect(metadata.declaringType(makeToken(TableId.MethodDef, 2))).toBe(0x02000003);
    expect(isNilToken(metadata.declaringType(makeToken(TableId.MethodDef, 3)))).toBe(true);
  });

  test('names nested types and their members', () => {
    expect(typeFullName(metadata, makeToken(TableId.TypeDef, 3))).toBe('Ns.Outer/Inner');
    expect(typeFullName(metadata, nilToken)).toBe('');
    expect(methodFullName(metadata, makeToken(TableId.MethodDef, 2))).toBe('Ns.Outer/Inner::Second');
  });
});
