// Writes the generated instruction data. `--check` compares instead, and fails where a file is not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { ARM64_TABLE_FILES, generateArm64 } from './generate-arm64.ts';
import { generateX86, X86_TABLE_FILES } from './generate-x86.ts';

const INSTRUCTIONS = 'packages/machine/src/instructions';
const GENERATED = 'packages/machine/src/generated';
const table = (architecture: string, name: string): string => readFileSync(`${INSTRUCTIONS}/${architecture}/table/${name}.txt`, 'utf8');

const outputs = {
  x86: generateX86(X86_TABLE_FILES.map((name) => table('x86', name))),
  arm64: generateArm64(
    ARM64_TABLE_FILES.map((name) => table('arm64', name)),
    table('arm64', 'system-registers'),
  ),
};

for (const [architecture, text] of Object.entries(outputs)) {
  const output = `${GENERATED}/${architecture}-encodings.ts`;
  if (!process.argv.includes('--check')) writeFileSync(output, text);
  else if (readFileSync(output, 'utf8') !== text) {
    console.error(`${output} is not up to date: run npm run generate`);
    process.exitCode = 1;
  }
}
