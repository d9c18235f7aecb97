import { ByteWriter, Diagnostics, hex } from '@ijw/binary';
import type { Metadata } from '@ijw/metadata';
import type { BadInstruction, Instruction } from '../body/instruction.ts';
import { InstructionCursor } from '../body/instruction-cursor.ts';
import { encodeInstruction } from '../body/instruction-encoder.ts';
import { InstructionText, type OperandNames } from './instruction-text.ts';
import { Identifiers } from './lexical/identifier.ts';
import { memberColumns } from './member-columns.ts';
import { ReferenceText } from './reference-text.ts';
import { TextSink } from './text-sink.ts';

/** Outside its method an argument is a number, and every branch target counts as an instruction. */
const NAMES: OperandNames = { arguments: [], locals: Number.POSITIVE_INFINITY, isBoundary: (offset) => offset >= 0 };

const decoder = new TextDecoder();

/** The IL text of instructions, one at a time: `call       void [mscorlib]System.Console::WriteLine(string)`. What tokens are called is kept. */
export class SingleInstructionText {
  readonly #text: InstructionText;
  readonly #sink = new TextSink();
  readonly #cursor = new InstructionCursor(new Uint8Array(0));

  constructor(metadata: Metadata) {
    const options = { identifiers: new Identifiers(), diagnostics: new Diagnostics() };
    this.#text = new InstructionText(new ReferenceText(metadata, memberColumns(metadata), options));
  }

  /** One line, also for `switch`. @throws BadImageError for a token that names nothing */
  of(instruction: Instruction | BadInstruction): string {
    if (instruction.opCode === undefined) return `.emitbyte ${hex(instruction.byte, 2)}`;
    const bytes = new ByteWriter();
    encodeInstruction(bytes, instruction, instruction.offset);
    this.#cursor.reset(bytes.toBytes(), 0, bytes.length);
    // Branch targets count from the start of the code, which lies before these bytes.
    this.#cursor.start = -instruction.offset;
    this.#cursor.moveNext();
    this.#sink.truncate(0);
    this.#text.write(this.#sink, this.#cursor, NAMES);
    return decoder.decode(this.#sink.bytes.subarray(0, this.#sink.length)).replaceAll(/\s*\n\s*/g, ' ');
  }
}
