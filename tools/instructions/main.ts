// Writes the generated instruction data. `--check` compares instead, and fails where a file is not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { generateX86, X86_TABLE_FILES } from './generate-x86.ts';

const INSTRUCTIONS = 'packages/machine/src/instructions';
const output = 'packages/machine/src/generated/x86-encodings.ts';
const text = generateX86(X86_TABLE_FILES.map((name) => readFileSync(`${INSTRUCTIONS}/x86/table/${name}.txt`, 'utf8')));

if (process.argv.includes('--check')) {
  if (readFileSync(output, 'utf8') !== text) {
    console.error(`${output} is not up to date: run npm run generate`);
    process.exitCode = 1;
  }
} else writeFileSync(output, text);
