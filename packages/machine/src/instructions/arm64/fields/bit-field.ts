/** `width` bits of an instruction word from bit `at` on, without a sign. */
export const bits = (word: number, at: number, width: number): number => (word >>> at) & ((1 << width) - 1);

/** The same with a sign. */
export const signedBits = (word: number, at: number, width: number): number => (word << (32 - at - width)) >> (32 - width);

/** One bit. */
export const bit = (word: number, at: number): number => (word >>> at) & 1;
