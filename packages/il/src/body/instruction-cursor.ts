import { OperandKind } from '../opcodes/opcode.ts';
import { instructionShapes, NO_INSTRUCTION, OpCodes, UNDEFINED_OPERAND } from '../opcodes/opcode-table.ts';
import { int32At, uint16At } from './little-endian.ts';

/** `InstructionCursor.index` where no instruction could be decoded. */
export const BAD_INSTRUCTION = -1;

const SWITCH = OpCodes.switch.index;
/** Constants of this module: imported ones are looked up at each instruction. */
const SHAPES = instructionShapes;
const RESERVED = NO_INSTRUCTION;

/**
 * Walks the instructions of one method without allocating. After `moveNext()` returned `true`, the cursor describes one instruction; positions
 * (`at`, `operandAt`, `nextAt`) count from the first byte of `bytes`, offsets (`offset`, branch targets) from the first byte of the code.
 * A byte that is not an instruction, or one whose operand leaves the code, is reported with `index` = `BAD_INSTRUCTION`, and the walk goes on
 * at the byte after it.
 *
 * The readers of operands check nothing: each is only right for its own operand kinds, for which the bytes were checked by `moveNext`.
 */
export class InstructionCursor {
  bytes: Uint8Array;
  /** Where the code starts and ends in `bytes`. */
  start: number;
  end: number;
  /** Where the instruction starts. */
  at: number;
  /** Where the next instruction starts. May be set, to go on elsewhere. */
  nextAt: number;
  /** `OpCode.index`, or `BAD_INSTRUCTION`. */
  index = BAD_INSTRUCTION;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.start = start;
    this.end = Math.min(end, bytes.length);
    this.at = start;
    this.nextAt = start;
  }

  /** The same cursor over other code. */
  reset(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = Math.min(end, bytes.length);
    this.at = start;
    this.nextAt = start;
    this.index = BAD_INSTRUCTION;
  }

  /** Moves to the next instruction; `false` at the end of the code. */
  moveNext(): boolean {
    const { bytes, end, nextAt: at } = this;
    if (at >= end) return false;
    let index = bytes[at]!;
    if (index === 0xfe && at + 1 < end) index = 0x100 | bytes[at + 1]!;
    const shape = SHAPES[index]!;
    const next = at + (shape & 0xff);
    if (shape === RESERVED || next > end) return this.#moveOverBad(at);
    this.at = at;
    this.index = index;
    this.nextAt = next;
    return index !== SWITCH || this.#moveOverTargets();
  }

  /** The distances of a `switch` are behind its count. */
  #moveOverTargets(): boolean {
    const next = this.nextAt + this.switchCount * 4;
    if (next > this.end) return this.#moveOverBad(this.at);
    this.nextAt = next;
    return true;
  }

  #moveOverBad(at: number): boolean {
    this.at = at;
    this.index = BAD_INSTRUCTION;
    this.nextAt = at + 1;
    return true;
  }

  /** An `OperandKind`, or `UNDEFINED_OPERAND`. */
  get operandKind(): number {
    return this.index === BAD_INSTRUCTION ? UNDEFINED_OPERAND : SHAPES[this.index]! >>> 8;
  }

  /** Where the operand starts: behind an opcode of one byte or two. */
  get operandAt(): number {
    return this.at + (this.index > 0xff ? 2 : 1);
  }

  /** Offset of the instruction in the code. */
  get offset(): number {
    return this.at - this.start;
  }

  /** Bytes of the instruction. */
  get size(): number {
    return this.nextAt - this.at;
  }

  /** The operand's byte, unsigned (`ShortInlineVar`; `unaligned.`, `no.`). */
  get uint8(): number {
    return this.bytes[this.operandAt]!;
  }

  /** The operand's byte, signed (`ldc.i4.s`). */
  get int8(): number {
    return (this.bytes[this.operandAt]! << 24) >> 24;
  }

  /** `InlineVar`. */
  get uint16(): number {
    return uint16At(this.bytes, this.operandAt);
  }

  /** Four bytes, signed: `InlineI`, and the bits of `ShortInlineR`. */
  get int32(): number {
    return int32At(this.bytes, this.operandAt);
  }

  /** Four bytes, unsigned: a token, and the bits of `ShortInlineR`. */
  get uint32(): number {
    return int32At(this.bytes, this.operandAt) >>> 0;
  }

  /** The lower and the upper half of eight bytes (`InlineI8`, `InlineR`), unsigned. */
  get low32(): number {
    return int32At(this.bytes, this.operandAt) >>> 0;
  }

  get high32(): number {
    return int32At(this.bytes, this.operandAt + 4) >>> 0;
  }

  /** Where a branch goes, as an offset in the code (32 bits, so it wraps): `ShortInlineBrTarget`, `InlineBrTarget`. May be negative or beyond it. */
  get branchTarget(): number {
    const distance = this.operandKind === OperandKind.ShortInlineBrTarget ? this.int8 : this.int32;
    return (this.nextAt - this.start + distance) | 0;
  }

  /** How many targets a `switch` has. */
  get switchCount(): number {
    return int32At(this.bytes, this.operandAt) >>> 0;
  }

  /** Target `index` of a `switch`, as an offset in the code. */
  switchTarget(index: number): number {
    return (this.nextAt - this.start + int32At(this.bytes, this.operandAt + 4 + index * 4)) | 0;
  }
}
