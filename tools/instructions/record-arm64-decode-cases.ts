// Writes packages/machine/testdata/arm64-decode.txt: for each row of the table two words with capstone's text, where it is the same.
import { writeFileSync } from 'node:fs';
import { arm64MnemonicText, arm64OperandsText, arm64Row } from '@ijw/machine/instructions';
import { arm64Encodings } from '../../packages/machine/src/instructions/arm64/encodings.ts';
import { randomWords } from './arm64-sections.ts';
import { CapstoneOracle } from './capstone-oracle.ts';

const PER_ROW = 2;
const TRIES = 400;
const BASE = 0x1000n;

/** Random words that a row applies to. */
function wordsOf(row: number, random: Uint32Array): number[] {
  const [mask, value] = [arm64Encodings().mask[row] ?? 0, arm64Encodings().value[row] ?? 0];
  const found = new Set<number>();
  for (const word of random) {
    const candidate = (word & ~mask) | value;
    if (arm64Row(candidate) === row) found.add(candidate);
    if (found.size === PER_ROW) break;
  }
  return [...found];
}

const oracle = await CapstoneOracle.load();
const random = randomWords(TRIES).words;
const lines: string[] = [];
for (let row = 0; row < arm64Encodings().count; row++) {
  for (const word of wordsOf(row, random)) {
    const [text = ''] = oracle.texts(Uint32Array.of(word), BASE);
    const ours = `${arm64MnemonicText(row, word)} ${arm64OperandsText(row, word, BASE)}`.trim();
    if (text === ours) lines.push(`${(word >>> 0).toString(16).padStart(8, '0')}|${text}`);
  }
}
const header = [
  '# word | text at address 0x1000, by capstone-wasm 1.0.3 (capstone 5.0) with its usual options',
  '# Recorded by tools/instructions/record-arm64-decode-cases.ts.',
];
writeFileSync('packages/machine/testdata/arm64-decode.txt', `${[...header, ...lines.sort()].join('\n')}\n`);
console.log(`${lines.length} cases, ${arm64Encodings().count} rows`);
