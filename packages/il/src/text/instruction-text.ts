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
const encoder = new TextEncoder();
/** Opcode names with their padding, by opcode index. */
const PADDED: readonly (Uint8Array | undefined)[] = opCodesByIndex.map(
  (opCode) => opCode && encoder.encode(opCode.name.padEnd(OPERAND_COLUMN - 1).concat(' ')),
);
const BARE: readonly (Uint8Array | undefined)[] = opCodesByIndex.map((opCode) => opCode && encoder.encode(opCode.name));

const littleEndian = (low: number, high?: number): Uint8Array => {
  const bytes = new Uint8Array(high === undefined ? 4 : 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, low, true);
  if (high !== undefined) view.setUint32(4, high, true);
  return bytes;
};

/** Names of the arguments by number; `undefined` where the number is all there is. */
export type ArgumentNames = readonly (string | undefined)[];

/** What an instruction's operands are called in the method that is being written. */
export interface OperandNames {
  /** Asked for where an instruction names an argument. */
  readonly arguments: () => ArgumentNames;
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
      sink.ascii(BARE[index]!);
      return;
    }
    if (TOKEN_KINDS[operandKind] === 1) this.#token(sink, cursor);
    else this.#operand(sink.ascii(PADDED[index]!), cursor, names);
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
        sink.text(variableText(cursor.index, cursor.uint8, names));
        return;
      case OperandKind.InlineVar:
        sink.text(variableText(cursor.index, cursor.uint16, names));
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
    const padded = PADDED[cursor.index]!;
    switch (cursor.operandKind) {
      case OperandKind.InlineMethod:
        this.#named(sink, padded, references.method(token));
        break;
      case OperandKind.InlineField:
        this.#named(sink, padded, references.field(token));
        break;
      case OperandKind.InlineType:
        this.#named(sink, padded, references.type(token as TypeDefOrRefToken));
        break;
      case OperandKind.InlineSig:
        this.#named(sink, padded, references.standAloneSignature(token));
        break;
      case OperandKind.InlineString: {
        const text = stringOperand(references.metadata.userStrings.get(token & 0xffffff));
        sink.ascii(padded).text(text);
        break;
      }
      default: {
        const text = references.anyToken(token);
        sink.ascii(padded);
        references.writeAnyToken(sink, token, text);
      }
    }
    if (this.#showTokens) sink.text(` /* ${hexDigits(token, 8).toUpperCase()} */`);
  }

  #named(sink: TextSink, padded: Uint8Array, text: number): void {
    this.#references.write(sink.ascii(padded), text);
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

function variableText(index: number, number: number, names: OperandNames): string {
  if (ARGUMENT_OPCODES.has(index)) return names.arguments()[number] ?? String(number);
  return number < names.locals ? `V_${number}` : String(number);
}
