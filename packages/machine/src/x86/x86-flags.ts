/** The four flags that conditions read. */
export interface Flags {
  zero: boolean;
  sign: boolean;
  carry: boolean;
  overflow: boolean;
}

export type Width = 8 | 16 | 32 | 64;

export const truncate = (value: bigint, width: Width): bigint => BigInt.asUintN(width, value);
const isNegative = (value: bigint, width: Width): boolean => BigInt.asIntN(width, value) < 0n;

/** Intel SDM volume 2, the eight operations that share one encoding: ADD OR ADC SBB AND SUB XOR CMP. */
export function arithmetic(operation: number, left: bigint, right: bigint, width: Width, flags: Flags): bigint {
  const carry = flags.carry && (operation === 2 || operation === 3) ? 1n : 0n;
  const isLogical = operation === 1 || operation === 4 || operation === 6;
  const isSum = operation === 0 || operation === 2;
  const full = isLogical ? logical(operation, left, right) : isSum ? left + right + carry : left - right - carry;
  const result = truncate(full, width);
  flags.zero = result === 0n;
  flags.sign = isNegative(result, width);
  flags.carry = !isLogical && full !== result;
  flags.overflow = !isLogical && overflowed(left, isSum ? right : truncate(~right, width), result, width);
  return result;
}

const logical = (operation: number, left: bigint, right: bigint): bigint =>
  operation === 1 ? left | right : operation === 4 ? left & right : left ^ right;

/** Both operands have one sign, the result the other. */
const overflowed = (left: bigint, right: bigint, result: bigint, width: Width): boolean =>
  isNegative(left, width) === isNegative(right, width) && isNegative(result, width) !== isNegative(left, width);

/** INC and DEC leave the carry alone. */
export function step(value: bigint, by: 1n | -1n, width: Width, flags: Flags): bigint {
  const { carry } = flags;
  const result = arithmetic(by === 1n ? 0 : 5, value, 1n, width, flags);
  flags.carry = carry;
  return result;
}

/** The low four bits of Jcc, SETcc and CMOVcc. Parity is not kept: its two conditions give `undefined`. */
export function condition(code: number, { zero, sign, carry, overflow }: Flags): boolean | undefined {
  const values = [overflow, carry, zero, carry || zero, sign, undefined, sign !== overflow, zero || sign !== overflow];
  const value = values[code >> 1];
  return value === undefined ? undefined : value !== ((code & 1) === 1);
}
