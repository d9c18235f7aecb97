// Writes packages/machine/testdata/x86-decode.txt: for each row of the table a few instructions with iced-x86's length and text.
import { writeFileSync } from 'node:fs';
import { X86Decoder } from '@ijw/machine/instructions';
import { randomSection } from './code-sections.ts';
import { IcedOracle } from './iced-oracle.ts';

const COUNT = 3_000_000;
/** Cases of a row in a mode, with a register and with memory. */
const PER_ROW = 1;
const BASE = 0x1000n;

const lines: string[] = [];
for (const is64Bit of [false, true]) {
  const { bytes, step } = randomSection(is64Bit, COUNT);
  const decoder = new X86Decoder(is64Bit);
  const taken = new Map<string, number>();
  for (let at = 0; at < bytes.length; at += step) {
    if (decoder.decode(bytes, at) !== 'decoded') continue;
    const { row, isMemory, hasOperandSizePrefix, length } = decoder.instruction;
    const key = `${row} ${isMemory} ${hasOperandSizePrefix}`;
    const count = taken.get(key) ?? 0;
    if (count >= PER_ROW) continue;
    const alone = new IcedOracle(bytes.subarray(at, at + length), is64Bit, BASE);
    const { text, length: theirLength } = alone.at(0);
    alone.free();
    if (theirLength === 0) continue;
    taken.set(key, count + 1);
    lines.push(`${is64Bit ? 64 : 32}|${Buffer.from(bytes.subarray(at, at + theirLength)).toString('hex')}|${text}`);
  }
}
const header = [
  '# mode | bytes, all of the instruction | text at address 0x1000, by iced-x86 1.21.0 with the options of tools/instructions/iced-oracle.ts',
  '# Recorded by tools/instructions/record-decode-cases.ts.',
];
writeFileSync('packages/machine/testdata/x86-decode.txt', `${[...header, ...lines.sort()].join('\n')}\n`);
console.log(`${lines.length} cases`);
