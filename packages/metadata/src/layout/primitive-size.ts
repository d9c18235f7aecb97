import type { PrimitiveName } from '../signatures/element-type.ts';

/** Bytes of a field of a primitive type (ECMA-335 I.12.1); `pointer` is the pointer size of the platform. `void` has no size. */
export const primitiveSizes: Partial<Record<PrimitiveName, number | 'pointer' | 'twoPointers'>> = {
  bool: 1,
  char: 2,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
  string: 'pointer',
  object: 'pointer',
  'native int': 'pointer',
  'native uint': 'pointer',
  typedref: 'twoPointers',
};
