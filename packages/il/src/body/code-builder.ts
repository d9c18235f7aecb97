import { ByteWriter, UsageError } from '@ijw/binary';
import { type OpCode, OperandKind } from '../opcodes/opcode.ts';
import { type OpCodeName, OpCodes, operandKindNames } from '../opcodes/opcode-table.ts';
import { type ExceptionClause, ExceptionClauseFlags } from './exception-clause.ts';
import { floatOperand, type Operand, operandTypes } from './instruction.ts';
import { encodedSize, encodeInstruction } from './instruction-encoder.ts';

/** A place in the code that is known when it is marked. */
export interface Label {
  /** For messages. */
  readonly name: string;
}

/** A branch takes a label, `switch` labels, `ldc.i8` may take a bigint, everything else a number (a token, a value, the number of a variable). */
export type OperandValue = number | bigint | Label | readonly Label[];

/** A protected block by its labels; each end is the first place behind. */
export interface LabelledClause {
  readonly kind: 'catch' | 'filter' | 'finally' | 'fault';
  readonly try: readonly [Label, Label];
  readonly handler: readonly [Label, Label];
  /** Of `catch`. */
  readonly classToken?: number;
  /** Of `filter`: where its code starts. */
  readonly filter?: Label;
}

const flagsByKind = { catch: 'Exception', filter: 'Filter', finally: 'Finally', fault: 'Fault' } as const;

interface Emitted {
  readonly offset: number;
  readonly opCode: OpCode;
  readonly value: OperandValue | undefined;
}

const isLabel = (value: OperandValue | undefined): value is Label => typeof value === 'object' && 'name' in value;

/** Writes code instruction by instruction, with labels for later places. Fixtures use it. */
export class CodeBuilder {
  readonly #parts: (Emitted | Uint8Array)[] = [];
  readonly #places = new Map<Label, number>();
  readonly #clauses: LabelledClause[] = [];
  #size = 0;

  /** Offset of the next instruction. */
  get size(): number {
    return this.#size;
  }

  label(name = `label ${this.#places.size}`): Label {
    return { name };
  }

  /** Gives the label the place of the next instruction. */
  mark(label: Label): this {
    if (this.#places.has(label)) throw new UsageError(`${label.name} is marked twice`);
    this.#places.set(label, this.#size);
    return this;
  }

  emit(name: OpCodeName, value?: OperandValue): this {
    const opCode = OpCodes[name];
    this.#parts.push({ offset: this.#size, opCode, value });
    const count = Array.isArray(value) ? value.length : 0;
    this.#size += encodedSize({ opCode, operand: { kind: 'switch', targets: new Array<number>(count).fill(0) } });
    return this;
  }

  /** Bytes that need not be an instruction. */
  raw(bytes: ArrayLike<number>): this {
    this.#parts.push(Uint8Array.from(bytes));
    this.#size += bytes.length;
    return this;
  }

  clause(clause: LabelledClause): this {
    this.#clauses.push(clause);
    return this;
  }

  /** The code. Throws `UsageError` for a label that was never marked, or an operand that the opcode does not take. */
  toCode(): Uint8Array {
    const writer = new ByteWriter();
    for (const part of this.#parts) {
      if (part instanceof Uint8Array) writer.bytes(part);
      else encodeInstruction(writer, { opCode: part.opCode, operand: this.#operand(part) }, part.offset);
    }
    return writer.toBytes();
  }

  /** The clauses, their labels resolved. */
  toClauses(): readonly ExceptionClause[] {
    return this.#clauses.map((clause) => {
      const { kind, try: tryBlock, handler, classToken = 0, filter } = clause;
      const tryOffset = this.#place(tryBlock[0]);
      const handlerOffset = this.#place(handler[0]);
      return {
        kind,
        flags: ExceptionClauseFlags[flagsByKind[kind]],
        tryOffset,
        tryLength: this.#place(tryBlock[1]) - tryOffset,
        handlerOffset,
        handlerLength: this.#place(handler[1]) - handlerOffset,
        classTokenOrFilterOffset: filter ? this.#place(filter) : classToken,
      };
    });
  }

  #place(label: Label): number {
    const place = this.#places.get(label);
    if (place === undefined) throw new UsageError(`${label.name} is never marked`);
    return place;
  }

  #operand({ opCode, value }: Emitted): Operand {
    const type = operandTypes[operandKindNames[opCode.operandKind]!];
    if (type === 'none' && value === undefined) return { kind: 'none' };
    if (type === 'branch' && isLabel(value)) return { kind: 'branch', target: this.#place(value) };
    if (type === 'switch' && Array.isArray(value)) {
      return { kind: 'switch', targets: (value as readonly Label[]).map((label) => this.#place(label)) };
    }
    if (type === 'int64' && (typeof value === 'bigint' || typeof value === 'number')) return { kind: 'int64', value: BigInt(value) };
    if (typeof value !== 'number') throw new UsageError(`${opCode.name} does not take ${typeof value}`);
    if (type === 'int32') return { kind: 'int32', value };
    if (type === 'variable') return { kind: 'variable', number: value };
    if (type === 'token') return { kind: 'token', token: value };
    if (type === 'float32' || type === 'float64')
      return floatOperand(opCode.operandKind === OperandKind.InlineR ? 'float64' : 'float32', value);
    throw new UsageError(`${opCode.name} does not take a number`);
  }
}
