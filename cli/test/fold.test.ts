// What a terminal shows: lines folded at words under their column, colours in IL; pipes and files get every line whole.
import { buildMixedImage, managedSample } from '@ijw/fixtures';
import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { colouredIL } from '../src/commands/dis.ts';
import { columns } from '../src/output/columns.ts';
import { foldedLine, foldedText, LineWriter } from '../src/output/fold.ts';
import { key, table } from '../src/output/table.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const files = {
  'mixed.dll': buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 6, slots: ['Add'] }] }).bytes,
  'managed.dll': managedSample(),
};
const style = new Chalk({ level: 2 });
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

describe('folding', () => {
  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['short', 7, ['short']],
    ['System.Collections.List', 12, ['System.', 'Collections.', 'List']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
  ] as const)('%s at %i', (text, width, lines) => {
    expect(foldedText(text, width)).toEqual(lines);
  });

  it('hangs a line under its last column, and keeps every word and colour', () => {
    const line = `  ${style.dim('name')}    ${style.red('alpha beta gamma delta epsilon zeta')}`;
    const folded = foldedLine(line, 30);
    const plain = folded.replaceAll(COLOURS, '').split('\n');
    expect(plain).toEqual(['  name    alpha beta gamma', '          delta epsilon zeta']);
    expect(folded.match(COLOURS)).toEqual(line.match(COLOURS));
  });

  it('folds cells within their columns', () => {
    const rows = [
      ['token', 'a name of several words', 'what it is for and why'],
      ['0x06000001', 'x', 'y'],
    ];
    const text = [...columns(rows, '  ', 44)].join('');
    expect(text).toBe(
      '  token       a name of       what it is for\n              several words   and why\n  0x06000001  x               y\n',
    );
  });

  it('writes a table as records where they take fewer lines, and folds a fact under its own beginning', () => {
    const plain = new Chalk({ level: 0 });
    const titles = [key('token'), 'kind', key('method'), 'target'];
    const rows = [
      ['0x06000001', 'named', 'Ns.Type::Method', 'a.dll!A function of several words'],
      ['0x06000002', '', 'Ns.Type::Other', 'b.dll!F'],
    ];
    expect([...table(titles, rows, { style: plain, width: 40 }, '')].join('')).toBe(
      [
        '0x06000001  Ns.Type::Method',
        '    kind named',
        '    target a.dll!A function of several',
        '           words',
        '0x06000002  Ns.Type::Other',
        '    target b.dll!F\n',
      ].join('\n'),
    );
    expect([...table(titles, rows, { style: plain, width: 80 }, '')].join('')).toBe(
      [...table(titles, rows, { style: plain }, '')].join(''),
    );
  });

  it('cuts nothing without a terminal', () => {
    const long = 'x'.repeat(5000);
    expect([...columns([[long, long]])].join('')).toBe(`${long}  ${long}\n`);
  });

  it('joins lines that come in pieces', () => {
    const lines: string[] = [];
    const writer = new LineWriter(
      (text) => void lines.push(text),
      (line) => `<${line}>`,
    );
    for (const piece of ['ab', 'c\nde', new TextEncoder().encode('f\ng')]) writer.write(piece);
    writer.end();
    expect(lines.join('')).toBe('<abc>\n<def>\n<g>');
  });
});

/** Lines of titles: records have those of their key cells not at all, and the others at each fact. */
const TITLES = /^ *(token|slot) .*$/gm;

/** How often each letter occurs. */
function counted(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return counts;
}

describe.each([
  ['info', 'mixed.dll'],
  ['headers', 'mixed.dll'],
  ['tables', 'managed.dll', 'MethodDef'],
  ['dis', 'managed.dll'],
  ['boundary', 'mixed.dll'],
  ['interop', 'inventory', 'managed.dll'],
  ['lint', 'mixed.dll'],
  ['load', 'mixed.dll', '--trace'],
  ['tour', 'mixed.dll'],
  ['stubs', 'mixed.dll', '--for', 'c'],
])('ijw %s %s %s', (...words) => {
  const given = words.filter((word) => word !== undefined);
  const shown = async (terminal: object) => {
    const io = { ...memoryIo(files), ...terminal };
    await run(given, io);
    return io.output.text;
  };
  const letters = (text: string) => text.replaceAll(COLOURS, '').replaceAll(/\s/g, '');

  it.each([80, 200])('fits a terminal of %i columns', async (width) => {
    const text = await shown({ isTerminal: true, width });
    for (const line of text.replaceAll(COLOURS, '').split('\n')) expect(line.length, line).toBeLessThanOrEqual(width);
    const left = counted(letters(text));
    for (const [letter, count] of counted(letters((await shown({})).replaceAll(TITLES, ''))))
      expect(left.get(letter) ?? 0, letter).toBeGreaterThanOrEqual(count);
  });

  it('has no colours in a pipe, nor with NO_COLOR', async () => {
    const plain = await shown({});
    expect(plain).not.toMatch(COLOURS);
    expect(await shown({ isTerminal: true, width: 10_000, environment: { NO_COLOR: '1' } })).toBe(plain);
  });
});

it('colours IL by what its words are', () => {
  expect(colouredIL('  IL_0000:  ldstr      "a // b" // text', style)).toBe(
    `  ${style.dim('IL_0000:')}${style.yellow('  ldstr')}      ${style.green('"a // b"')} ${style.dim('// text')}`,
  );
  expect(colouredIL('.method public void M() cil managed', style)).toBe(`${style.cyan('.method')} public void M() cil managed`);
});
