// What the builder writes is read back: heaps, tables, widths.
import { UsageError } from '@ijw/binary';
import { isNilToken, Metadata, makeToken, methodFullName, nilToken, TableId, typeFullName } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
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

describe('heaps', () => {
  test('what is equal is stored once', () => {
    const builder = new MetadataBuilder();
    expect([builder.strings.add('a'), builder.strings.add('b'), builder.strings.add('a'), builder.strings.add('')]).toEqual([1, 3, 1, 0]);
    expect([builder.blobs.add(Uint8Array.of(1)), builder.blobs.add(Uint8Array.of(2)), builder.blobs.add(Uint8Array.of(1))]).toEqual([
      1, 3, 1,
    ]);
    expect([builder.userStrings.add('x'), builder.userStrings.add('x')]).toEqual([1, 1]);
    expect([builder.guids.add(MVID), builder.guids.add(MVID)]).toEqual([1, 1]);
    expect(() => builder.guids.add(new Uint8Array(15))).toThrow(UsageError);
  });

  test('strings that are no UTF-8, blobs whose length lies', () => {
    const builder = new MetadataBuilder();
    const string = builder.strings.addBytes(Uint8Array.of(0x61, 0xff, 0x62));
    const blob = builder.blobs.addRaw(Uint8Array.of(0x7f, 1, 2));
    const half = builder.blobs.addRaw(Uint8Array.of(0xc0));
    const metadata = Metadata.parse(builder.build());
    expect(metadata.strings.get(string)).toBe('a\ufffdb');
    for (const offset of [blob, half]) expect(() => metadata.blobs.get(offset)).toThrow(expect.objectContaining({ code: 'TRUNCATED' }));
    expect(() => metadata.blobs.get(1000)).toThrow(expect.objectContaining({ code: 'BAD_BLOB_OFFSET' }));
  });

  // II.24.2.4: the last byte is 1 for text that needs more than 8-bit handling.
  test.each([
    ['plain text.', 0],
    ["it's", 1],
    ['a-b', 1],
    ['\t\r\n', 0],
    ['\u0001', 1],
    ['\u007f', 1],
    ['\u00e9', 0],
    ['\u0100', 1],
    ['\ud800', 1],
  ])('%j ends with %i', (text, terminal) => {
    const builder = new MetadataBuilder();
    const offset = builder.userStrings.add(text);
    const { userStrings } = Metadata.parse(builder.build());
    expect(userStrings.get(offset)).toBe(text);
    expect(userStrings.terminal(offset)).toBe(terminal);
    expect(userStrings.utf16(offset)).toHaveLength(text.length * 2);
    expect([...userStrings.entries()]).toEqual([{ offset, text }]);
  });

  test('user strings of any length, and ones without a last byte', () => {
    const builder = new MetadataBuilder();
    const long = 'x\ud800'.repeat(5000);
    const offset = builder.userStrings.add(long);
    const even = builder.userStrings.addBytes(Uint8Array.of(0x41, 0));
    const { userStrings } = Metadata.parse(builder.build());
    expect(userStrings.get(offset)).toBe(long);
    expect([userStrings.get(even), userStrings.terminal(even)]).toEqual(['A', undefined]);
    expect(userStrings.get(0)).toBe('');
  });
});

test('what no row or column is, is the caller’s fault', () => {
  const builder = sample();
  expect(() => builder.set('TypeDef', 9, 'Name', 1)).toThrow(UsageError);
  expect(() => builder.add('TypeDef', { Extends: makeToken(TableId.Field, 1) })).toThrow(UsageError);
  expect(() => Metadata.parse(builder.build()).tables.TypeDef.column('RVA' as 'Name')).toThrow(UsageError);
});
