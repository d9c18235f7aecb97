import { bit, bits, signedBits } from '../fields/bit-field.ts';
import { pageDistance } from '../fields/page-distance.ts';
import { generalRegister } from './general-registers.ts';
import { immediateText, type OperandKind } from './operand-kind.ts';

const label = (distance: (word: number) => number): OperandKind => ({
  text: (word, address) => immediateText(BigInt.asUintN(64, address + BigInt(distance(word)))),
});

const SHIFTS = ['lsl', 'lsr', 'asr', 'ror'];
const EXTENDS = ['uxtb', 'uxth', 'uxtw', 'uxtx', 'sxtb', 'sxth', 'sxtw', 'sxtx'];

function shiftText(word: number): string {
  const [type, amount] = [bits(word, 22, 2), bits(word, 10, 6)];
  return type === 0 && amount === 0 ? '' : `${SHIFTS[type]} #${amount}`;
}

/** Arm ARM C6.2, ADD (extended register): with the stack pointer, LSL is preferred to the extension that changes nothing. */
function extendedText(word: number): string {
  const option = bits(word, 13, 3);
  const amount = bits(word, 10, 3);
  const is64Bit = bit(word, 31) === 1;
  const register = generalRegister(bits(word, 16, 5), is64Bit && (option & 3) === 3);
  const setsFlags = bit(word, 29) === 1;
  const isStack = bits(word, 5, 5) === 31 || (!setsFlags && bits(word, 0, 5) === 31);
  if (isStack && option === (is64Bit ? 3 : 2)) return amount === 0 ? register : `${register}, lsl #${amount}`;
  return `${register}, ${EXTENDS[option]}${amount === 0 ? '' : ` #${amount}`}`;
}

/** The extension and shift of an index register, for an access of `size` bytes. */
function indexExtendText(word: number, size: number): string {
  const option = bits(word, 13, 3);
  const isShifted = bit(word, 12) === 1;
  const shift = 31 - Math.clz32(size);
  if (option === 3) return isShifted ? `lsl #${shift}` : '';
  return `${EXTENDS[option]}${isShifted ? ` #${shift}` : ''}`;
}

const NAMED: Readonly<Record<string, OperandKind>> = {
  label26: label((word) => signedBits(word, 0, 26) * 4),
  label19: label((word) => signedBits(word, 5, 19) * 4),
  label14: label((word) => signedBits(word, 5, 14) * 4),
  adr: label(pageDistance),
  adrp: {
    text: (word, address) => immediateText(BigInt.asUintN(64, address - (address & 0xfffn) + BigInt(pageDistance(word)) * 0x1000n)),
  },
  shift: { text: shiftText },
  extended: { text: extendedText },
  index: { text: (word) => generalRegister(bits(word, 16, 5), (bits(word, 13, 3) & 1) === 1) },
  authOffset: { text: (word) => authOffsetText(word) },
};

function authOffsetText(word: number): string {
  const offset = ((bit(word, 22) ? -512 : 0) + bits(word, 12, 9)) * 8;
  return offset === 0 && bit(word, 11) === 0 ? '' : immediateText(offset);
}

/** Labels, shifted and extended registers, and the step of structure accesses. */
export function addressKind(name: string): OperandKind | undefined {
  const [, kind, count] = /^(indexExtend|bytes|laneBytes)(\d+)$/.exec(name) ?? [];
  const amount = Number(count);
  switch (kind) {
    case 'indexExtend':
      return { text: (word) => indexExtendText(word, amount) };
    case 'bytes':
      return { text: (word) => `#${amount * (bit(word, 30) ? 16 : 8)}` };
    case 'laneBytes':
      return { text: (word) => `#${amount << bits(word, 10, 2)}` };
    default:
      return NAMED[name];
  }
}
