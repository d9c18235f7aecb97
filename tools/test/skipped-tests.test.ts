// Covers the lines after a test run that say what was skipped and why.
import { expect, it } from 'vitest';
import { skippedTestsText } from '../skipped-tests.ts';

const COVERS = '// Facts of the corpus (skipped without ../shared).';

it('counts tests and files by reason', () => {
  expect(
    skippedTestsText([
      { name: 'compiles (skipped without g++)', file: 'a', firstLine: COVERS },
      { name: 'one', file: 'b', firstLine: COVERS },
      { name: 'two', file: 'b', firstLine: COVERS },
      { name: 'three', file: 'c', firstLine: COVERS },
    ]),
  ).toBe('Skipped without g++: 1 tests in 1 files\nSkipped without ../shared: 3 tests in 2 files\n');
});

it('says nothing when every test has run', () => {
  expect(skippedTestsText([])).toBe('');
});
