import { SYSTEM_REGISTERS } from '../../../generated/arm64-encodings.ts';
import { bits } from './bit-field.ts';

interface RegisterNames {
  readonly read: ReadonlyMap<number, string>;
  readonly write: ReadonlyMap<number, string>;
}

let registers: RegisterNames | undefined;

/** `code name`, with `<` where the name is for reading only, `>` for writing. Made when the first name is asked for. */
function registerNames(): RegisterNames {
  const read = new Map<number, string>();
  const write = new Map<number, string>();
  for (const entry of SYSTEM_REGISTERS.trim().split(/\s+/)) {
    const [code = '', sign, name = ''] = entry.split(/([:<>])/);
    if (sign !== '>') read.set(Number.parseInt(code, 36), name);
    if (sign !== '<') write.set(Number.parseInt(code, 36), name);
  }
  return { read, write };
}

/** `s3_0_c9_c0_0`. */
const genericName = (code: number): string =>
  `s${(code >> 14) + 2}_${(code >> 11) & 7}_c${(code >> 7) & 15}_c${(code >> 3) & 15}_${code & 7}`;

/** The register of MRS or MSR, from the fifteen bits o0, op1, CRn, CRm, op2. */
export function systemRegisterName(code: number, access: keyof RegisterNames): string {
  registers ??= registerNames();
  return registers[access].get(code) ?? genericName(code);
}

/** Arm ARM C5.2: fields of PSTATE that MSR (immediate) writes, by op1 and op2, and the largest value. */
const PSTATE_FIELDS: Readonly<Record<number, readonly [string, number]>> = {
  3: ['uao', 1],
  4: ['pan', 1],
  5: ['spsel', 15],
  26: ['dit', 15],
  30: ['daifset', 15],
  31: ['daifclr', 15],
};

export function pstateField(word: number): string | undefined {
  const [name, largest] = PSTATE_FIELDS[(bits(word, 16, 3) << 3) | bits(word, 5, 3)] ?? ['', -1];
  return bits(word, 8, 4) <= largest ? name : undefined;
}
