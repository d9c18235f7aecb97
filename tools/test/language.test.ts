// Covers the language of sources, docs, READMEs and help: none of the words that house style avoids.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** What to write in place of each is in CONTRIBUTING.md. */
const AVOIDED: readonly RegExp[] = [
  /\b(?:is|are|was|were|be|been) (?:none|no(?! longer\b))\b/,
  /\b(?:nobody|whoever|anew|affairs?)\b/i,
  /\bof ours\b/,
  /\bat hand\b/,
  /\bcomes? to\b/,
  /\bstands? before\b/,
  /\b(?:starts|begins) no\b/,
  /\banswers (?:with|whether|what)\b|\*\* Answers\b/i,
];

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The files of the repository that match, committed or not yet. */
const tracked = (...patterns: readonly string[]): readonly string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ...patterns], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)));

/** Help is in the sources of the command line. Tests may name what they test as they like. */
const written = tracked(
  '*.md',
  'packages/*/src/*.ts',
  'cli/src/*.ts',
  'fixtures/src/*.ts',
  'tools/*.ts',
  'bench/*.ts',
  'examples/*.ts',
).filter((path) => !path.includes('/test/'));

/** CONTRIBUTING.md shows the words to avoid in the first column of a table. */
const textOf = (path: string): string => (path === 'CONTRIBUTING.md' ? read(path).replace(/^\| .*? \|/gm, '|') : read(path));

/** `line: words` for every avoided word of a text. */
function avoidedWords(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => AVOIDED.flatMap((pattern) => pattern.exec(line) ?? []).map((words) => `${index + 1}: ${words}`));
}

describe('plain English', () => {
  it('is told from the other kind', () => {
    expect(avoidedWords('A\n70000 is no row number, whoever asks')).toEqual(['2: is no', '2: whoever']);
    expect(avoidedWords('The slot is no longer at no place')).toEqual([]);
  });

  it('is what every file is written in', () => {
    expect(written.length).toBeGreaterThan(500);
    const found = written.flatMap((path) => avoidedWords(textOf(path)).map((words) => `${path}:${words}`));
    expect(found).toEqual([]);
  });
});

const testFiles = tracked('*.test.ts');

describe('each test file', () => {
  it('says in its first line what it covers', () => {
    expect(testFiles.filter((path) => !/^(?:\/\/|\/\*\*?) \S.{10,}/.test(read(path)))).toEqual([]);
  });

  it('says what it is skipped without', () => {
    const skipping = testFiles.filter((path) => /\bskipIf\(/.test(read(path)));
    expect(skipping.filter((path) => !/\(skipped without /.test(read(path)))).toEqual([]);
  });
});
