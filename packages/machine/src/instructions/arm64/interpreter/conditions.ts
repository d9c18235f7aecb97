// Arm ARM C1.2.4: condition codes.

import { Word } from './arm64-cpu.ts';

/** Whether a condition holds. */
export type Holds = (words: Int32Array) => boolean;

const isLess: Holds = (words) => (words[Word.negative]! ^ words[Word.overflow]!) < 0;

/** By the four bits of a condition. */
export const HOLDS: readonly Holds[] = [
  (words) => words[Word.nonzero] === 0,
  (words) => words[Word.nonzero] !== 0,
  (words) => words[Word.carry] !== 0,
  (words) => words[Word.carry] === 0,
  (words) => words[Word.negative]! < 0,
  (words) => words[Word.negative]! >= 0,
  (words) => words[Word.overflow]! < 0,
  (words) => words[Word.overflow]! >= 0,
  (words) => words[Word.carry] !== 0 && words[Word.nonzero] !== 0,
  (words) => words[Word.carry] === 0 || words[Word.nonzero] === 0,
  (words) => !isLess(words),
  isLess,
  (words) => words[Word.nonzero] !== 0 && !isLess(words),
  (words) => words[Word.nonzero] === 0 || isLess(words),
  () => true,
  () => true,
];

export const holdsOf = (condition: number): Holds => HOLDS[condition] ?? (() => true);
