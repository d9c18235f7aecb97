import { type OpCode, OperandKind, type OperandKindName } from '../opcodes/opcode.ts';
import { type OpCodeName, opCodesByIndex, operandKindNames } from '../opcodes/opcode-table.ts';
import { BAD_INSTRUCTION, InstructionCursor } from './instruction-cursor.ts';
import { codeOf, type MethodBody } from './method-body.ts';

/** The operand of an instruction, by its kind. */
export type Operand =
  | { readonly kind: 'none' }
  /** `InlineI`, `ShortInlineI`. */
  | { readonly kind: 'int32'; readonly value: number }
  | { readonly kind: 'int64'; readonly value: bigint }
  /** `bits` keeps the payload of a NaN, which a number does not. */
  | { readonly kind: 'float32'; readonly value: number; readonly bits: number }
  | { readonly kind: 'float64'; readonly value: number; readonly bits: bigint }
  /** Number of an argument or a local variable. */
  | { readonly kind: 'variable'; readonly number: number }
  /** Offset in the code. */
  | { readonly kind: 'branch'; readonly target: number }
  | { readonly kind: 'switch'; readonly targets: readonly number[] }
  | { readonly kind: 'token'; readonly token: number };

export type OperandType = Operand['kind'];

/** The shape of the operand for each kind of the table. */
export const operandTypes = {
  InlineNone: 'none',
  ShortInlineI: 'int32',
  ShortInlineVar: 'variable',
  ShortInlineBrTarget: 'branch',
  InlineVar: 'variable',
  InlineI: 'int32',
  ShortInlineR: 'float32',
  InlineBrTarget: 'branch',
  InlineI8: 'int64',
  InlineR: 'float64',
  InlineMethod: 'token',
  InlineField: 'token',
  InlineType: 'token',
  InlineTok: 'token',
  InlineString: 'token',
  InlineSig: 'token',
  InlineSwitch: 'switch',
} as const satisfies Record<OperandKindName, OperandType>;

/** One instruction as a value: for tools that keep them. Loops over many use `InstructionCursor`. */
export interface Instruction {
  /** From the first byte of the code. */
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
  readonly opCode: OpCode<OpCodeName>;
  readonly operand: Operand;
}

/** A byte of the code that is not an instruction, or one whose operand leaves the code. */
export interface BadInstruction {
  readonly offset: number;
  readonly size: 1;
  readonly opCode: undefined;
  readonly byte: number;
}

const none: Operand = { kind: 'none' };
const LDC_I4_S = 0x1f;
const view = new DataView(new ArrayBuffer(8));

const float32 = (bits: number): Operand => {
  view.setUint32(0, bits);
  return { kind: 'float32', value: view.getFloat32(0), bits };
};

const float64 = (bits: bigint): Operand => {
  view.setBigUint64(0, bits);
  return { kind: 'float64', value: view.getFloat64(0), bits };
};

/** The operand of `ldc.r4` or `ldc.r8` that loads `value`. */
export function floatOperand(kind: 'float32' | 'float64', value: number): Operand {
  if (kind === 'float32') {
    view.setFloat32(0, value);
    return float32(view.getUint32(0));
  }
  view.setFloat64(0, value);
  return float64(view.getBigUint64(0));
}

const uint64 = (cursor: InstructionCursor): bigint => (BigInt(cursor.high32) << 32n) | BigInt(cursor.low32);

/** The operand of the cursor's instruction, which is not a bad one. */
export function operandAt(cursor: InstructionCursor): Operand {
  const kind = cursor.operandKind as OperandKind;
  switch (operandTypes[operandKindNames[kind]!]) {
    case 'none':
      return none;
    case 'int32':
      if (kind === OperandKind.InlineI) return { kind: 'int32', value: cursor.int32 };
      return { kind: 'int32', value: cursor.index === LDC_I4_S ? cursor.int8 : cursor.uint8 };
    case 'int64':
      return { kind: 'int64', value: BigInt.asIntN(64, uint64(cursor)) };
    case 'float32':
      return float32(cursor.uint32);
    case 'float64':
      return float64(uint64(cursor));
    case 'variable':
      return { kind: 'variable', number: kind === OperandKind.InlineVar ? cursor.uint16 : cursor.uint8 };
    case 'branch':
      return { kind: 'branch', target: cursor.branchTarget };
    case 'switch':
      return { kind: 'switch', targets: Array.from({ length: cursor.switchCount }, (_, index) => cursor.switchTarget(index)) };
    case 'token':
      return { kind: 'token', token: cursor.uint32 };
  }
}

/** The cursor's instruction as a value. */
export function instructionAt(cursor: InstructionCursor): Instruction | BadInstruction {
  const offset = cursor.offset;
  if (cursor.index === BAD_INSTRUCTION) return { offset, size: 1, opCode: undefined, byte: cursor.bytes[cursor.at]! };
  return { offset, size: cursor.size, opCode: opCodesByIndex[cursor.index]!, operand: operandAt(cursor) };
}

/** The instructions of some code, or of a body, one after another; never fails. */
export function* decodeInstructions(source: MethodBody | Uint8Array): Generator<Instruction | BadInstruction, void> {
  const cursor = new InstructionCursor(source instanceof Uint8Array ? source : codeOf(source));
  while (cursor.moveNext()) yield instructionAt(cursor);
}
