import { type ByteWriter, UsageError } from '@ijw/binary';
import type { OpCode, OperandKindName } from '../opcodes/opcode.ts';
import { operandKindNames, operandSizes } from '../opcodes/opcode-table.ts';
import { type Operand, operandTypes } from './instruction.ts';

/** The input of an instruction: the twin of `decodeInstructions`. */
export interface EncodableInstruction {
  readonly opCode: OpCode;
  readonly operand: Operand;
}

type OperandOf<Type extends Operand['kind']> = Extract<Operand, { readonly kind: Type }>;
type OperandWriter<Type extends Operand['kind']> = (writer: ByteWriter, operand: OperandOf<Type>, end: number) => void;

const writeNothing = (): void => {};
const writeToken: OperandWriter<'token'> = (writer, { token }) => writer.u32(token);

function shortDistance(target: number, end: number): number {
  const distance = target - end;
  if (distance < -128 || distance > 127) throw new UsageError(`A short branch cannot reach ${distance} bytes from its end`);
  return distance;
}

const writers: { readonly [Name in OperandKindName]: OperandWriter<(typeof operandTypes)[Name]> } = {
  InlineNone: writeNothing,
  ShortInlineI: (writer, { value }) => writer.u8(value),
  ShortInlineVar: (writer, { number }) => writer.u8(number),
  ShortInlineBrTarget: (writer, { target }, end) => writer.u8(shortDistance(target, end)),
  InlineVar: (writer, { number }) => writer.u16(number),
  InlineI: (writer, { value }) => writer.u32(value),
  ShortInlineR: (writer, { bits }) => writer.u32(bits),
  InlineBrTarget: (writer, { target }, end) => writer.u32(target - end),
  InlineI8: (writer, { value }) => writer.u64(BigInt.asUintN(64, value)),
  InlineR: (writer, { bits }) => writer.u64(bits),
  InlineMethod: writeToken,
  InlineField: writeToken,
  InlineType: writeToken,
  InlineTok: writeToken,
  InlineString: writeToken,
  InlineSig: writeToken,
  InlineSwitch: (writer, { targets }, end) => {
    writer.u32(targets.length);
    for (const target of targets) writer.u32(target - end);
  },
};

/** Bytes of the instruction. */
export const encodedSize = ({ opCode, operand }: EncodableInstruction): number =>
  opCode.size + operandSizes[opCode.operandKind]! + (operand.kind === 'switch' ? operand.targets.length * 4 : 0);

/** Writes the instruction, which starts at `offset` of the code. Throws `UsageError` where opcode and operand do not go together. */
export function encodeInstruction(writer: ByteWriter, instruction: EncodableInstruction, offset: number): void {
  const { opCode, operand } = instruction;
  const name = operandKindNames[opCode.operandKind]!;
  if (operand.kind !== operandTypes[name]) throw new UsageError(`${opCode.name} takes ${operandTypes[name]}, not ${operand.kind}`);
  if (opCode.size === 2) writer.u8(opCode.encoding >>> 8);
  writer.u8(opCode.encoding & 0xff);
  (writers[name] as OperandWriter<Operand['kind']>)(writer, operand, offset + encodedSize(instruction));
}

/** The code of instructions that follow one another from offset 0. */
export function encodeInstructions(writer: ByteWriter, instructions: Iterable<EncodableInstruction>): void {
  let offset = 0;
  for (const instruction of instructions) {
    encodeInstruction(writer, instruction, offset);
    offset += encodedSize(instruction);
  }
}
