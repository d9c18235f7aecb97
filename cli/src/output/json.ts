import { hexBytes } from '@ijw/binary';

/** The JSON of the contract: integers as numbers, beyond 2^53 as `"0x…"`, bytes as lower-case hexadecimal, absent things without a key. */
function replacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : `0x${value.toString(16)}`;
  }
  if (value instanceof Uint8Array) return hexBytes(value);
  return value;
}

export const jsonDocument = (value: unknown): string => `${JSON.stringify(value, replacer, 2)}\n`;

/** One document on one line, for several files. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value, replacer)}\n`;
