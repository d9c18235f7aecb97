// Rows of every table, with narrow and wide indexes.
import { BadImageError } from '@ijw/binary';
import {
  type ColumnKind,
  type ColumnName,
  codedIndexes,
  HeapSizes,
  Metadata,
  makeToken,
  TableId,
  type TableName,
  type Token,
  tableNames,
  tableSchemas,
  UserStringTokenTag,
} from '@ijw/metadata';
import { MetadataBuilder, type RowInput } from '@ijw/metadata/builder';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** A raw cell that fits 2 bytes, or 4 where the column is always that wide. */
const cell = (kind: ColumnKind) => fc.nat(kind.kind === 'u32' ? 0xffffffff : 0xffff);

const rowsOf = (table: TableName) =>
  fc.array(fc.tuple(...Object.values<ColumnKind>(tableSchemas[table]).map((kind) => cell(kind))), { minLength: 1, maxLength: 6 });

function written(table: TableName, rows: readonly (readonly number[])[]): MetadataBuilder {
  const builder = new MetadataBuilder();
  const columns = Object.keys(tableSchemas[table]) as ColumnName<TableName>[];
  rows.forEach((row, index) => {
    builder.add(table);
    row.forEach((value, column) => {
      builder.set(table, index + 1, columns[column]! as never, value);
    });
  });
  return builder;
}

const forms = [
  { tablesStream: '#~', keepOrder: true },
  { tablesStream: '#-' },
  { tablesStream: '#-', minimalDelta: true },
  { tablesStream: '#~', keepOrder: true, largeHeaps: HeapSizes.LargeStrings | HeapSizes.LargeGuids | HeapSizes.LargeBlobs },
  { tablesStream: '#~', keepOrder: true, header: { extraData: 0x12345678 } },
] as const;

describe.each(tableNames)('%s', (table) => {
  test('rows are read as they were written, whatever the widths', () => {
    fc.assert(
      fc.property(rowsOf(table), fc.constantFrom(...forms), (rows, form) => {
        const read = Metadata.parse(written(table, rows).build(form)).tables[table];
        expect(read.rowCount).toBe(rows.length);
        expect(rows.map((_, index) => Object.values(read.row(index + 1)))).toEqual(rows);
      }),
      { numRuns: 15 },
    );
  });

  test('a row that is not there is an error of the file', () => {
    const read = Metadata.parse(written(table, []).build()).tables[table];
    for (const rid of [0, 1, -1, 1.5, Number.NaN, 0x1000000]) {
      expect(() => read.columns[0]!.at(rid)).toThrow(expect.objectContaining({ name: 'BadImageError', code: 'BAD_ROW' }));
    }
  });
});

test('columns take text, bytes, GUIDs and tokens', () => {
  const builder = new MetadataBuilder();
  builder.add('TypeRef', { Name: 'Name', Namespace: 'Ns', ResolutionScope: makeToken(TableId.AssemblyRef, 3) });
  builder.add('AssemblyRef', { Name: 'mscorlib', Major: 4, PublicKeyOrToken: Uint8Array.of(1, 2, 3) });
  builder.add('Module', { Name: 'm', Mvid: '00112233-4455-6677-8899-aabbccddeeff' });
  const metadata = Metadata.parse(builder.build());
  const { TypeRef, AssemblyRef, Module } = metadata.tables;
  expect(metadata.strings.get(TypeRef.get(1, 'Name'))).toBe('Name');
  expect(TypeRef.column('ResolutionScope').token(1)).toBe(0x23000003);
  expect([...metadata.blobs.get(AssemblyRef.get(1, 'PublicKeyOrToken'))]).toEqual([1, 2, 3]);
  expect(metadata.guids.get(Module.get(1, 'Mvid'))).toBe('00112233-4455-6677-8899-aabbccddeeff');
});

describe('tables of more than 65535 rows', () => {
  /** Every table that a column names, each in a file of its own, where it has just few and just too many rows for 2 bytes. */
  const targets = new Map<TableName, { table: TableName; column: string; limit: number }[]>();
  for (const table of tableNames) {
    for (const [column, kind] of Object.entries<ColumnKind>(tableSchemas[table])) {
      const named =
        kind.kind === 'coded' ? codedIndexes[kind.coded].tables.filter((name) => name !== undefined) : 'table' in kind ? [kind.table] : [];
      const limit = kind.kind === 'coded' ? 2 ** (16 - codedIndexes[kind.coded].tagBits) : 0x10000;
      for (const target of named) targets.set(target, [...(targets.get(target) ?? []), { table, column, limit }]);
    }
  }

  test.each([...targets.keys()])('%s: every column that names it can name its last row', (target) => {
    const wide = new MetadataBuilder();
    for (let row = 0; row < 0x10001; row++) wide.add(target);
    const last = makeToken(TableId[target], 0x10001) as Token;
    const columns = targets.get(target)!.filter(({ table }) => table !== target);
    for (const { table, column } of columns) wide.add(table, { [column]: last } as RowInput<TableName>);
    const { tables } = Metadata.parse(wide.build({ keepOrder: true }));
    for (const { table, column } of columns) {
      const read = tables[table].columns.find(({ name }) => name === column)!;
      expect(read.width).toBe(4);
      const tokens = Array.from({ length: read.rowCount }, (_, index) => read.tokenOrBad(index + 1));
      expect(tokens).toContain(last);
    }
  });
});

describe('heaps of more than 65535 bytes', () => {
  test('strings, blobs and GUIDs are found beyond it', () => {
    const large = new MetadataBuilder();
    for (let index = 0; index < 0x10001; index++)
      large.guids.add(Uint8Array.from({ length: 16 }, (_, byte) => (index >> (byte * 8)) & 0xff));
    large.strings.add('x'.repeat(0x10000));
    large.blobs.add(new Uint8Array(0x10000).fill(7));
    large.userStrings.add('y'.repeat(0x8000));
    const guid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    large.add('Module', { Name: 'after', Mvid: guid });
    large.add('TypeSpec', { Signature: Uint8Array.of(8) });
    const text = large.userStrings.add('after');
    const metadata = Metadata.parse(large.build());
    const { Module, TypeSpec } = metadata.tables;
    expect(Module.columns.map(({ width }) => width)).toEqual([2, 4, 4, 4, 4]);
    expect(metadata.strings.get(Module.get(1, 'Name'))).toBe('after');
    expect(metadata.guids.get(Module.get(1, 'Mvid'))).toBe(guid);
    expect([...metadata.blobs.get(TypeSpec.get(1, 'Signature'))]).toEqual([8]);
    expect(metadata.userStrings.get(text)).toBe('after');
    expect(UserStringTokenTag).toBe(0x70);
  });
});

test('a table or coded column whose value can name no row says which and where', () => {
  const bad = new MetadataBuilder();
  bad.add('TypeRef');
  bad.set('TypeRef', 1, 'ResolutionScope', 0xffff);
  bad.add('CustomAttribute');
  bad.set('CustomAttribute', 1, 'Type', (1 << 3) | 7);
  const { tables } = Metadata.parse(bad.build(), { base: 1000 });
  expect(tables.TypeRef.column('ResolutionScope').token(1)).toBe(0x01003fff);
  const type = tables.CustomAttribute.column('Type');
  expect(type.tokenOrBad(1)).toBe(-1);
  expect(() => type.token(1)).toThrow(BadImageError);
  expect(() => type.token(1)).toThrow(expect.objectContaining({ code: 'BAD_CODED_INDEX', reading: 'the CustomAttribute table' }));
});
