import { type OpCode, type OpCodeName, opCodesByIndex, scanInstructions } from '@ijw/il';
import { type Metadata, type MethodDefToken, makeToken, TableId } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { usingOpCodes } from './use-kind.ts';

/** An instruction that names something by a token. */
export interface InstructionUse {
  readonly method: MethodDefToken;
  /** Of the instruction, in the code. */
  readonly offset: number;
  readonly opCode: OpCode<OpCodeName>;
  readonly token: number;
}

const FIRST_LENGTH = 1024;

/**
 * Every instruction of an image that names a member, a type or a string, by its token. All IL is read once, when the index is made; bodies that cannot be read are
 * passed over. An instruction takes 16 bytes.
 */
export class TokenUseIndex {
  /** Four columns a row: method (row number), offset, opcode (index), the row before with the same token (-1: none). */
  #rows = new Int32Array(FIRST_LENGTH * 4);
  #count = 0;
  readonly #last = new Map<number, number>();

  constructor(image: PEImage, metadata: Metadata) {
    scanInstructions(image, metadata, (cursor, { rid }) => {
      const { index } = cursor;
      if (index >= 0 && usingOpCodes[index] === 1) this.#add(cursor.uint32, rid, cursor.offset, index);
    });
  }

  /** How many instructions are in the index. */
  get size(): number {
    return this.#count;
  }

  /** Every token that an instruction names. */
  get tokens(): Iterable<number> {
    return this.#last.keys();
  }

  has(token: number): boolean {
    return this.#last.has(token);
  }

  /** The instructions with a token, in the order of the methods. */
  of(token: number): readonly InstructionUse[] {
    const uses: InstructionUse[] = [];
    for (let row = this.#last.get(token) ?? -1; row >= 0; row = this.#rows[row * 4 + 3] ?? -1) uses.push(this.#use(row, token));
    return uses.reverse();
  }

  #add(token: number, method: number, offset: number, index: number): void {
    const at = this.#count * 4;
    if (at === this.#rows.length) {
      const longer = new Int32Array(this.#rows.length * 2);
      longer.set(this.#rows);
      this.#rows = longer;
    }
    this.#rows[at] = method;
    this.#rows[at + 1] = offset;
    this.#rows[at + 2] = index;
    this.#rows[at + 3] = this.#last.get(token) ?? -1;
    this.#last.set(token, this.#count++);
  }

  #use(row: number, token: number): InstructionUse {
    const [method = 0, offset = 0, index = 0] = this.#rows.subarray(row * 4, row * 4 + 3);
    const opCode = opCodesByIndex[index];
    if (opCode === undefined) throw new RangeError('The index has an opcode that does not exist');
    return { method: makeToken(TableId.MethodDef, method), offset, opCode, token };
  }
}
