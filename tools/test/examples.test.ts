// Runs every program of examples/ and the command of the front page, and compares what they print with the pages.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../cli/src/run.ts';
import { memoryIo } from '../../cli/test/memory-io.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'examples');
const readme = readFileSync(join(folder, 'README.md'), 'utf8');

/** Each `console` block: the program, its arguments, and what it prints. */
const runs = Array.from(
  readme.matchAll(/^```console\n\$ npm run --silent tool examples\/(\S+) ?(.*)\n([\s\S]*?)\n```$/gm),
  ([, program = '', args = '', output = '']) => ({ program, args: args.split(' ').filter(Boolean), output }),
);

/** Where the page has the program that other examples read, and where the test has it. */
const PROGRAM = 'examples/program.dll';
const scratch = mkdtempSync(join(tmpdir(), 'ijw-examples-'));
const written = join(scratch, 'program.dll');

afterAll(() => rmSync(scratch, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const onDisk = (argument: string): string =>
  argument === PROGRAM ? written : argument.startsWith('node_modules/') ? join(root, argument) : argument;

/** What a program prints, run in this process. */
async function printed(program: string, args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values: readonly unknown[]) => lines.push(format(...values)));
  vi.spyOn(process, 'argv', 'get').mockReturnValue([process.execPath, program, ...args.map(onDisk)]);
  await import(join(folder, program));
  return lines.join('\n').trimEnd();
}

/** In a page, `…` on a line stands for lines that are left out. */
function expectText(text: string, shown: string): void {
  let rest = text;
  for (const [index, piece] of shown.split('\n…\n').entries()) {
    if (index === 0) expect(rest.slice(0, piece.length)).toBe(piece);
    else expect(rest).toContain(`\n${piece}`);
    rest = rest.slice(rest.indexOf(piece) + piece.length);
  }
  expect(rest.trim()).toBe('');
}

describe('an example', () => {
  it('stands in the README, ten of them beside the program that they read', () => {
    const programs = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    expect(runs.map(({ program }) => program).sort()).toEqual(programs.sort());
    expect(programs.length).toBe(11);
  });

  it.each(runs)('$program prints what the README says', async ({ program, args, output }) => {
    const text = await printed(program, program === 'program.ts' ? [PROGRAM] : args);
    expectText(text.replaceAll(written, PROGRAM), output);
  });

  it.each(runs)('$program is short', ({ program }) => {
    expect(readFileSync(join(folder, program), 'utf8').split('\n').length).toBeLessThanOrEqual(40);
  });
});

it('the front page shows what `ijw info` prints', async () => {
  const page = readFileSync(join(root, 'README.md'), 'utf8');
  const [, file = '', output = ''] = /^```console\n\$ ijw info (\S+)\n([\s\S]*?)\n```$/m.exec(page) ?? [];
  const io = memoryIo({ [file]: readFileSync(join(root, file)) });
  expect(await run(['info', file], io)).toBe(0);
  expectText(io.output.text, output);
});
