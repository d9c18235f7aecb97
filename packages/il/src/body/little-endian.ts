/** Reads at a place whose bounds the caller has checked: the unchecked twins of `ByteReader`, for loops over instructions. */
export const uint16At = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);

export const int32At = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

export const uint32At = (bytes: Uint8Array, at: number): number => int32At(bytes, at) >>> 0;
