import { hexDigits } from '@ijw/binary';
import { type ConstantValue, float32Bits, float64Bits } from '@ijw/metadata/constants';
import { byteList, isQuotable, quotedString, utf16Bytes } from './lexical/string-literal.ts';

const INTEGER_NAMES = { i1: 'int8', u1: 'uint8', i2: 'int16', u2: 'uint16', i4: 'int32', u4: 'uint32', i8: 'int64', u8: 'uint64' } as const;

const hexText = (value: number | bigint, digits: number): string => `0x${hexDigits(value, digits).toUpperCase()}`;

/** The value behind `=` of a field, parameter or property (ECMA-335 II.16.2). Floating point stands as its bits, so that nothing is lost. */
export function constantText(constant: ConstantValue): string {
  switch (constant.type) {
    case 'boolean':
      return `bool(${constant.value})`;
    case 'char':
      return `char(${hexText(constant.value, 4)})`;
    case 'r4':
      return `float32(${hexText(float32Bits(constant.value), 8)})`;
    case 'r8':
      return `float64(${hexText(float64Bits(constant.value), 16)})`;
    case 'string':
      return isQuotable(constant.value) ? quotedString(constant.value) : `bytearray ${byteList(utf16Bytes(constant.value))}`;
    case 'nullReference':
      return 'nullref';
    default:
      return `${INTEGER_NAMES[constant.type]}(${integerText(constant.type, constant.value)})`;
  }
}

const integerText = (type: keyof typeof INTEGER_NAMES, value: number | bigint): string => {
  const bits = Number(type.slice(1)) * 8;
  const unsigned = typeof value === 'bigint' ? BigInt.asUintN(64, value) : bits === 32 ? value >>> 0 : value & ((1 << bits) - 1);
  return hexText(unsigned, bits / 4);
};
