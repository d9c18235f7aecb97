// SDM volume 1, 4.2.2: the 80 bits of the double extended format, as a double and back.

const EXPONENT_BIAS = 16383;
const INFINITE = 0x7fff;
const INTEGER_BIT = 1n << 63n;
const scratch = new DataView(new ArrayBuffer(8));

/** The double nearest to a significand of 64 bits and a word of sign and exponent. A significand without its integer bit is a denormal or not a number. */
export function doubleOfExtended(significand: bigint, word: number): number {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = word & INFINITE;
  if (exponent === INFINITE) return significand === INTEGER_BIT ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (significand === 0n) return sign * 0;
  const power = Math.max(exponent, 1) - EXPONENT_BIAS - 63;
  // Number() rounds to 53 bits; a result below the normal doubles would be rounded twice, so that the bits that go are cut with their trace.
  const bits = significand.toString(2).length;
  const lowest = -1074 - power;
  if (lowest > bits - 53 && lowest > 0) return sign * denormal(significand, lowest);
  return sign * scale(Number(significand), power);
}

/** value × 2^power, in steps that stay in range. */
export function scale(value: number, power: number): number {
  let [result, left] = [value, power];
  for (; left > 1000; left -= 1000) result *= 2 ** 1000;
  for (; left < -1000; left += 1000) result *= 2 ** -1000;
  return result * 2 ** left;
}

/** A significand whose last `dropped` bits do not fit, as a multiple of the least double. */
function denormal(significand: bigint, dropped: number): number {
  const shift = BigInt(Math.min(dropped, 70));
  const kept = significand >> shift;
  const rest = significand - (kept << shift);
  const half = 1n << (shift - 1n);
  const rounded = rest > half || (rest === half && kept & 1n) ? kept + 1n : kept;
  return Number(rounded) * Number.MIN_VALUE;
}

/** A double as significand and word of sign and exponent. Exact. */
export function extendedOfDouble(value: number): { readonly significand: bigint; readonly word: number } {
  scratch.setFloat64(0, value);
  const bits = scratch.getBigUint64(0);
  const sign = Number(bits >> 63n) << 15;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = (bits & 0xf_ffff_ffff_ffffn) << 11n;
  if (exponent === 0x7ff) return { significand: INTEGER_BIT | fraction, word: sign | INFINITE };
  if (exponent !== 0) return { significand: INTEGER_BIT | fraction, word: sign | (exponent - 1023 + EXPONENT_BIAS) };
  if (fraction === 0n) return { significand: 0n, word: sign };
  const shift = 64 - fraction.toString(2).length;
  return { significand: fraction << BigInt(shift), word: sign | (EXPONENT_BIAS - 1022 - shift) };
}
