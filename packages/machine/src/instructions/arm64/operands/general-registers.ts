import { bit, bits } from '../fields/bit-field.ts';
import type { OperandKind } from './operand-kind.ts';

/** Where the register fields of the manual lie: Rd and Rt, Rn, Rm and Rs, Ra and Rt2. */
export const FIELD_AT = { d: 0, t: 0, n: 5, m: 16, s: 16, a: 10, t2: 10 } as const;
export type RegisterField = keyof typeof FIELD_AT;

/** Register 31 is the zero register, or the stack pointer. */
function registerName(number: number, is64Bit: boolean, isStack: boolean): string {
  if (number === 31) return isStack ? (is64Bit ? 'sp' : 'wsp') : is64Bit ? 'xzr' : 'wzr';
  return `${is64Bit ? 'x' : 'w'}${number}`;
}

export const generalRegister = (number: number, is64Bit: boolean): string => registerName(number, is64Bit, false);

/** `Wd`, `Xn|sp`; `Rd` by bit 31, `Rt@30` by bit 30, `Rt@!22` by the opposite of bit 22; `Rs+1` the register behind Rs. */
export function generalRegisterKind(name: string): OperandKind | undefined {
  const [, size, field, next, stack, not, at = '31'] = /^([WXR])(d|n|m|a|t2|t|s)(\+1)?(\|sp)?(?:@(!?)(\d+))?$/.exec(name) ?? [];
  if (size === undefined) return undefined;
  const place = FIELD_AT[field as RegisterField];
  const is64Bit = (word: number): boolean => (size === 'R' ? (bit(word, Number(at)) === 1) !== (not === '!') : size === 'X');
  const added = next ? 1 : 0;
  return { text: (word) => registerName((bits(word, place, 5) + added) & 31, is64Bit(word), stack !== undefined) };
}
