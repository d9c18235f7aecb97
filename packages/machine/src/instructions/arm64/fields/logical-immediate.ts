import { bit, bits } from './bit-field.ts';

/** Halves of 32 bits. */
export interface WideImmediate {
  readonly low: number;
  readonly high: number;
}

/** Bits of the element that a bitmask immediate repeats (2 to 64), 0 where N, immr and imms are reserved. */
function elementSize(word: number): number {
  const combined = (bit(word, 22) << 6) | (~bits(word, 10, 6) & 0x3f);
  const length = 31 - Math.clz32(combined);
  const size = length < 1 ? 0 : 1 << length;
  const is64Bit = bit(word, 31) === 1;
  if (size === 0 || (size === 64 && !is64Bit)) return 0;
  const ones = bits(word, 10, 6) & (size - 1);
  return ones === size - 1 ? 0 : size;
}

export const isLogicalImmediate = (word: number): boolean => elementSize(word) !== 0;

/** One element: a run of ones, rotated right. */
function elementOf(size: number, ones: number, rotation: number): bigint {
  const run = (1n << BigInt(ones)) - 1n;
  const shift = BigInt(rotation);
  return BigInt.asUintN(size, (run >> shift) | (run << (BigInt(size) - shift)));
}

/** Arm ARM J1.3.3, DecodeBitMasks: the value of N, immr and imms, 64 bits; those of 32-bit instructions are in the low half. */
export function logicalImmediate(word: number): bigint {
  const size = elementSize(word);
  const element = elementOf(size, (bits(word, 10, 6) & (size - 1)) + 1, bits(word, 16, 6) & (size - 1));
  let value = 0n;
  for (let at = 0; at < 64; at += size) value |= element << BigInt(at);
  return bit(word, 31) ? value : BigInt.asUintN(32, value);
}

/** Whether MOVZ or MOVN of 32 bits has the value too, and its disassembly is preferred. */
export function isMoveWide32(word: number): boolean {
  const value = Number(BigInt.asIntN(32, logicalImmediate(word)));
  return [value, ~value].some((each) => (each & 0xffff) === 0 || each >>> 16 === 0);
}

/** Arm ARM, AdvSIMDExpandImm with op 1 and cmode 14: each bit of the eight becomes a byte. */
export function byteMask(value: number): WideImmediate {
  const expand = (nibble: number): number =>
    (nibble & 1) * 0xff + (nibble & 2) * 0x7f80 + (nibble & 4) * 0x3fc000 + (nibble & 8) * 0x1fe00000;
  return { low: expand(value & 15), high: expand(value >> 4) };
}

/** Arm ARM, VFPExpandImm: a sign, an exponent of three bits and a fraction of four. */
export function expandFloat(value: number): number {
  const exponent = ((value >> 4) & 7) ^ 4;
  const magnitude = (1 + (value & 15) / 16) * 2 ** (exponent - 3);
  return value & 0x80 ? -magnitude : magnitude;
}
