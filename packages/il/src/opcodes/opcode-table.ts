import { FlowControl, type OpCode, OperandKind, type OperandKindName } from './opcode.ts';
import { opCodeRows } from './opcode-rows.ts';

export type OpCodeName = (typeof opCodeRows)[number][0];

const toOpCode = ([name, encoding, operand, pop, push, flow, kind]: (typeof opCodeRows)[number]): OpCode<OpCodeName> => ({
  name,
  encoding,
  index: encoding < 0x100 ? encoding : 0x100 | (encoding & 0xff),
  size: encoding < 0x100 ? 1 : 2,
  operandKind: OperandKind[operand],
  pop,
  push,
  flow: FlowControl[flow],
  kind,
});

/** Every opcode of the table in the order of encodings, the `Internal` ones included. */
export const allOpCodes: readonly OpCode<OpCodeName>[] = opCodeRows.map(toOpCode);

/** The opcodes by name: `OpCodes['ldc.i4.s']`. */
export const OpCodes = Object.fromEntries(allOpCodes.map((opCode) => [opCode.name, opCode])) as {
  readonly [Name in OpCodeName]: OpCode<Name>;
};

/** Opcodes of instructions by `index`; `undefined` where the encoding is reserved or names no instruction. */
export const opCodesByIndex: readonly (OpCode<OpCodeName> | undefined)[] = Array.from({ length: 512 }, (_, index) =>
  allOpCodes.find((opCode) => opCode.index === index && opCode.kind !== 'Internal'),
);

const sizesByName: Record<OperandKindName, number> = {
  InlineNone: 0,
  ShortInlineI: 1,
  ShortInlineVar: 1,
  ShortInlineBrTarget: 1,
  InlineVar: 2,
  InlineI: 4,
  ShortInlineR: 4,
  InlineBrTarget: 4,
  InlineI8: 8,
  InlineR: 8,
  InlineMethod: 4,
  InlineField: 4,
  InlineType: 4,
  InlineTok: 4,
  InlineString: 4,
  InlineSig: 4,
  InlineSwitch: 4,
};

/** The names of the operand kinds, by kind. */
export const operandKindNames = Object.keys(OperandKind) as readonly OperandKindName[];

/** Bytes of an operand by its kind; for `InlineSwitch` those of the count. */
export const operandSizes: Uint8Array = Uint8Array.from(operandKindNames, (name) => sizesByName[name]);

/** The operand kind of an encoding that is not an instruction. */
export const UNDEFINED_OPERAND = 0xff;

/** In `instructionShapes`: the encoding is not an instruction. */
export const NO_INSTRUCTION = UNDEFINED_OPERAND << 8;

/** By opcode index: the bytes of the whole instruction (for `switch`: without its distances), and above them, from bit 8, the `OperandKind`. */
export const instructionShapes: Uint16Array = Uint16Array.from({ length: 512 }, (_, index) => {
  const opCode = opCodesByIndex[index];
  return opCode === undefined ? NO_INSTRUCTION : (opCode.operandKind << 8) | (opCode.size + operandSizes[opCode.operandKind]!);
});

/** The opcode with this encoding (`0xNN`, `0xfeNN`), or `undefined` where it is reserved. */
export function opCodeOf(encoding: number): OpCode<OpCodeName> | undefined {
  if (encoding >= 0 && encoding < 0x100) return opCodesByIndex[encoding];
  return encoding >>> 8 === 0xfe ? opCodesByIndex[0x100 | (encoding & 0xff)] : undefined;
}
