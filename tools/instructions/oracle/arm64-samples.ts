import { arm64MnemonicText, arm64OperandsText, arm64Row } from '@ijw/machine/instructions';
import { Attribute } from '../../../packages/machine/src/instructions/arm64/encoding-attributes.ts';
import { arm64Encodings, attributesOf, classOf } from '../../../packages/machine/src/instructions/arm64/encodings.ts';
import { bits } from '../../../packages/machine/src/instructions/arm64/fields/bit-field.ts';
import { isArm64Run } from '../../../packages/machine/src/instructions/arm64/interpreter/operations.ts';
import { Random } from '../code-sections.ts';
import { accessesMemory } from './arm64-case.ts';

/** What one instruction alone cannot show, and what the oracle's processor does not have: flags of FEAT_FlagM, unscaled ordered accesses of FEAT_LRCPC2. */
const LEFT_OUT =
  /^(branch|branchRegister|exception|reserved|hint|barrier|pstate|system|systemOperation|literal|pcRelative|flagManipulation)$/;
const NOT_THERE = /^(ldapur|stlur|cfinv)/;

export interface Arm64Sample {
  readonly word: number;
  readonly row: number;
  readonly text: string;
}

export const sampleText = (row: number, word: number): string =>
  `${arm64MnemonicText(row, word)} ${arm64OperandsText(row, word, 0n)}`.trim();

/** An index that is also the base, or a base that is also moved: registers then cannot be aimed at, or the manual leaves open what happens. */
function canBeAimed(word: number): boolean {
  if (!accessesMemory(word)) return true;
  const [base, index, target, second] = [bits(word, 5, 5), bits(word, 16, 5), bits(word, 0, 5), bits(word, 10, 5)];
  // Number 31 is the zero register, or bits that are not a register.
  const registers = [index, target, second].filter((register) => register !== 31);
  return !registers.includes(base) && (index === 31 || (index !== target && index !== second));
}

/** Up to `perRow` words of each row that is run, other than those that leave the straight line. */
export function arm64Samples(perRow: number, tries = 200): Arm64Sample[] {
  const random = new Random(64);
  const samples: Arm64Sample[] = [];
  const { count, mask, value } = arm64Encodings();
  for (let row = 0; row < count; row++) {
    if (LEFT_OUT.test(classOf(row)) || attributesOf(row) & Attribute.pac) continue;
    const found = new Set<number>();
    for (let attempt = 0; attempt < tries && found.size < perRow; attempt++) {
      const any = (random.below(0x10000) << 16) | random.below(0x10000);
      const word = (any & ~(mask[row] ?? 0)) | (value[row] ?? 0);
      if (found.has(word) || arm64Row(word) !== row || !isArm64Run(row, word) || !canBeAimed(word)) continue;
      const text = sampleText(row, word);
      if (NOT_THERE.test(text)) continue;
      found.add(word);
      samples.push({ word, row, text });
    }
  }
  return samples;
}
