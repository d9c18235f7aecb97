// Tables of ECMA-335 II.22: numbers, widths of columns, which are sorted.
import {
  type ColumnKind,
  codedIndexes,
  columnWidth,
  HeapSizes,
  layoutTables,
  pointerTables,
  sortColumns,
  TableId,
  type TableName,
  tableNameOf,
  tableNames,
  tableSchemas,
} from '@ijw/metadata';
import { describe, expect, test } from 'vitest';

const kinds = tableNames.flatMap((table) =>
  Object.entries<ColumnKind>(tableSchemas[table]).map(([column, kind]) => ({ name: `${table}.${column}`, kind })),
);

/** Row counts of 0 but for those given. */
const counts = (rows: Partial<Record<TableName, number>> = {}): number[] => {
  const all = new Array<number>(64).fill(0);
  for (const [table, count] of Object.entries(rows)) all[TableId[table as TableName]] = count;
  return all;
};

const width = (kind: ColumnKind, rows: Partial<Record<TableName, number>> = {}, heapSizes = 0, forceLarge = false) =>
  columnWidth(kind, { heapSizes, rowCounts: counts(rows), forceLarge });

/** The tables whose size a column's width depends on, and the row count from which it is 4 bytes. */
function dependencies(kind: ColumnKind): readonly { readonly table: TableName; readonly limit: number }[] {
  switch (kind.kind) {
    case 'table':
      return [{ table: kind.table, limit: 0x10000 }];
    case 'run': {
      const pointers = pointerTables[kind.table as keyof typeof pointerTables];
      return [kind.table, ...(pointers ? [pointers] : [])].map((table) => ({ table, limit: 0x10000 }));
    }
    case 'coded': {
      const { tagBits, tables } = codedIndexes[kind.coded];
      return tables.filter((table) => table !== undefined).map((table) => ({ table, limit: 2 ** (16 - tagBits) }));
    }
    default:
      return [];
  }
}

describe('the width of a column', () => {
  test.each(kinds.filter(({ kind }) => dependencies(kind).length > 0))(
    '$name is 4 bytes once a table it names has too many rows',
    ({ kind }) => {
      expect(width(kind)).toBe(2);
      expect(width(kind, {}, 0, true)).toBe(4);
      for (const { table, limit } of dependencies(kind)) {
        expect(width(kind, { [table]: limit - 1 })).toBe(2);
        expect(width(kind, { [table]: limit })).toBe(4);
      }
    },
  );

  test.each(kinds.filter(({ kind }) => dependencies(kind).length === 0))('$name depends on its heap alone', ({ kind }) => {
    const everyTableFull = Object.fromEntries(tableNames.map((table) => [table, 0xffffff]));
    const bits = { string: HeapSizes.LargeStrings, guid: HeapSizes.LargeGuids, blob: HeapSizes.LargeBlobs } as const;
    const fixed = kind.kind === 'u32' ? 4 : 2;
    expect(width(kind, everyTableFull)).toBe(fixed);
    if (kind.kind in bits) {
      expect(width(kind, {}, bits[kind.kind as keyof typeof bits])).toBe(4);
      expect(width(kind, {}, 0, true)).toBe(4);
    } else expect(width(kind, {}, 0xff, true)).toBe(fixed);
  });
});

// Row sizes of II.22 with every index 2 bytes wide, and with every index 4 bytes wide.
test.each([
  ['Module', 10, 18],
  ['TypeRef', 6, 12],
  ['TypeDef', 14, 24],
  ['Field', 6, 10],
  ['MethodDef', 14, 20],
  ['Param', 6, 8],
  ['MemberRef', 6, 12],
  ['CustomAttribute', 6, 12],
  ['ClassLayout', 8, 10],
  ['ImplMap', 8, 14],
  ['FieldRVA', 6, 8],
  ['Assembly', 22, 28],
  ['AssemblyRef', 20, 28],
  ['ExportedType', 14, 20],
  ['ManifestResource', 12, 16],
  ['GenericParam', 8, 12],
  ['LocalScope', 16, 24],
  ['CustomDebugInformation', 6, 12],
] as const)('a row of %s takes %i bytes, or %i', (table, small, large) => {
  expect(layoutTables({ heapSizes: 0, rowCounts: counts(), forceLarge: false })[table].rowSize).toBe(small);
  expect(layoutTables({ heapSizes: 0, rowCounts: counts(), forceLarge: true })[table].rowSize).toBe(large);
});

test('every table has a number of its own, in order, and a schema', () => {
  const ids = tableNames.map((name) => TableId[name]);
  expect(ids).toEqual([...new Set(ids)].sort((left, right) => left - right));
  expect(Object.keys(tableSchemas)).toEqual([...tableNames]);
  for (const name of tableNames) expect(tableNameOf(TableId[name])).toBe(name);
  expect(tableNameOf(0x2d)).toBeUndefined();
});

test('sorted tables are those of the sorted bits that compilers write', () => {
  const bits = Object.keys(sortColumns).reduce((mask, name) => mask | (1n << BigInt(TableId[name as TableName])), 0n);
  // 0x16003301fa00 for an assembly (II.24.2.6), 0x00c4… more for a portable PDB.
  expect(bits & 0xffffffffffffn).toBe(0x16003301fa00n);
  for (const [table, column] of Object.entries(sortColumns)) expect(tableSchemas[table as TableName]).toHaveProperty(column);
});
