// Runs every program of examples/ and compares what it prints with examples/README.md.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';

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

describe('an example', () => {
  it('stands in the README, ten of them beside the program that they read', () => {
    const programs = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    expect(runs.map(({ program }) => program).sort()).toEqual(programs.sort());
    expect(programs.length).toBe(11);
  });

  it.each(runs)('$program prints what the README says', async ({ program, args, output }) => {
    const text = await printed(program, program === 'program.ts' ? [PROGRAM] : args);
    const [head = '', tail = ''] = output.split('\n…\n');
    expect(text.replaceAll(written, PROGRAM).slice(0, output.includes('\n…\n') ? head.length : undefined)).toBe(head);
    expect(text.endsWith(tail)).toBe(true);
  });

  it.each(runs)('$program is short', ({ program }) => {
    expect(readFileSync(join(folder, program), 'utf8').split('\n').length).toBeLessThanOrEqual(40);
  });
});
