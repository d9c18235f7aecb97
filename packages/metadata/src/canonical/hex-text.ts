const LOW_BITS = 12;
const LOW_MASK = (1 << LOW_BITS) - 1;

const small: (string | undefined)[] = new Array(LOW_MASK + 1).fill(undefined);
const padded: (string | undefined)[] = new Array(LOW_MASK + 1).fill(undefined);

function smallText(value: number): string {
  small[value] ??= value.toString(16);
  return small[value]!;
}

function paddedText(value: number): string {
  padded[value] ??= value.toString(16).padStart(LOW_BITS / 4, '0');
  return padded[value]!;
}

/** `value.toString(16)` of an unsigned 32-bit number, put together from texts made before: most cells of a table are numbers that fit 24 bits. */
export function hexText(value: number): string {
  if (value <= LOW_MASK) return smallText(value);
  if (value < 1 << (2 * LOW_BITS)) return smallText(value >>> LOW_BITS) + paddedText(value & LOW_MASK);
  return value.toString(16);
}
