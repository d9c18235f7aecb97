import { CLASSES, CONDITION_LISTS, ENCODINGS, MNEMONICS, SIGNATURES } from '../../generated/arm64-encodings.ts';
import { FLOWS, type InstructionFlow } from '../instruction-flow.ts';
import { FLOW_SHIFT } from './encoding-attributes.ts';
import { conditionOf } from './encoding-condition.ts';
import { type OperandTemplate, operandTemplate } from './operand-template.ts';

type Condition = (word: number) => boolean;

/** The upper bits of a word that choose the rows to be tried. */
const SLOT_SHIFT = 21;
const SLOT_COUNT = 1 << (32 - SLOT_SHIFT);

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The table, as columns by row number: the more specific of two rows that have words in common has the lower number. */
class Encodings {
  readonly count: number;
  readonly mask: Int32Array;
  readonly value: Int32Array;
  readonly mnemonic: Int32Array;
  /** The name of the instruction that an alias stands for. */
  readonly operation: Int32Array;
  readonly signature: Int32Array;
  readonly attributes: Int32Array;
  /** Bits in the order of FLAG_LETTERS. */
  readonly flagsRead: Int32Array;
  readonly flagsWritten: Int32Array;
  /** Places in `names` and `classes`. */
  readonly className: Int32Array;
  readonly names = words(MNEMONICS);
  readonly classes = words(CLASSES);
  readonly templates: readonly OperandTemplate[];
  /** The conditions of each row on a word besides its fixed bits. */
  readonly conditions: readonly (readonly Condition[])[];
  /** The rows to be tried, by the upper bits of a word. */
  readonly candidates: readonly Uint16Array[];

  constructor() {
    const rows = words(ENCODINGS).map((row) => row.split(',').map((value) => Number.parseInt(value, 36)));
    const column = (index: number): Int32Array => Int32Array.from(rows, (row) => row[index] ?? 0);
    this.count = rows.length;
    this.mask = column(0);
    this.value = column(1);
    this.mnemonic = column(2);
    this.operation = column(3);
    this.signature = column(4);
    this.attributes = column(5);
    this.flagsRead = column(6);
    this.flagsWritten = column(7);
    this.className = column(9);
    this.templates = SIGNATURES.trim()
      .split('\n')
      .map((text) => operandTemplate(text === '-' ? '' : text));
    const lists = words(CONDITION_LISTS).map((list) => (list === '-' ? [] : list.split(',').map(conditionOf)));
    this.conditions = rows.map((row) => [...(lists[row[8] ?? 0] ?? []), ...(this.templates[row[4] ?? 0]?.conditions ?? [])]);
    this.candidates = this.#slots();
  }

  #slots(): Uint16Array[] {
    const lists: number[][] = Array.from({ length: SLOT_COUNT }, () => []);
    for (let row = 0; row < this.count; row++) {
      const free = ~(this.mask[row] ?? 0) >>> SLOT_SHIFT;
      const fixed = (this.value[row] ?? 0) >>> SLOT_SHIFT;
      // Every value of the bits that the row leaves open.
      for (let open = free; ; open = (open - 1) & free) {
        lists[fixed | open]?.push(row);
        if (open === 0) break;
      }
    }
    return lists.map((list) => Uint16Array.from(list));
  }
}

let table: Encodings | undefined;

/** The table, which is unpacked when it is asked for first. */
export function arm64Encodings(): Encodings {
  table ??= new Encodings();
  return table;
}

const nameIn = (list: readonly string[], column: Int32Array, row: number): string => list[column[row] ?? 0] ?? '';

export function templateOf(row: number): OperandTemplate {
  const { templates, signature } = arm64Encodings();
  const template = templates[signature[row] ?? 0];
  if (!template) throw new Error(`The table has no row ${row}`);
  return template;
}
export const mnemonicOf = (row: number): string => nameIn(arm64Encodings().names, arm64Encodings().mnemonic, row);
export const operationOf = (row: number): string => nameIn(arm64Encodings().names, arm64Encodings().operation, row);
/** The class of the manual (C4.1) that a row belongs to. */
export const classOf = (row: number): string => nameIn(arm64Encodings().classes, arm64Encodings().className, row);
export const attributesOf = (row: number): number => arm64Encodings().attributes[row] ?? 0;
export const flowOf = (row: number): InstructionFlow => FLOWS[(attributesOf(row) >> FLOW_SHIFT) & 0xf] ?? 'next';

/** The row of an instruction word, -1 where it is not an instruction of the table. */
export function arm64Row(word: number): number {
  const { candidates, mask, value, conditions } = arm64Encodings();
  const list = candidates[word >>> SLOT_SHIFT]!;
  next: for (let index = 0; index < list.length; index++) {
    const row = list[index]!;
    if ((word & mask[row]!) !== value[row]!) continue;
    const asked = conditions[row]!;
    for (let at = 0; at < asked.length; at++) if (!asked[at]!(word)) continue next;
    return row;
  }
  return -1;
}
