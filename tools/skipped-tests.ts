import { readFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** A test or an empty suite that did not run: its full name, its file, and that file's first line. */
export interface SkippedTest {
  readonly name: string;
  readonly file: string;
  readonly firstLine: string;
}

const REASON = /\(skipped without ([^)]*)\)/;

/** One line a reason: `Skipped without ../shared: 12 tests in 3 files`. A reason stands in the name of the test, of its suites, or in the file's first line. */
export function skippedTestsText(skipped: readonly SkippedTest[]): string {
  const reasons = new Map<string, { tests: number; files: Set<string> }>();
  for (const { name, file, firstLine } of skipped) {
    const reason = (REASON.exec(name) ?? REASON.exec(firstLine))?.[1] ?? 'a reason in its name';
    const entry = reasons.get(reason) ?? { tests: 0, files: new Set() };
    reasons.set(reason, { tests: entry.tests + 1, files: entry.files.add(file) });
  }
  return Array.from(reasons, ([reason, { tests, files }]) => `Skipped without ${reason}: ${tests} tests in ${files.size} files\n`).join('');
}

function* skippedIn(module: TestModule): Generator<SkippedTest> {
  const [firstLine = ''] = readFileSync(module.moduleId, 'utf8').split('\n', 1);
  for (const test of module.children.allTests('skipped')) yield { name: test.fullName, file: module.moduleId, firstLine };
  for (const suite of module.children.allSuites())
    if (suite.state() === 'skipped' && suite.children.size === 0) yield { name: suite.fullName, file: module.moduleId, firstLine };
}

/** Prints once, after all tests, how many were skipped and what they need. */
export class SkippedTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    process.stdout.write(skippedTestsText(modules.flatMap((module) => [...skippedIn(module)])));
  }
}
