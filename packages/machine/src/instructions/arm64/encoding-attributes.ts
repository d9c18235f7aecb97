// The attributes of the table's rows, as bits of one word.

export const FLOW_SHIFT = 0;
export const Attribute = {
  /** Pointer authentication (FEAT_PAuth): its effect depends on keys. */
  pac: 1 << 4,
  /** Does nothing where code is entered: NOP and BTI. */
  pad: 1 << 5,
} as const;

/** Flags that the rows name, a letter each. */
export const FLAG_LETTERS = 'nzcv';
