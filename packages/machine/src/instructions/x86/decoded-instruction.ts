/** Numbers of the segment registers, as in ModRM.reg; none where no prefix names one. */
export const Segment = { none: -1, es: 0, cs: 1, ss: 2, ds: 3, fs: 4, gs: 5 } as const;

/** No base or no index register. `ip`: the address is relative to the next instruction. */
export const NO_REGISTER = -1;
export const IP_REGISTER = -2;

/** One decoded instruction of x86 or x64. The decoder fills the same object again for the next one. */
export class DecodedInstruction {
  is64Bit = false;
  /** Bytes. */
  length = 0;
  /** Row of the table. */
  row = 0;
  /** The opcode byte, for the register in its low bits. */
  opcode = 0;
  /** Bits: 16, 32 or 64. */
  operandSize = 32;
  addressSize = 32;
  /** 128 or 256 bits. */
  vectorSize = 128;
  hasRex = false;
  w = 0;
  /** ModRM.reg with REX.R, ModRM.rm with REX.B (where it is a register), the opcode's register with REX.B. */
  reg = 0;
  rm = 0;
  opcodeRegister = 0;
  vvvv = 0;
  /** ModRM names memory. */
  isMemory = false;
  /** General register numbers, NO_REGISTER or IP_REGISTER. */
  base = NO_REGISTER;
  index = NO_REGISTER;
  /** 1, 2, 4 or 8. */
  scale = 1;
  /** Signed, 32 bits. For `moffs` the low half of the address. */
  displacement = 0;
  /** Bytes of the displacement. */
  displacementSize = 0;
  /** Of the first immediate or relative distance; `moffs`' high half and far pointers' selectors are in immediateHigh. */
  immediate = 0;
  immediateHigh = 0;
  /** A second immediate byte (ENTER), and the byte of is4 operands. */
  immediate2 = 0;
  /** The segment of the memory operand that a prefix names and that counts. */
  segment: number = Segment.none;
  /** The last segment prefix, also where it does not count: 2E and 3E are hints. */
  segmentPrefix: number = Segment.none;
  lock = false;
  /** 0, 0xf2 or 0xf3: the last of them, where the row does not require it. */
  repeat = 0;
  hasOperandSizePrefix = false;
  hasAddressSizePrefix = false;
}
