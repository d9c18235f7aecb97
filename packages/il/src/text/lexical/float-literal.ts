const scratch = new DataView(new ArrayBuffer(8));

const isPlainDecimal = (value: number): boolean => {
  const magnitude = Math.abs(value);
  return magnitude >= 1e-5 && magnitude < 1e15;
};

/** ilasm takes digits without a point for an integer. */
const withPoint = (text: string): string => (text.includes('.') ? text : `${text}.0`);

/** A double by its 64 bits; `undefined` where its decimal digits would not give the same bits back (−0, infinities, not a number, extreme exponents). */
export function float64Text(low: number, high: number): string | undefined {
  scratch.setUint32(0, low, true);
  scratch.setUint32(4, high, true);
  const value = scratch.getFloat64(0, true);
  if (value === 0) return high === 0 ? '0.0' : undefined;
  return isPlainDecimal(value) ? withPoint(String(value)) : undefined;
}

/** Not a number, with the highest bit of the fraction clear: to convert it to a double, as ilasm does with each single, sets that bit (IEEE 754 6.2.3). */
export const isSignallingFloat32 = (bits: number): boolean => (bits & 0x7fc00000) === 0x7f800000 && (bits & 0x003fffff) !== 0;

/** A single by its 32 bits, in the fewest digits that give it back. */
export function float32Text(bits: number): string | undefined {
  scratch.setUint32(0, bits, true);
  const value = scratch.getFloat32(0, true);
  if (value === 0) return bits === 0 ? '0.0' : undefined;
  if (!isPlainDecimal(value)) return undefined;
  for (let digits = 6; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value && !text.includes('e'))
      return withPoint(text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '.0') : text);
  }
  return undefined;
}
