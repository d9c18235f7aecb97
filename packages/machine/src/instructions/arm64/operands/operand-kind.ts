/** One operand of the table: its conditions on a word, and its text. */
export interface OperandKind {
  /** False for words that are reserved with this operand. */
  readonly isValid?: (word: number) => boolean;
  /** `address` is the instruction's own. An empty text leaves out the parentheses that the operand begins. */
  readonly text: (word: number, address: bigint) => string;
}

/** An immediate as the text has it: decimal to 9, hexadecimal beyond. */
export function immediateText(value: number | bigint): string {
  if (value < -9) return `#-0x${(-value).toString(16)}`;
  return value > 9 ? `#0x${value.toString(16)}` : `#${value}`;
}
