import type { MemberAccess } from './tree.ts';

/** The meaning of the letter after a name for a function. Far functions share their near neighbour's row. */
export interface FunctionCode {
  readonly access?: MemberAccess;
  readonly static: boolean;
  readonly virtual: boolean;
  /** An adjustor thunk: an offset follows. */
  readonly adjustor: boolean;
}

const accessOrder = ['private', 'protected', 'public'] as const;

/** `A`…`X`: eight letters to each access (instance, static, virtual, adjustor; near and far of each). `Y`, `Z`: no member. */
export function functionCode(letter: string): FunctionCode | undefined {
  const index = letter.charCodeAt(0) - 65;
  if (letter.length !== 1 || index < 0 || index > 25) return undefined;
  const access = accessOrder[index >> 3];
  if (access === undefined) return { static: false, virtual: false, adjustor: false };
  const role = (index & 7) >> 1;
  return { access, static: role === 1, virtual: role >= 2, adjustor: role === 3 };
}

/** `$0`…`$5` and `$R0`…`$R5`: thunks that go through a vtordisp field, near and far of each access. */
export function thunkAccess(digit: string): MemberAccess | undefined {
  const index = digit.charCodeAt(0) - 48;
  return digit.length === 1 && index >= 0 ? accessOrder[index >> 1] : undefined;
}

/** `0`…`4`: static members by access, then globals and static locals. */
export const variableAccess: Readonly<Record<string, MemberAccess | undefined>> = {
  '0': 'private',
  '1': 'protected',
  '2': 'public',
  '3': undefined,
  '4': undefined,
};

/**
 * Letters after `$$`: C++/CLI code and data, of which the counted ones are extern "C" and say how many characters to skip; `h` is Arm64EC code.
 */
export const managedMarks = { plain: 'FHLMQh', counted: 'JNO' } as const;
