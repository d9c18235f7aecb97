// Values of registers and memory with a liking for borders.

import type { Random } from '../code-sections.ts';

const EDGES = [0n, 1n, 2n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn, 0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n] as const;
const WIDE_EDGES = [0x7fffffffffffffffn, 0x8000000000000000n, 0xffffffffffffffffn, 0xffffffff80000000n] as const;
const DOUBLES = [
  0, -0, 1, -1, 0.5, 1.5, 2.5, -2.5, 3, 1e10, -1e10, 1e300, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
] as const;
const SPECIAL_BITS = [
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000000n,
  0x7ff8000000001234n,
  0xfff8000000000000n,
  0x7ff0000000000001n,
] as const;
const FLOATS = [0, -0, 1, -1, 0.5, 1.5, -2.5, 3e9, 1e-45, 1.1754943508222875e-38, 3.4028234663852886e38] as const;
const FLOAT_BITS = [0x7f800000, 0xff800000, 0x7fc00000, 0x7fc01234, 0xffc00000, 0x7f800001] as const;

const scratch = new DataView(new ArrayBuffer(8));
export const pick = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)] as T;
const word = (random: Random): number => random.below(0x10000) * 0x10000 + random.below(0x10000);
const wide = (random: Random): bigint => (BigInt(word(random)) << 32n) | BigInt(word(random));

/** An integer with a liking for borders. */
export function integer(random: Random): bigint {
  const kind = random.below(8);
  if (kind < 3) return pick(random, EDGES);
  if (kind === 3) return pick(random, WIDE_EDGES);
  if (kind === 4) return BigInt.asUintN(64, BigInt(random.below(200) - 100));
  if (kind === 5) return BigInt(word(random));
  return wide(random);
}

/** The bits of a double, or of two floats. */
function floating(random: Random): bigint {
  const kind = random.below(8);
  if (kind < 3) scratch.setFloat64(0, pick(random, DOUBLES));
  else if (kind === 3) return pick(random, SPECIAL_BITS);
  else if (kind < 6) scratch.setFloat64(0, (random.below(2000) - 1000) * 2 ** (random.below(40) - 20) * (1 + random.below(1000) / 997));
  else for (const at of [0, 4]) floatAt(random, at);
  return scratch.getBigUint64(0);
}

function floatAt(random: Random, at: number): void {
  const kind = random.below(4);
  if (kind < 2) scratch.setFloat32(at, pick(random, FLOATS));
  else if (kind === 2) scratch.setUint32(at, pick(random, FLOAT_BITS));
  else scratch.setFloat32(at, (random.below(2000) - 1000) * 2 ** (random.below(40) - 20));
}

/** Half of a vector register: numbers of either kind. */
export const vectorWord = (random: Random): bigint => (random.below(2) ? floating(random) : integer(random));
