// The conditions of a row of the table on a word besides its fixed bits: reserved values, and values for which an alias is preferred (Arm ARM C6.2 and C7.2, "Alias Conditions").

import { bit, bits } from './fields/bit-field.ts';
import { isLogicalImmediate, isMoveWide32 } from './fields/logical-immediate.ts';
import { pstateField } from './fields/system-registers.ts';

type Condition = (word: number) => boolean;

const registerBits = (word: number): number => (bit(word, 31) ? 64 : 32);
const immr = (word: number): number => bits(word, 16, 6);
const imms = (word: number): number => bits(word, 10, 6);
const move16 = (word: number): number => bits(word, 5, 16);
const moveShift = (word: number): number => bits(word, 21, 2);
/** Whether the base register that is written back is another one, or the stack pointer. */
const keepsBase = (word: number, target: number): boolean => bits(word, 5, 5) === 31 || bits(word, 5, 5) !== target;
const sizes =
  (...allowed: readonly number[]): Condition =>
  (word) =>
    allowed.includes(bits(word, 22, 2));

export const CONDITIONS = {
  '!moveWide32': (word) => isLogicalImmediate(word) && !isMoveWide32(word),
  wideShift: (word) => bit(word, 31) === 1 || moveShift(word) < 2,
  movzIsMov: (word) => move16(word) !== 0 || moveShift(word) === 0,
  movnIsMov: (word) => (move16(word) !== 0 || moveShift(word) === 0) && (bit(word, 31) === 1 || move16(word) !== 0xffff),
  bitfield: (word) => bit(word, 22) === bit(word, 31) && immr(word) < registerBits(word) && imms(word) < registerBits(word),
  toTop: (word) => imms(word) === registerBits(word) - 1,
  inserts: (word) => imms(word) < immr(word),
  clears: (word) => imms(word) < immr(word) || immr(word) === 0,
  extracts: (word) => imms(word) >= immr(word),
  isShiftLeft: (word) => imms(word) !== registerBits(word) - 1 && imms(word) + 1 === immr(word),
  extract: (word) => bit(word, 22) === bit(word, 31) && imms(word) < registerBits(word),
  sameSources: (word) => bits(word, 5, 5) === bits(word, 16, 5) && (bits(word, 5, 5) !== 31 || bit(word, 28) === 0 || bit(word, 23) === 1),
  shift: (word) => imms(word) < registerBits(word),
  addShift: (word) => bits(word, 22, 2) !== 3,
  extend: (word) => bits(word, 10, 3) <= 4,
  invertible: (word) => bits(word, 12, 4) < 14,
  pstate: (word) => pstateField(word) !== undefined,
  not1dStructure: (word) => bits(word, 10, 2) !== 3 || bit(word, 30) === 1,
  /** Across lanes: four lanes or more. */
  across: (word) => bits(word, 22, 2) !== 3 && (bits(word, 22, 2) !== 2 || bit(word, 30) === 1),
  lane5: (word) => bits(word, 16, 4) !== 0,
  smov: (word) => (bits(word, 16, 2) !== 0 || (bit(word, 30) === 1 && bit(word, 18) === 1)) && bits(word, 16, 4) !== 0,
  umov: (word) => bits(word, 16, 3) !== 0,
  ext: (word) => bit(word, 30) === 1 || bit(word, 14) === 0,
  /** C6.2: words whose registers the manual calls CONSTRAINED UNPREDICTABLE. */
  differentTargets: (word) => bits(word, 0, 5) !== bits(word, 10, 5),
  pairKeepsBase: (word) => keepsBase(word, bits(word, 0, 5)) && keepsBase(word, bits(word, 10, 5)),
  keepsBase: (word) => keepsBase(word, bits(word, 0, 5)),
  shift64: (word) => bit(word, 22) === 1,
  floatShift: (word) => bits(word, 19, 4) > 1,
  fractionBits: (word) => bit(word, 31) === 1 || bit(word, 15) === 1,
  /** UXTW, LSL, SXTW and SXTX. */
  indexExtend: (word) => bit(word, 14) === 1,
  'size=bhs': sizes(0, 1, 2),
  'size=bh': sizes(0, 1),
  'size=hs': sizes(1, 2),
} as const satisfies Readonly<Record<string, Condition>>;
export type ConditionName = keyof typeof CONDITIONS;

export const conditionOf = (name: string): Condition => {
  const found = Object.hasOwn(CONDITIONS, name) ? CONDITIONS[name as ConditionName] : undefined;
  if (!found) throw new Error(`${name} is not a condition of the table`);
  return found;
};
