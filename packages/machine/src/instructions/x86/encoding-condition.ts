// What of an instruction's bytes, beside the opcode, decides between the rows of one opcode: a word of facts.

/** Bits of the facts and the place of each. */
export const Fact = {
  /** 0: none, 1: 66, 2: F3, 3: F2; the later of F3 and F2 counts, 66 only without them. VEX.pp is the same. */
  prefix: { shift: 0, mask: 0x3 },
  /** ModRM.mod is not 3. */
  memory: { shift: 2, mask: 0x1 },
  /** ModRM.reg. */
  reg: { shift: 3, mask: 0x7 },
  /** ModRM.rm. */
  rm: { shift: 6, mask: 0x7 },
  is64Bit: { shift: 9, mask: 0x1 },
  /** Operand size: 0: 16 bits, 1: 32, 2: 64. */
  size: { shift: 10, mask: 0x3 },
  /** REX.W, VEX.W. */
  w: { shift: 12, mask: 0x1 },
  /** VEX.L: 256 bits. */
  length: { shift: 13, mask: 0x1 },
  /** REX.B. */
  b: { shift: 14, mask: 0x1 },
} as const;

export const FACT_BITS = 15;

/** A row applies where the facts under the mask are the value: `mask << 15 | value`. */
export class EncodingCondition {
  #mask = 0;
  #value = 0;

  require(fact: keyof typeof Fact, value: number, bits: number = Fact[fact].mask): void {
    this.#mask |= bits << Fact[fact].shift;
    this.#value |= value << Fact[fact].shift;
  }

  get word(): number {
    return this.#mask * 2 ** FACT_BITS + this.#value;
  }

  /** Of two rows that apply, the one with more is meant: one that has a prefix in its opcode, then the one that depends on more bits. */
  get specificity(): number {
    let count = this.#mask & Fact.prefix.mask ? FACT_BITS : 0;
    for (let mask = this.#mask; mask !== 0; mask &= mask - 1) count++;
    return count;
  }
}
