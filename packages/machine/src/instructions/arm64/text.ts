import { mnemonicOf, templateOf } from './encodings.ts';
import { bit, bits } from './fields/bit-field.ts';
import { templateText } from './operand-template.ts';
import { CONDITION_NAMES } from './operands/system-operands.ts';

/** The mnemonic of a word of a row: `b.eq`, and `2` behind the instructions on upper halves. */
export function arm64MnemonicText(row: number, word: number): string {
  const name = mnemonicOf(row);
  if (name === 'b.cond') return `b.${CONDITION_NAMES[bits(word, 0, 4)]}`;
  if (name.endsWith('~2')) return name.slice(0, -2) + (bit(word, 30) ? '2' : '');
  return name;
}

/** The operands with commas, in the syntax of the Arm ARM (C1.2); `address` is the instruction's own. */
export const arm64OperandsText = (row: number, word: number, address: bigint): string => templateText(templateOf(row), word, address);
