// Texts of a firmware that begin something again and again and never end it: each is read in one pass, where looking for the end from every beginning takes minutes.
import { describe, expect, it } from 'vitest';
import { isLinkerMap, isScatterFile, readLinkerMap, readScatterFile } from '../../src/tinyclr/index.ts';

const MANY = 200_000;

describe('a scatter file', () => {
  it.each(['/*', '//', '#', 'MEMORY{', 'MEMORY {\n', 'A 1', 'A 1 ', 'A 1\n', ' \n', '\n', '\t', ';', 'a:o='])('of many %j', (piece) => {
    expect(isScatterFile(piece.repeat(MANY))).toBe(false);
  });

  it.each(['a', 'a:o=', 'a ', 'a(', 'a:o=1,l=', 'a:o=1,l=a', ' '])('whose MEMORY has many %j', (piece) => {
    const text = `MEMORY{${piece.repeat(16_000 / piece.length)}}`;
    expect(isScatterFile(text)).toBe(true);
    expect(() => readScatterFile(text)).toThrow(expect.objectContaining({ code: expect.stringMatching(/SCATTER_FILE$/) }));
  });

  it('ends at a comment without an end', () => {
    expect(readScatterFile('MEMORY { A : ORIGIN = 1, LENGTH = 2 } /* MEMORY')).toEqual([{ name: 'A', origin: 1, length: 2 }]);
    expect(isScatterFile('/* MEMORY { A : ORIGIN = 1, LENGTH = 2 }')).toBe(false);
  });
});

describe('a linker map', () => {
  it.each(['\n', ' \n', 'VMA ', ' VMA LMA\n'])('of many %j', (piece) => {
    expect(isLinkerMap(piece.repeat(MANY))).toBe(false);
  });

  it.each([' 0x1 a', ' 0x1 a  a', '1 1 1 1 a  ', '.text', ' '])('with long lines of %j', (piece) => {
    const line = `${piece}${' a'.repeat(1000)}${' '.repeat(2000)}=\n`;
    for (const mark of [
      'Linker script and memory map\n',
      '     VMA      LMA     Size Align Out     In      Symbol\n',
      'Memory Map of the image\n',
    ])
      expect(readLinkerMap(mark + line.repeat(300)).regions).toEqual([]);
  });
});
