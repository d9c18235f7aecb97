import { readdirSync, readFileSync } from 'node:fs';
import type { TextStyle } from '../src/index.ts';

export interface NameCase {
  readonly file: string;
  readonly style: TextStyle;
  readonly decorated: string;
  /** The expected text, or the expected error as `position message`. */
  readonly expected: { readonly text: string } | { readonly error: string };
}

const folder = new URL('./cases/', import.meta.url);

/** All cases of cases/*.txt: `# style: …` first, then a name and, on the next line, `= text` or `! position message`; `#` begins comments. */
export function readCases(): NameCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .flatMap(readCaseFile);
}

function readCaseFile(file: string): NameCase[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').split('\n');
  const style = /^# style: (llvm|undname|short)$/.exec(lines[0] ?? '')?.[1] as TextStyle | undefined;
  if (style === undefined) throw new Error(`${file} does not begin with its style`);
  const cases: NameCase[] = [];
  for (let i = 1; i < lines.length; i++) {
    const decorated = lines[i] ?? '';
    if (decorated === '' || decorated.startsWith('#')) continue;
    const answer = lines[++i] ?? '';
    if (!/^[=!] /.test(answer)) throw new Error(`${file}:${i + 1} has no expectation for ${decorated}`);
    const expected = answer.startsWith('=') ? { text: answer.slice(2) } : { error: answer.slice(2) };
    cases.push({ file, style, decorated, expected });
  }
  return cases;
}
