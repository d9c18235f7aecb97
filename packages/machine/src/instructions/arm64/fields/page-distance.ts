import { bits, signedBits } from './bit-field.ts';

/** ADR and ADRP: 19 upper bits and two lower ones, in bytes or pages. */
export const pageDistance = (word: number): number => signedBits(word, 5, 19) * 4 + bits(word, 29, 2);
