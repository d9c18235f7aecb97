// The attributes of the table's rows, as bits of one word.

export const Attribute = {
  /** The text has the size of the memory operand: `qword ptr`. */
  ptr: 1 << 0,
  /** LOCK is allowed with a memory destination. */
  lock: 1 << 1,
  xacquire: 1 << 2,
  xrelease: 1 << 3,
  /** F3 repeats. */
  rep: 1 << 4,
  /** F2 repeats. */
  repne: 1 << 5,
  /** F2 is BND. */
  bnd: 1 << 6,
  /** 2E and 3E are branch hints. */
  hint: 1 << 7,
  /** 3E is NOTRACK. */
  notrack: 1 << 8,
  /** 64 bits unless 66, in 64-bit code. */
  d64: 1 << 9,
  /** Always 64 bits in 64-bit code. */
  f64: 1 << 10,
  /** Registers must differ (gathers). */
  unique: 1 << 11,
  /** The mnemonics go by address size. */
  address: 1 << 12,
  /** The mnemonics go by W. */
  W: 1 << 13,
  /** An operand size other than the usual shows in the text by its prefix alone: `data16`. */
  data: 1 << 14,
  /** The same for the address size. */
  addr: 1 << 15,
  /** The operands `st` and `st(1)` are not written. */
  st1: 1 << 16,
  /** ModRM.mod does not matter: rm is a register. */
  register: 1 << 17,
  /** 66 is not allowed. */
  no66: 1 << 18,
} as const;

export const FLOW_SHIFT = 19;
/** The opcode has a ModRM byte. */
export const HAS_MODRM = 1 << 23;

/** EFLAGS that the rows name, a letter each; 0 to 3 are C0 to C3 of the x87 status word. */
export const FLAG_LETTERS = 'oszacpdiA0123';
