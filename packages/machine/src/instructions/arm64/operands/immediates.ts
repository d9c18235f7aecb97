import { bit, bits, signedBits } from '../fields/bit-field.ts';
import { byteMask, expandFloat, isLogicalImmediate, logicalImmediate } from '../fields/logical-immediate.ts';
import { immediateText, type OperandKind } from './operand-kind.ts';

const text = (write: (word: number) => string): OperandKind => ({ text: write });
const number = (value: (word: number) => number | bigint): OperandKind => ({ text: (word) => immediateText(value(word)) });
const registerBits = (word: number): number => (bit(word, 31) ? 64 : 32);
const immr = (word: number): number => bits(word, 16, 6);
const imms = (word: number): number => bits(word, 10, 6);

/** MOVZ's value; MOVN's is its complement. */
const wideValue = (word: number): bigint => BigInt(bits(word, 5, 16)) << BigInt(bits(word, 21, 2) * 16);
const signedValue = (word: number, value: bigint): bigint => BigInt.asIntN(registerBits(word), value);

/** Bits of an element of a shift: 8 to 64. */
const shiftedBits = (word: number): number => 8 << (31 - Math.clz32(bits(word, 19, 4)));
const immediate8 = (word: number): number => (bits(word, 16, 3) << 5) | bits(word, 5, 5);
const byteShift = (word: number): number => bits(word, 13, bit(word, 15) ? 1 : 2) * 8;
const rotation = (quarters: number): string => immediateText(quarters * 90);

/** With a sign where it has 64 bits. */
const signedLogical = (word: number): bigint => (bit(word, 31) ? BigInt.asIntN(64, logicalImmediate(word)) : logicalImmediate(word));

function byteMaskText(word: number): string {
  const { low, high } = byteMask(immediate8(word));
  const value = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return value === 0n ? `#${'0'.repeat(16)}` : `#0x${value.toString(16).padStart(14, '0')}`;
}

const floatText = (value: number): string => `#${expandFloat(value).toFixed(8)}`;

const NAMED: Readonly<Record<string, OperandKind>> = {
  shifted12: text((word) => immediateText(bits(word, 10, 12)) + (bit(word, 22) ? ', lsl #12' : '')),
  bitmask: { isValid: isLogicalImmediate, text: (word) => immediateText(logicalImmediate(word)) },
  signedBitmask: { isValid: isLogicalImmediate, text: (word) => immediateText(signedLogical(word)) },
  signedBitmask32: { isValid: isLogicalImmediate, text: (word) => immediateText(signedValue(word, logicalImmediate(word))) },
  wideShift: text((word) => (bits(word, 21, 2) ? `lsl #${bits(word, 21, 2) * 16}` : '')),
  wide: number((word) => signedValue(word, wideValue(word))),
  wideInverted: number((word) => signedValue(word, ~wideValue(word))),
  insertLsb: number((word) => (registerBits(word) - immr(word)) & (registerBits(word) - 1)),
  insertWidth: number((word) => imms(word) + 1),
  extractWidth: number((word) => imms(word) - immr(word) + 1),
  bitNumber: number((word) => (bit(word, 31) << 5) | bits(word, 19, 5)),
  tagMask: text((word) => (bits(word, 16, 5) === 31 ? '' : `x${bits(word, 16, 5)}`)),
  float13: text((word) => floatText(bits(word, 13, 8))),
  float8: text((word) => floatText(immediate8(word))),
  fractionBits: number((word) => 64 - imms(word)),
  rotation11: text((word) => rotation(bits(word, 11, 2))),
  rotation12: text((word) => rotation(bit(word, 12) * 2 + 1)),
  rotation13: text((word) => rotation(bits(word, 13, 2))),
  sizeBits: text((word) => `#${8 << bits(word, 22, 2)}`),
  byteImmediate: number(immediate8),
  byteShift: text((word) => (byteShift(word) ? `lsl #${byteShift(word)}` : '')),
  maskShift: text((word) => `msl #${bit(word, 12) ? 16 : 8}`),
  byteMask: text(byteMaskText),
  right: number((word) => shiftedBits(word) * 2 - bits(word, 16, 7)),
  left: number((word) => bits(word, 16, 7) - shiftedBits(word)),
  // Without a sign, as 64 bits.
  'step9@12': number((word) => BigInt.asUintN(64, BigInt(signedBits(word, 12, 9)))),
  hexadecimal16: text((word) => `#0x${bits(word, 0, 16).toString(16)}`),
  i2: text((word) => String(bits(word, 12, 2))),
};

/** `i12@10*8`: twelve bits from bit 10, times 8; `s9@12` with a sign; `c4@8` a coprocessor register. */
function field(name: string): OperandKind | undefined {
  const [, type, width, at, scale = '1'] = /^([isc])(\d+)@(\d+)(?:\*(\d+))?$/.exec(name) ?? [];
  if (type === undefined) return undefined;
  const read = type === 's' ? signedBits : bits;
  if (type === 'c') return text((word) => `c${bits(word, Number(at), Number(width))}`);
  return number((word) => read(word, Number(at), Number(width)) * Number(scale));
}

/** Kinds of immediates, by name. Those in parentheses are not written where they are 0. */
export function immediateKind(name: string, isOptional: boolean): OperandKind | undefined {
  const kind = NAMED[name] ?? field(name);
  if (!kind || !isOptional) return kind;
  return { ...kind, text: (word, address) => (kind.text(word, address) === '#0' ? '' : kind.text(word, address)) };
}
