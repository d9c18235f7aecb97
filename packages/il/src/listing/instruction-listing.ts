import { BAD_INSTRUCTION, type InstructionCursor } from '../body/instruction-cursor.ts';
import { OperandKind } from '../opcodes/opcode.ts';
import { OpCodes, opCodesByIndex } from '../opcodes/opcode-table.ts';
import type { AsciiWriter } from './ascii-writer.ts';

const LDC_I4_S = OpCodes['ldc.i4.s'].index;
/** `System.Reflection.Emit.OpCodes`, whose names the listing uses, does not have it. */
const NO = OpCodes['no.'].index;

const names = opCodesByIndex.map((opCode) => Uint8Array.from(opCode?.name ?? '', (character) => character.charCodeAt(0)));

function writeSwitch(writer: AsciiWriter, cursor: InstructionCursor): void {
  writer.text('(');
  for (let index = 0; index < cursor.switchCount; index++) {
    if (index > 0) writer.text(',');
    writer.hex(cursor.switchTarget(index), 4);
  }
  writer.text(')');
}

function writeOperand(writer: AsciiWriter, cursor: InstructionCursor): void {
  switch (cursor.operandKind as OperandKind) {
    case OperandKind.InlineNone:
      return;
    case OperandKind.ShortInlineI:
      writer.space().decimal(cursor.index === LDC_I4_S ? cursor.int8 : cursor.uint8);
      return;
    case OperandKind.ShortInlineVar:
      writer.space().decimal(cursor.uint8);
      return;
    case OperandKind.InlineVar:
      writer.space().decimal(cursor.uint16);
      return;
    case OperandKind.InlineI:
      writer.space().decimal(cursor.int32);
      return;
    case OperandKind.InlineI8:
      writer.space().text(BigInt.asIntN(64, (BigInt(cursor.high32) << 32n) | BigInt(cursor.low32)).toString());
      return;
    case OperandKind.ShortInlineBrTarget:
    case OperandKind.InlineBrTarget:
      writer.space().hex(cursor.branchTarget, 4);
      return;
    case OperandKind.InlineR:
      writer.space().hex(cursor.high32, 8).hex(cursor.low32, 8);
      return;
    case OperandKind.InlineSwitch:
      writeSwitch(writer.space(), cursor);
      return;
    default:
      writer.space().hex(cursor.uint32, 8);
  }
}

/** Writes `OFF OP[ ARG]` for each instruction, a line each, and returns how many there are. */
export function writeInstructionLines(writer: AsciiWriter, cursor: InstructionCursor): number {
  let count = 0;
  while (cursor.moveNext()) {
    count++;
    writer.hex(cursor.offset, 4).space();
    if (cursor.index === BAD_INSTRUCTION || cursor.index === NO) {
      writer.text('bad ').hex(cursor.bytes[cursor.at]!, 2).line();
      cursor.nextAt = cursor.at + 1;
      continue;
    }
    writer.bytes(names[cursor.index]!);
    writeOperand(writer, cursor);
    writer.line();
  }
  return count;
}
