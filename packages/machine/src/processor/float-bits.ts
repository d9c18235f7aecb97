const view = new DataView(new ArrayBuffer(8));

/** The number in the low 32 or 64 bits. */
export function floatFromBits(bits: bigint, size: 4 | 8): number {
  view.setBigUint64(0, BigInt.asUintN(64, bits), true);
  return size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
}

export function bitsFromFloat(value: number, size: 4 | 8): bigint {
  view.setBigUint64(0, 0n, true);
  if (size === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return view.getBigUint64(0, true);
}
