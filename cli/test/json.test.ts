// The JSON writer: what `JSON.stringify` prints, in pieces, with numbers, bytes and lists as the contract has them.
import { lazyList, Repeated } from '@ijw/binary';
import { describe, expect, it } from 'vitest';
import { writeJson, writeJsonLine } from '../src/output/json.ts';

function written(value: unknown, write = writeJson): { readonly text: string; readonly pieces: number } {
  let text = '';
  let pieces = 0;
  write((chunk) => {
    text += chunk;
    pieces++;
  }, value);
  return { text, pieces };
}

const VALUES: readonly unknown[] = [
  {},
  [],
  null,
  true,
  'text with "quotes", \\ and \u0001 \u2028 \ud800',
  [1, -0, 1.5e300, Number.NaN, Number.POSITIVE_INFINITY],
  { absent: undefined, list: [undefined, null, () => 0], nested: { empty: {}, none: [] }, 'a key': 'ä' },
  [[[]], [{}], [{ a: [1, { b: 2 }] }]],
  { date: new Date(0) },
];

describe('a document', () => {
  it.each(VALUES.map((value) => [value]))('%j is written as JSON.stringify prints it', (value) => {
    expect(written(value).text).toBe(`${JSON.stringify(value, null, 2)}\n`);
    expect(written(value, writeJsonLine).text).toBe(`${JSON.stringify(value)}\n`);
  });

  it('has integers as numbers up to 2^53 and as text beyond, bytes as hexadecimal', () => {
    const value = {
      small: 42n,
      most: BigInt(Number.MAX_SAFE_INTEGER),
      beyond: 2n ** 53n,
      bytes: Uint8Array.of(0, 0xab),
      buffer: Buffer.from([1]),
    };
    expect(JSON.parse(written(value).text)).toEqual({
      small: 42,
      most: Number.MAX_SAFE_INTEGER,
      beyond: '0x20000000000000',
      bytes: '00ab',
      buffer: '01',
    });
  });

  it('holds generators and lazy lists as arrays', () => {
    function* numbers(): Generator<number> {
      yield 1;
      yield 2;
    }
    const value = { numbers: numbers(), lazy: lazyList([1, 2], (item) => ({ item })), empty: lazyList([], String) };
    expect(JSON.parse(written(value).text)).toEqual({ numbers: [1, 2], lazy: [{ item: 1 }, { item: 2 }], empty: [] });
  });

  it('has the text of a repeated part once a depth', () => {
    let read = 0;
    function* items(): Generator<object> {
      read++;
      yield { a: [1, 'ä'] };
    }
    const part = new Repeated({ [Symbol.iterator]: items });
    const value = { list: [part, part, part], deeper: { list: [part] } };
    const plain = [{ a: [1, 'ä'] }];
    expect(written(value).text).toBe(`${JSON.stringify({ list: [plain, plain, plain], deeper: { list: [plain] } }, null, 2)}\n`);
    expect(read).toBe(2);
    expect(JSON.stringify(new Repeated([1]))).toBe('[1]');
  });

  it('writes each item of a lazy list before the next is made', () => {
    const order: string[] = [];
    const item = (index: number) => {
      order.push(`made ${index}`);
      return {
        *[Symbol.iterator]() {
          order.push(`written ${index}`);
          yield index;
        },
      };
    };
    written({ items: lazyList([1, 2, 3], item) });
    expect(order).toEqual(['made 1', 'written 1', 'made 2', 'written 2', 'made 3', 'written 3']);
  });

  it('goes out in pieces, also one long array of bytes', () => {
    const long = written({ items: lazyList(Array.from({ length: 50_000 }), (_, index) => ({ index })) });
    expect(long.pieces).toBeGreaterThan(10);
    expect(JSON.parse(long.text).items).toHaveLength(50_000);
    expect(written({ bytes: new Uint8Array(1_000_000) }).pieces).toBeGreaterThan(10);
  });
});
