// SDM volume 1, appendix B: condition codes.

import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

type Condition = (cpu: X86Cpu) => boolean;

const below: Condition = ({ words }) => words[Word.carry] !== 0;
const equal: Condition = ({ words }) => words[Word.zero] === 0;
const sign: Condition = ({ words }) => words[Word.sign]! < 0;
const overflow: Condition = ({ words }) => words[Word.overflow]! < 0;
const belowOrEqual: Condition = ({ words }) => words[Word.carry] !== 0 || words[Word.zero] === 0;
const less: Condition = ({ words }) => (words[Word.sign]! ^ words[Word.overflow]!) < 0;
const lessOrEqual: Condition = ({ words }) => words[Word.zero] === 0 || (words[Word.sign]! ^ words[Word.overflow]!) < 0;

/** By the ending of JCC, SETCC and CMOVCC. */
export const CONDITIONS: Readonly<Record<string, Condition>> = {
  o: overflow,
  no: (cpu) => !overflow(cpu),
  b: below,
  ae: ({ words }) => words[Word.carry] === 0,
  e: equal,
  ne: ({ words }) => words[Word.zero] !== 0,
  be: belowOrEqual,
  a: ({ words }) => words[Word.carry] === 0 && words[Word.zero] !== 0,
  s: sign,
  ns: ({ words }) => words[Word.sign]! >= 0,
  p: (cpu) => cpu.parity,
  np: (cpu) => !cpu.parity,
  l: less,
  ge: ({ words }) => (words[Word.sign]! ^ words[Word.overflow]!) >= 0,
  le: lessOrEqual,
  g: ({ words }) => words[Word.zero] !== 0 && (words[Word.sign]! ^ words[Word.overflow]!) >= 0,
};
