import { ENCODINGS, MNEMONICS, SIGNATURES, SLOTS } from '../../generated/x86-encodings.ts';
import { FLOWS, type InstructionFlow } from '../instruction-flow.ts';
import { FLOW_SHIFT, HAS_MODRM } from './encoding-attributes.ts';
import { OPCODE_MAPS } from './opcode-map.ts';
import { type OperandKind, operandKind } from './operand-kind.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The table, as columns by row number, and its rows by opcode. */
class Encodings {
  readonly count: number;
  readonly mnemonic: Int32Array;
  readonly signature: Int32Array;
  readonly attributes: Int32Array;
  /** Bits in the order of FLAG_LETTERS. */
  readonly flagsRead: Int32Array;
  readonly flagsWritten: Int32Array;
  readonly flagsUndefined: Int32Array;
  readonly condition: Int32Array;
  /** The names of a mnemonic: one, or as many as sizes decide between. */
  readonly mnemonicNames: readonly (readonly string[])[] = words(MNEMONICS).map((names) => names.split('/'));
  /** The operands of each signature. */
  readonly signatures: readonly (readonly OperandKind[])[] = words(SIGNATURES).map((names) =>
    names === '-' ? [] : names.split(',').map(operandKind),
  );
  /** The rows of each opcode, the more specific first: those of slot n are `candidates[firstCandidate[n]]` to before `candidates[firstCandidate[n + 1]]`. */
  readonly firstCandidate: Uint16Array = new Uint16Array(OPCODE_MAPS.length * 256 + 1);
  readonly candidates: Uint16Array;
  /** Whether an opcode has a ModRM byte, by slot. */
  readonly slotHasModRM: Uint8Array = new Uint8Array(OPCODE_MAPS.length * 256);

  constructor() {
    const rows = words(ENCODINGS).map((row) => row.split(',').map((value) => Number.parseInt(value, 36)));
    const column = (index: number): Int32Array => Int32Array.from(rows, (row) => row[index] ?? 0);
    this.count = rows.length;
    this.mnemonic = column(0);
    this.signature = column(1);
    this.attributes = column(2);
    this.flagsRead = column(3);
    this.flagsWritten = column(4);
    this.flagsUndefined = column(5);
    this.condition = column(6);
    const slots = words(SLOTS);
    this.candidates = new Uint16Array(slots.length);
    for (const [index, pair] of slots.entries()) {
      const [slot = 0, row = 0] = pair.split(',').map((value) => Number.parseInt(value, 36));
      this.candidates[index] = row;
      this.firstCandidate[slot + 1] = index + 1;
      if ((this.attributes[row] ?? 0) & HAS_MODRM) this.slotHasModRM[slot] = 1;
    }
    for (let slot = 1; slot < this.firstCandidate.length; slot++)
      this.firstCandidate[slot] = Math.max(this.firstCandidate[slot] ?? 0, this.firstCandidate[slot - 1] ?? 0);
  }
}

let table: Encodings | undefined;

/** The table, which is unpacked when it is asked for first. */
export function x86Encodings(): Encodings {
  table ??= new Encodings();
  return table;
}

/** The operands of a row. */
export function operandsOf(row: number): readonly OperandKind[] {
  const { signature, signatures } = x86Encodings();
  return signatures[signature[row] ?? 0] ?? [];
}
export const flowOf = (row: number): InstructionFlow => FLOWS[((x86Encodings().attributes[row] ?? 0) >> FLOW_SHIFT) & 0xf] ?? 'next';
/** The name of a row that tells operations apart: the first of those that sizes decide between. */
export function operationOf(row: number): string {
  const { mnemonic, mnemonicNames } = x86Encodings();
  return mnemonicNames[mnemonic[row] ?? 0]?.[0] ?? '';
}
/** Bits of the flags that an instruction leaves undefined, in the order of FLAG_LETTERS. */
export const flagsUndefined = ({ row }: { readonly row: number }): number => x86Encodings().flagsUndefined[row] ?? 0;
