import { Attribute } from '../encoding-attributes.ts';
import { attributesOf, classOf, operationOf } from '../encodings.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { Arm64Operation, type Prepare, unsupported } from './arm64-operation.ts';
import { ATOMICS } from './atomics.ts';
import { CONTROL } from './control.ts';
import { FLOAT_CONVERSIONS } from './float-conversions.ts';
import { FLOATS } from './floats.ts';
import { LOADS_STORES } from './loads-stores.ts';
import { LOGIC } from './logic.ts';
import { MULTIPLICATION } from './multiplication.ts';
import { STRUCTURES } from './structures.ts';
import { VECTOR_CHANGES } from './vector-changes.ts';
import { VECTOR_INTEGERS } from './vector-integers.ts';
import { VECTOR_MOVES } from './vector-moves.ts';
import { VECTOR_SHIFTS } from './vector-shifts.ts';
import { VECTOR_WIDTHS } from './vector-widths.ts';

/** What prepares the words of each class of the manual. */
const CLASSES: Readonly<Record<string, Prepare>> = {
  ...ARITHMETIC,
  ...ATOMICS,
  ...CONTROL,
  ...FLOATS,
  ...FLOAT_CONVERSIONS,
  ...LOADS_STORES,
  ...LOGIC,
  ...MULTIPLICATION,
  ...STRUCTURES,
  ...VECTOR_CHANGES,
  ...VECTOR_INTEGERS,
  ...VECTOR_MOVES,
  ...VECTOR_SHIFTS,
  ...VECTOR_WIDTHS,
};

/** Prepares the word of a row that lies at an offset of the window; `low` and `high` are the halves of its address. */
export function arm64Operation(row: number, word: number, at: number, low: number, high: number): Arm64Operation {
  const op = new Arm64Operation(word, at);
  op.low = low;
  op.high = high;
  const needsKeys = (attributesOf(row) & Attribute.pac) !== 0 && classOf(row) !== 'hint';
  op.execute = needsKeys ? unsupported : (CLASSES[classOf(row)]?.(op, word, operationOf(row)) ?? unsupported);
  return op;
}

/** Whether the instruction of a word is run here. */
export const isArm64Run = (row: number, word: number): boolean => arm64Operation(row, word, 0, 0, 0).execute !== unsupported;
