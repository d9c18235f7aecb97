// FPMulAdd (Arm ARM J1.2.3): a product and a sum, rounded once. S. Boldo, G. Melquiond: "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd" (IEEE Transactions on Computers 57, 2008).

const view = new DataView(new ArrayBuffer(8));

/** The sum of two doubles rounded to odd, from the rounded sum and its error. */
function roundToOdd(sum: number, error: number): number {
  if (error === 0) return sum;
  view.setFloat64(0, sum);
  const bits = view.getBigInt64(0);
  if (bits & 1n) return sum;
  view.setBigInt64(0, error > 0 === sum > 0 ? bits + 1n : bits - 1n);
  return view.getFloat64(0);
}

/** What a rounded sum lacks. */
function sumError(left: number, right: number, sum: number): number {
  const part = sum - left;
  return left - (sum - part) + (right - part);
}

/** Veltkamp's splitting of 53 bits. */
const SPLITTER = 2 ** 27 + 1;
const upperPart = (value: number): number => {
  const scaled = value * SPLITTER;
  return scaled - (scaled - value);
};

function productError(left: number, right: number, product: number): number {
  const [highLeft, highRight] = [upperPart(left), upperPart(right)];
  const [lowLeft, lowRight] = [left - highLeft, right - highRight];
  return lowLeft * lowRight - (product - highLeft * highRight - lowLeft * highRight - highLeft * lowRight);
}

/** Between these nothing of a computation overflows or is lost below. */
const SMALL = 2 ** -900;
const LARGE = 2 ** 900;
const isUsual = (value: number): boolean => Math.abs(value) > SMALL && Math.abs(value) < LARGE;

/** `left * right + addend` of doubles; NaN as JavaScript has it. */
export function fusedMultiplyAdd(left: number, right: number, addend: number): number {
  const product = left * right;
  if (!Number.isFinite(left) || !Number.isFinite(right) || !Number.isFinite(addend)) return product + addend;
  if (left === 0 || right === 0) return product + addend;
  if (addend === 0) return product;
  const isInRange = isUsual(product) && isUsual(addend) && isUsual(left) && isUsual(right);
  if (!isInRange) return exactMultiplyAdd(left, right, addend);
  const low = productError(left, right, product);
  const small = low + addend;
  const smallError = sumError(low, addend, small);
  const sum = product + small;
  const error = sumError(product, small, sum);
  const rest = error + smallError;
  return sum + roundToOdd(rest, sumError(error, smallError, rest));
}

/** The same of singles: their product has 48 bits. */
export function fusedMultiplyAddSingle(left: number, right: number, addend: number): number {
  const product = left * right;
  const sum = product + addend;
  if (!Number.isFinite(sum)) return Math.fround(sum);
  return Math.fround(roundToOdd(sum, sumError(product, addend, sum)));
}

/** A finite double as an integer times a power of two. */
function integerOf(value: number): readonly [mantissa: bigint, exponent: number] {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  return [value < 0 ? -mantissa : mantissa, Math.max(exponent, 1) - 1075];
}

function exactMultiplyAdd(left: number, right: number, addend: number): number {
  const [leftMantissa, leftExponent] = integerOf(left);
  const [rightMantissa, rightExponent] = integerOf(right);
  const [addMantissa, addExponent] = integerOf(addend);
  const exponent = Math.min(leftExponent + rightExponent, addExponent);
  const product = (leftMantissa * rightMantissa) << BigInt(leftExponent + rightExponent - exponent);
  return roundedDouble(product + (addMantissa << BigInt(addExponent - exponent)), exponent);
}

/** The double nearest to an integer times a power of two, ties to even. An exact 0 is positive. */
function roundedDouble(value: bigint, exponent: number): number {
  const magnitude = value < 0n ? -value : value;
  const length = magnitude.toString(2).length;
  // Bits to be cut: all beyond 53, or beyond the smallest subnormal.
  const cut = Math.max(length - 53, -1074 - exponent);
  if (cut <= 0) return Number(value) * 2 ** Math.max(exponent, -1000) * 2 ** Math.min(0, exponent + 1000);
  const kept = magnitude >> BigInt(cut);
  const rest = magnitude - (kept << BigInt(cut));
  const tie = 1n << BigInt(cut - 1);
  const rounded = rest > tie || (rest === tie && kept & 1n) ? kept + 1n : kept;
  const scale = exponent + cut;
  const result = Number(rounded) * 2 ** Math.max(scale, -1000) * 2 ** Math.min(0, scale + 1000);
  return value < 0n ? -result : result;
}
