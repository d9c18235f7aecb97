// What reaches a terminal: no controls, nothing that turns the direction of text, and every other character as it is.
import { lazyList, printable } from '@ijw/binary';
import { describe, expect, it } from 'vitest';

describe('printable', () => {
  it('writes a long text in pieces, none of it lost', () => {
    const text = `${'a\u0000'.repeat(100_000)}end`;
    expect(printable(text)).toBe(`${'a\\u0000'.repeat(100_000)}end`);
  });

  it('writes every control, bidirectional control and line separator as an escape', () => {
    const codes = [
      ...Array.from({ length: 0x20 }, (_, code) => code),
      ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index),
      ...[0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
    ];
    for (const code of codes)
      expect(printable(`a${String.fromCharCode(code)}b`), code.toString(16)).toMatch(/^a\\(?:[nrt]|u[0-9a-f]{4})b$/);
  });

  it('writes line ends and tabs as C does, others by their number', () => {
    expect(printable('a\nb\r\tc\u001b[2J\u202e')).toBe('a\\nb\\r\\tc\\u001b[2J\\u202e');
  });

  it('leaves other text alone: backslashes of paths, letters of any script, pairs of surrogates', () => {
    for (const text of ['C:\\sources\\a.cs', 'naïve', '中文', '𝒳😀', '', ' ~']) expect(printable(text)).toBe(text);
  });
});

describe('a lazy list', () => {
  it('makes its items each time it is read, and is an array to JSON', () => {
    let made = 0;
    const list = lazyList([1, 2], (item, index) => {
      made++;
      return item * 10 + index;
    });
    expect(made).toBe(0);
    expect([...list]).toEqual([10, 21]);
    expect([...list]).toEqual([10, 21]);
    expect(made).toBe(4);
    expect(JSON.stringify({ list })).toBe('{"list":[10,21]}');
  });
});
