import { ENCODINGS, MNEMONICS, SIGNATURES, SLOTS } from '../../generated/x86-encodings.ts';
import { FLOWS, type InstructionFlow } from '../instruction-flow.ts';
import { FLOW_SHIFT, HAS_MODRM } from './encoding-attributes.ts';
import { OPCODE_MAPS } from './opcode-map.ts';
import { type OperandKind, operandKind } from './operand-kind.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);
const rows: readonly (readonly number[])[] = words(ENCODINGS).map((row) => row.split(',').map((value) => Number.parseInt(value, 36)));
const column = (index: number): Int32Array => Int32Array.from(rows, (row) => row[index] ?? 0);

/** The names of a mnemonic: one, or as many as sizes decide between. */
export const mnemonicNames: readonly (readonly string[])[] = words(MNEMONICS).map((names) => names.split('/'));
/** The operands of each signature. */
export const signatures: readonly (readonly OperandKind[])[] = words(SIGNATURES).map((names) =>
  names === '-' ? [] : names.split(',').map(operandKind),
);

/** Columns of the table, by row number. */
export const encodings = {
  count: rows.length,
  mnemonic: column(0),
  signature: column(1),
  attributes: column(2),
  /** Bits in the order of FLAG_LETTERS. */
  flagsRead: column(3),
  flagsWritten: column(4),
  flagsUndefined: column(5),
  condition: column(6),
} as const;

/** The rows of each opcode, the more specific first: those of slot n are `candidates[firstCandidate[n]]` to before `candidates[firstCandidate[n + 1]]`. */
export const firstCandidate = new Uint16Array(OPCODE_MAPS.length * 256 + 1);
export const candidates = new Uint16Array(words(SLOTS).length);
/** Whether an opcode has a ModRM byte, by slot. */
export const slotHasModRM = new Uint8Array(OPCODE_MAPS.length * 256);

for (const [index, pair] of words(SLOTS).entries()) {
  const [slot = 0, row = 0] = pair.split(',').map((value) => Number.parseInt(value, 36));
  candidates[index] = row;
  firstCandidate[slot + 1] = index + 1;
  if ((encodings.attributes[row] ?? 0) & HAS_MODRM) slotHasModRM[slot] = 1;
}
for (let slot = 1; slot < firstCandidate.length; slot++)
  firstCandidate[slot] = Math.max(firstCandidate[slot] ?? 0, firstCandidate[slot - 1] ?? 0);

/** The operands of a row. */
export const operandsOf = (row: number): readonly OperandKind[] => signatures[encodings.signature[row] ?? 0] ?? [];
export const flowOf = (row: number): InstructionFlow => FLOWS[((encodings.attributes[row] ?? 0) >> FLOW_SHIFT) & 0xf] ?? 'next';
/** The name of a row that tells operations apart: the first of those that sizes decide between. */
export const operationOf = (row: number): string => mnemonicNames[encodings.mnemonic[row] ?? 0]?.[0] ?? '';
/** Bits of the flags that an instruction leaves undefined, in the order of FLAG_LETTERS. */
export const flagsUndefined = ({ row }: { readonly row: number }): number => encodings.flagsUndefined[row] ?? 0;
