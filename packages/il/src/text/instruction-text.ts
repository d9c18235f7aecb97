import { hex, hexDigits } from '@ijw/binary';
import type { Token, TypeDefOrRefToken } from '@ijw/metadata';
import type { InstructionCursor } from '../body/instruction-cursor.ts';
import { OperandKind } from '../opcodes/opcode.ts';
import { opCodesByIndex } from '../opcodes/opcode-table.ts';
import { float32Text, float64Text, isSignallingFloat32 } from './lexical/float-literal.ts';
import { byteList, stringOperand } from './lexical/string-literal.ts';
import type { ReferenceText } from './reference-text.ts';
import type { TextSink } from './text-sink.ts';

/** Operands stand in one column where the opcode leaves room. */
const OPERAND_COLUMN = 11;
/** Bytes for each opcode name with its padding: more than the longest one. */
const NAME_ROOM = 16;
/** The opcode names, by opcode index. */
const NAMES = new DataView(
  new TextEncoder().encode(opCodesByIndex.map((opCode) => (opCode?.name ?? '').padEnd(NAME_ROOM)).join('')).buffer,
);
const NAME_LENGTHS = Uint8Array.from(opCodesByIndex, (opCode) => opCode?.name.length ?? 0);
const PADDED_LENGTHS = NAME_LENGTHS.map((length) => Math.max(length + 1, OPERAND_COLUMN));

const writeName = (sink: TextSink, index: number): TextSink =>
  sink.run(NAMES, index * NAME_ROOM, index * NAME_ROOM + PADDED_LENGTHS[index]!);

const littleEndian = (low: number, high?: number): Uint8Array => {
  const bytes = new Uint8Array(high === undefined ? 4 : 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, low, true);
  if (high !== undefined) view.setUint32(4, high, true);
  return bytes;
};

/** Names of the arguments by number; `undefined` where the number is all there is. */
export type ArgumentNames = readonly (string | undefined)[];

/** The names of operands in the method that is being written. */
export interface OperandNames {
  /** Read where an instruction names an argument. */
  readonly arguments: ArgumentNames;
  /** How many local variables there are: they are called `V_0`, `V_1`, …. */
  readonly locals: number;
  isBoundary(offset: number): boolean;
}

export interface InstructionTextOptions {
  /** Show the tokens of operands. */
  readonly tokens?: boolean;
  readonly strict?: boolean;
}

/** Opcode indexes whose variable is an argument: the others of the kind name a local. */
const ARGUMENT_OPCODES: ReadonlySet<number> = new Set(
  ['ldarg.s', 'ldarga.s', 'starg.s', 'ldarg', 'ldarga', 'starg'].map(
    (name) => opCodesByIndex.find((opCode) => opCode?.name === name)!.index,
  ),
);

/** By operand kind: 1 where the operand is a token. */
const TOKEN_KINDS = new Uint8Array(32);
for (const kind of ['InlineMethod', 'InlineField', 'InlineType', 'InlineString', 'InlineSig', 'InlineTok'] as const)
  TOKEN_KINDS[OperandKind[kind]] = 1;

/** Writes instructions. Operands that tokens name are made once for a token. */
export class InstructionText {
  readonly #references: ReferenceText;
  readonly #showTokens: boolean;
  readonly #strict: boolean;

  constructor(references: ReferenceText, { tokens = false, strict = false }: InstructionTextOptions = {}) {
    this.#references = references;
    this.#showTokens = tokens;
    this.#strict = strict;
  }

  /** Whether ilasm makes other bytes of the instruction's text, so that strict text has its bytes instead. */
  isLostInText(cursor: InstructionCursor): boolean {
    return this.#strict && cursor.operandKind === OperandKind.ShortInlineR && isSignallingFloat32(cursor.uint32);
  }

  /** The instruction at which the cursor stands, without label and line end. @throws BadImageError for a token that names nothing */
  write(sink: TextSink, cursor: InstructionCursor, names: OperandNames): void {
    const { index, operandKind } = cursor;
    if (operandKind === OperandKind.InlineNone) {
      sink.run(NAMES, index * NAME_ROOM, index * NAME_ROOM + NAME_LENGTHS[index]!);
      return;
    }
    if (TOKEN_KINDS[operandKind] === 1) this.#token(sink, cursor);
    else this.#operand(writeName(sink, index), cursor, names);
  }

  #operand(sink: TextSink, cursor: InstructionCursor, names: OperandNames): void {
    switch (cursor.operandKind) {
      case OperandKind.ShortInlineI:
        sink.text(String(cursor.index === LDC_I4_S ? cursor.int8 : cursor.uint8));
        return;
      case OperandKind.InlineI:
        sink.text(integerText(cursor.int32));
        return;
      case OperandKind.InlineI8:
        sink.text(hex((BigInt(cursor.high32) << 32n) | BigInt(cursor.low32)));
        return;
      case OperandKind.ShortInlineR:
        sink.text(float32Text(cursor.uint32) ?? byteList(littleEndian(cursor.uint32)));
        return;
      case OperandKind.InlineR:
        sink.text(float64Text(cursor.low32, cursor.high32) ?? byteList(littleEndian(cursor.low32, cursor.high32)));
        return;
      case OperandKind.ShortInlineVar:
        writeVariable(sink, cursor.index, cursor.uint8, names);
        return;
      case OperandKind.InlineVar:
        writeVariable(sink, cursor.index, cursor.uint16, names);
        return;
      case OperandKind.ShortInlineBrTarget:
      case OperandKind.InlineBrTarget:
        this.#target(sink, cursor.branchTarget, cursor, names);
        return;
      case OperandKind.InlineSwitch:
        this.#switch(sink, cursor, names);
    }
  }

  /** The operand is read before anything is written: where it names nothing, nothing of the instruction is. */
  #token(sink: TextSink, cursor: InstructionCursor): void {
    const references = this.#references;
    const token = cursor.uint32 as Token;
    if (cursor.operandKind === OperandKind.InlineString) {
      const text = stringOperand(references.metadata.userStrings.get(token & 0xffffff));
      writeName(sink, cursor.index).text(text);
    } else {
      const text = this.#textOf(token, cursor.operandKind);
      writeName(sink, cursor.index);
      if (cursor.operandKind === OperandKind.InlineTok) references.writeAnyToken(sink, token, text);
      else references.write(sink, text);
    }
    if (this.#showTokens) sink.text(` /* ${hexDigits(token, 8).toUpperCase()} */`);
  }

  /** What a token is called, as `ReferenceText.write` takes it. */
  #textOf(token: Token, operandKind: number): number {
    switch (operandKind) {
      case OperandKind.InlineMethod:
        return this.#references.method(token);
      case OperandKind.InlineField:
        return this.#references.field(token);
      case OperandKind.InlineType:
        return this.#references.type(token as TypeDefOrRefToken);
      case OperandKind.InlineSig:
        return this.#references.standAloneSignature(token);
      default:
        return this.#references.anyToken(token);
    }
  }

  /** A label where the target is an instruction; else the distance as it is stored, which ilasm takes too. */
  #target(sink: TextSink, target: number, cursor: InstructionCursor, names: OperandNames): void {
    if (names.isBoundary(target)) sink.label(target);
    else sink.text(String(target - (cursor.nextAt - cursor.start)));
  }

  #switch(sink: TextSink, cursor: InstructionCursor, names: OperandNames): void {
    const { switchCount } = cursor;
    sink.text('(');
    sink.indent += 2;
    for (let index = 0; index < switchCount; index++) {
      if (index > 0) sink.text(',');
      sink.end().start().text('            ');
      this.#target(sink, cursor.switchTarget(index), cursor, names);
    }
    sink.indent -= 2;
    sink.text(')');
  }
}

const LDC_I4_S = opCodesByIndex.find((opCode) => opCode?.name === 'ldc.i4.s')!.index;

const integerText = (value: number): string => (value >= -256 && value <= 256 ? String(value) : hex(value >>> 0));

function writeVariable(sink: TextSink, index: number, number: number, names: OperandNames): void {
  const isArgument = ARGUMENT_OPCODES.has(index);
  const argument = isArgument ? names.arguments[number] : undefined;
  if (argument !== undefined) sink.text(argument);
  else if (isArgument || number >= names.locals) sink.decimal(number);
  else sink.text('V_').decimal(number);
}
