export { ConstantType, type ConstantValue, readConstantValue, writeConstantValue } from './constant-value.ts';
export { type FloatingPoint, float32Bits, float64Bits, type NotANumber } from './floating-point.ts';
