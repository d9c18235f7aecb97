/** `value` rounded up to a multiple of `alignment`, which is a power of two. Correct for every integer below 2^53. */
export const alignUp = (value: number, alignment: number): number => Math.ceil(value / alignment) * alignment;
