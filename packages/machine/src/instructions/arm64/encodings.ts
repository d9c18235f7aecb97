import { CLASSES, CONDITION_LISTS, ENCODINGS, MNEMONICS, SIGNATURES } from '../../generated/arm64-encodings.ts';
import { FLOWS, type InstructionFlow } from '../instruction-flow.ts';
import { FLOW_SHIFT } from './encoding-attributes.ts';
import { conditionOf } from './encoding-condition.ts';
import { type OperandTemplate, operandTemplate } from './operand-template.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);
const rows: readonly (readonly number[])[] = words(ENCODINGS).map((row) => row.split(',').map((value) => Number.parseInt(value, 36)));
const column = (index: number): Int32Array => Int32Array.from(rows, (row) => row[index] ?? 0);
const names = words(MNEMONICS);
const classes = words(CLASSES);
const templates: readonly OperandTemplate[] = SIGNATURES.trim()
  .split('\n')
  .map((text) => operandTemplate(text === '-' ? '' : text));

/** Columns of the table, by row number: the more specific of two rows that have words in common has the lower number. */
export const encodings = {
  count: rows.length,
  mask: column(0),
  value: column(1),
  mnemonic: column(2),
  /** The name of the instruction that an alias stands for. */
  operation: column(3),
  signature: column(4),
  attributes: column(5),
  /** Bits in the order of FLAG_LETTERS. */
  flagsRead: column(6),
  flagsWritten: column(7),
} as const;
const conditions = column(8);
const classNumbers = column(9);

type Condition = (word: number) => boolean;
const conditionLists: readonly (readonly Condition[])[] = words(CONDITION_LISTS).map((list) =>
  list === '-' ? [] : list.split(',').map(conditionOf),
);
/** What each row asks of a word beside its fixed bits. */
const rowConditions: readonly (readonly Condition[])[] = rows.map((_, row) => [
  ...(conditionLists[conditions[row] ?? 0] ?? []),
  ...templateOf(row).conditions,
]);

export function templateOf(row: number): OperandTemplate {
  const template = templates[encodings.signature[row] ?? 0];
  if (!template) throw new Error(`The table has no row ${row}`);
  return template;
}
export const mnemonicOf = (row: number): string => names[encodings.mnemonic[row] ?? 0] ?? '';
export const operationOf = (row: number): string => names[encodings.operation[row] ?? 0] ?? '';
/** The class of the manual (C4.1) that a row belongs to. */
export const classOf = (row: number): string => classes[classNumbers[row] ?? 0] ?? '';
export const flowOf = (row: number): InstructionFlow => FLOWS[((encodings.attributes[row] ?? 0) >> FLOW_SHIFT) & 0xf] ?? 'next';

/** The upper bits of a word that choose the rows to be tried. */
const SLOT_SHIFT = 21;
const SLOT_BITS = 32 - SLOT_SHIFT;

function slots(): readonly number[][] {
  const lists: number[][] = Array.from({ length: 1 << SLOT_BITS }, () => []);
  for (let row = 0; row < encodings.count; row++) {
    const free = ~(encodings.mask[row] ?? 0) >>> SLOT_SHIFT;
    const fixed = (encodings.value[row] ?? 0) >>> SLOT_SHIFT;
    // Every value of the bits that the row leaves open.
    for (let open = free; ; open = (open - 1) & free) {
      lists[fixed | open]?.push(row);
      if (open === 0) break;
    }
  }
  return lists;
}
const candidates = slots().map((list) => Uint16Array.from(list));
const masks = encodings.mask;
const values = encodings.value;

/** The row of an instruction word, -1 where it is not an instruction of the table. */
export function arm64Row(word: number): number {
  const list = candidates[word >>> SLOT_SHIFT]!;
  next: for (let index = 0; index < list.length; index++) {
    const row = list[index]!;
    if ((word & masks[row]!) !== values[row]!) continue;
    const asked = rowConditions[row]!;
    for (let at = 0; at < asked.length; at++) if (!asked[at]!(word)) continue next;
    return row;
  }
  return -1;
}
