// Compares decoder and text with iced-x86 from every byte offset of executable sections. Arguments: files, `random:COUNT`.
import { mnemonicText, operandsText, X86Decoder } from '@ijw/machine/instructions';
import { type CodeSection, codeSections, randomSection } from './code-sections.ts';
import { type IcedAnswer, IcedOracle } from './iced-oracle.ts';

interface DifferenceClass {
  count: number;
  readonly example: string;
}

const SHOWN = 60;

/** What a difference is one of: iced's encoding, or ours where iced has none. */
function classOf(theirs: IcedAnswer, ours: string): string {
  const family = /^(EVEX|MVEX|VEX_T(?:dp|ile|cmm))/.exec(theirs.code)?.[1];
  if (family) return family;
  return theirs.length === 0 ? `not for iced: ${ours.split(' ')[0]}` : theirs.code;
}

function compare(section: CodeSection, classes: Map<string, DifferenceClass>): number {
  const base = section.is64Bit ? 0x1_4000_0000n : 0x40_0000n;
  const decoder = new X86Decoder(section.is64Bit);
  const oracle = new IcedOracle(section.bytes, section.is64Bit, base);
  let count = 0;
  for (let at = 0; at < section.bytes.length; at += section.step, count++) {
    const theirs = oracle.at(at);
    const isDecoded = decoder.decode(section.bytes, at) === 'decoded';
    if (!isDecoded && theirs.length === 0) continue;
    const { instruction } = decoder;
    const text = isDecoded ? `${mnemonicText(instruction)} ${operandsText(instruction, base + BigInt(at))}`.trim() : '(bad)';
    const length = isDecoded ? instruction.length : 0;
    if (text === theirs.text && length === theirs.length) continue;
    const name = classOf(theirs, text);
    const hex = Buffer.from(section.bytes.subarray(at, at + 15)).toString('hex');
    const example = `${section.is64Bit ? 64 : 32} ${hex} ${theirs.length}/${length} ${theirs.text} <> ${text}`;
    const found = classes.get(name);
    if (found) found.count++;
    else classes.set(name, { count: 1, example });
  }
  oracle.free();
  return count;
}

const sectionsOf = (argument: string): CodeSection[] =>
  argument.startsWith('random:')
    ? [false, true].map((is64Bit) => randomSection(is64Bit, Number(argument.slice(7))))
    : codeSections(argument);

const classes = new Map<string, DifferenceClass>();
let total = 0;
for (const argument of process.argv.slice(2)) for (const section of sectionsOf(argument)) total += compare(section, classes);
const sorted = [...classes].sort(([, one], [, other]) => other.count - one.count);
console.log(`${total} places, ${sorted.reduce((sum, [, { count }]) => sum + count, 0)} differ`);
for (const [name, { count, example }] of sorted.slice(0, SHOWN)) console.log(`${String(count).padStart(8)} ${name}: ${example}`);
