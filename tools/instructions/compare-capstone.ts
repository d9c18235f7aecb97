// Compares decoder and text of arm64 with capstone at every word of executable sections. Arguments: PE and ELF files, `random:COUNT`.
import { arm64MnemonicText, arm64OperandsText, arm64Row } from '@ijw/machine/instructions';
import { type Arm64Section, arm64Sections, randomWords } from './arm64-sections.ts';
import { CapstoneOracle } from './capstone-oracle.ts';

const SHOWN = 80;
const BASE = 0x1_8000_1000n;

/** SVE (Arm ARM C4.1.1, op0 0b0010), which the table does not have. */
const isScalable = (word: number): boolean => ((word >>> 25) & 15) === 2;

function classOf(word: number, theirs: string, ours: string): string {
  if (isScalable(word)) return 'SVE';
  if (theirs === '') return `not for capstone: ${ours.split(' ')[0]}`;
  return ours === '' ? `not here: ${theirs.split(' ')[0]}` : `text of ${theirs.split(' ')[0]}`;
}

function compare(oracle: CapstoneOracle, { words }: Arm64Section, classes: Map<string, { count: number; readonly example: string }>): void {
  let at = 0;
  for (const theirs of oracle.texts(words, BASE)) {
    const word = (words[at] ?? 0) | 0;
    const row = arm64Row(word);
    const address = BASE + BigInt(at++ * 4);
    const ours = row < 0 ? '' : `${arm64MnemonicText(row, word)} ${arm64OperandsText(row, word, address)}`.trim();
    if (ours === theirs) continue;
    const name = classOf(word, theirs, ours);
    const found = classes.get(name);
    if (found) found.count++;
    else classes.set(name, { count: 1, example: `${(word >>> 0).toString(16).padStart(8, '0')} ${theirs} <> ${ours}` });
  }
}

const oracle = await CapstoneOracle.load();
const classes = new Map<string, { count: number; readonly example: string }>();
let places = 0;
for (const argument of process.argv.slice(2)) {
  const sections = argument.startsWith('random:') ? [randomWords(Number(argument.slice(7)))] : arm64Sections(argument);
  for (const section of sections) {
    places += section.words.length;
    compare(oracle, section, classes);
  }
}
const sorted = [...classes].sort(([, one], [, other]) => other.count - one.count);
console.log(`${places} places, ${sorted.reduce((sum, [, { count }]) => sum + count, 0)} differ`);
for (const [name, { count, example }] of sorted.slice(0, SHOWN)) console.log(`${String(count).padStart(8)} ${name}: ${example}`);
