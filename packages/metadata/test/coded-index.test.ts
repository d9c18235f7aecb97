// Coded indexes of ECMA-335 II.24.2.6: every kind, both directions.
import { BadImageError, UsageError } from '@ijw/binary';
import {
  type CodedIndexKind,
  codedIndexes,
  decodeCodedIndex,
  encodeCodedIndex,
  isNilToken,
  makeToken,
  nilToken,
  TableId,
  type TableName,
  tokenRid,
  tokenTable,
} from '@ijw/metadata';
import { describe, expect, test } from 'vitest';

const kinds = Object.keys(codedIndexes) as CodedIndexKind[];
const tablesOf = (kind: CodedIndexKind): readonly (TableName | undefined)[] => codedIndexes[kind].tables;

describe.each(kinds)('%s', (kind) => {
  const { tagBits } = codedIndexes[kind];
  const limit = 2 ** tagBits;

  test('takes every table by its tag, there and back', () => {
    for (const [tag, table] of tablesOf(kind).entries()) {
      if (table === undefined) continue;
      for (const rid of [1, 2, 0xffff >> tagBits, 0x10000, Math.min(0xffffff, 2 ** (32 - tagBits) - 1)]) {
        const raw = rid * limit + tag;
        const token = decodeCodedIndex(kind, raw);
        expect([tokenTable(token), tokenRid(token)]).toEqual([TableId[table], rid]);
        expect(encodeCodedIndex(kind, token)).toBe(raw);
      }
    }
  });

  test('is nil for row 0, whatever the tag', () => {
    for (let tag = 0; tag < limit; tag++) expect(decodeCodedIndex(kind, tag)).toBe(nilToken);
    expect(encodeCodedIndex(kind, nilToken)).toBe(0);
  });

  test('refuses a tag that is no table’s and a row beyond 24 bits', () => {
    for (let tag = 0; tag < limit; tag++) {
      if (tablesOf(kind)[tag] !== undefined) continue;
      expect(() => decodeCodedIndex(kind, limit + tag)).toThrow(expect.objectContaining({ code: 'BAD_CODED_INDEX' }));
    }
    if (tagBits < 8) {
      const tag = tablesOf(kind).findIndex((table) => table !== undefined);
      expect(() => decodeCodedIndex(kind, 0x1000000 * limit + tag)).toThrow(BadImageError);
    }
  });

  test('refuses to encode a token of another table', () => {
    const other = (Object.keys(TableId) as TableName[]).find((table) => !tablesOf(kind).includes(table))!;
    expect(() => encodeCodedIndex(kind, makeToken(TableId[other], 1))).toThrow(UsageError);
  });
});

test('a token is its table and its row', () => {
  const token = makeToken(TableId.MethodDef, 0x123456);
  expect(token).toBe(0x06123456);
  expect(isNilToken(makeToken(TableId.TypeDef, 0))).toBe(true);
  expect(() => makeToken(TableId.TypeDef, 0x1000000)).toThrow(UsageError);
  expect(() => makeToken(TableId.TypeDef, -1)).toThrow(UsageError);
});
