import { bit, bits } from '../fields/bit-field.ts';
import { FIELD_AT, generalRegister, type RegisterField } from './general-registers.ts';
import type { OperandKind } from './operand-kind.ts';

const q = (word: number): number => bit(word, 30);
const size = (word: number): number => bits(word, 22, 2);
/** Of a shift: the highest bit of immh is the size, -1 where immh is 0. */
const shiftSize = (word: number): number => 31 - Math.clz32(bits(word, 19, 4));
/** Of a copy: the lowest bit of imm5 is the size, 4 and more are reserved. */
const copySize = (word: number): number => {
  const field = bits(word, 16, 5);
  return 31 - Math.clz32(field & -field);
};

const ARRANGEMENTS = ['8b', '16b', '4h', '8h', '2s', '4s', '1d', '2d'];
const SCALARS = ['b', 'h', 's', 'd', 'q'];
/** By the size of an element (0 bytes, 3 doublewords) and Q. */
const arrangement = (element: number, isFull: number): string | undefined => ARRANGEMENTS[element * 2 + isFull];
/** The same without 1D, which only a few instructions have. */
const usual = (element: number, isFull: number): string | undefined =>
  element === 3 && !isFull ? undefined : arrangement(element, isFull);
/** Twice the element, in a full register. */
const wide = (element: number): string | undefined => (element < 0 || element > 2 ? undefined : arrangement(element + 1, 1));

/** Arrangements that the word decides; undefined where it is reserved. */
const DECIDED: Readonly<Record<string, (word: number) => string | undefined>> = {
  B: (word) => arrangement(0, q(word)),
  H: (word) => arrangement(1, q(word)),
  S: (word) => arrangement(2, q(word)),
  D: (word) => arrangement(3, q(word)),
  T: (word) => usual(size(word), q(word)),
  W: (word) => wide(size(word)),
  // Pairs of elements added into one.
  L: (word) => (size(word) === 3 ? undefined : arrangement(size(word) + 1, q(word))),
  F: (word) => usual(2 + bit(word, 22), q(word)),
  C: (word) => (size(word) === 0 ? undefined : usual(size(word), q(word))),
  I: (word) => (shiftSize(word) < 0 ? undefined : usual(shiftSize(word), q(word))),
  J: (word) => wide(shiftSize(word)),
  '5': (word) => (copySize(word) < 0 ? undefined : usual(copySize(word), q(word))),
  M: (word) => arrangement(bits(word, 10, 2), q(word)),
  '2h4h': (word) => (q(word) ? '4h' : '2h'),
};
/** In a copy, an element without a count. */
const elementOfCopy = (word: number): string | undefined => (copySize(word) > 3 ? undefined : SCALARS[copySize(word)]);

const vectorText = (number: number, arranged: string | undefined): string => `v${number & 31}.${arranged ?? ''}`;

/** `Vd.T`, `Vn.8h`, `Vn.s`. */
function vectorKind(name: string, isElement: boolean): OperandKind | undefined {
  const [, field, arranged = ''] = /^V([dnma])\.(\w+)$/.exec(name) ?? [];
  if (field === undefined) return undefined;
  const at = FIELD_AT[field as RegisterField];
  const decided = isElement && arranged === '5' ? elementOfCopy : DECIDED[arranged];
  if (!decided) return { text: (word) => vectorText(bits(word, at, 5), arranged) };
  return { isValid: (word) => decided(word) !== undefined, text: (word) => vectorText(bits(word, at, 5), decided(word)) };
}

/** Lists: `V4.M` from Vt on, `N2.16b` from Vn on. The text has no braces. */
function listKind(name: string): OperandKind | undefined {
  const [, from, count, arranged = ''] = /^([VN])([1-4])\.(\w+)$/.exec(name) ?? [];
  if (from === undefined) return undefined;
  const at = from === 'V' ? 0 : 5;
  const decided = DECIDED[arranged] ?? (() => arranged);
  return {
    text: (word) => Array.from({ length: Number(count) }, (_, index) => vectorText(bits(word, at, 5) + index, decided(word))).join(', '),
  };
}

/** Arm ARM C7.2: of an element, the number of the register and the index, from H, L and M. */
const highIndex = (word: number): number => bit(word, 11);
const indexHL = (word: number): number => (bit(word, 11) << 1) | bit(word, 21);
const indexHLM = (word: number): number => (indexHL(word) << 1) | bit(word, 20);

interface IndexedElement {
  readonly isValid?: (word: number) => boolean;
  readonly text: (word: number) => string;
}
const register5 = (word: number): number => bits(word, 16, 5);
const elementH: IndexedElement = { text: (word) => `v${bits(word, 16, 4)}.h[${indexHLM(word)}]` };
const elementS: IndexedElement = { text: (word) => `v${register5(word)}.s[${indexHL(word)}]` };
const elementD: IndexedElement = { text: (word) => `v${register5(word)}.d[${highIndex(word)}]` };

const ELEMENTS: Readonly<Record<string, IndexedElement>> = {
  'Vm.eT': { text: (word) => (size(word) === 1 ? elementH : elementS).text(word) },
  'Vm.eF': {
    isValid: (word) => bit(word, 22) === 0 || bit(word, 21) === 0,
    text: (word) => (bit(word, 22) ? elementD : elementS).text(word),
  },
  'Vm.eH': elementH,
  'Vm.eCH': { isValid: (word) => q(word) === 1 || highIndex(word) === 0, text: (word) => `v${register5(word)}.h[${indexHL(word)}]` },
  'Vm.eCS': { isValid: (word) => bit(word, 21) === 0, text: (word) => `v${register5(word)}.s[${highIndex(word)}]` },
  'Vm.e4b': { text: (word) => `v${register5(word)}.4b[${indexHL(word)}]` },
  'Vm.e2h': { text: (word) => `v${register5(word)}.2h[${indexHL(word)}]` },
};

interface ScalarSize {
  readonly isValid?: (word: number) => boolean;
  readonly letter: (word: number) => string;
}
const FLOATS = ['s', 'd', '', 'h'];
const letterAt =
  (of: (word: number) => number): ScalarSize['letter'] =>
  (word) =>
    SCALARS[of(word)] ?? '';
const SCALAR_SIZES: Readonly<Record<string, ScalarSize>> = {
  // By ftype.
  F: { isValid: (word) => size(word) !== 2, letter: (word) => FLOATS[size(word)] ?? '' },
  // By sz.
  G: { letter: (word) => (bit(word, 22) ? 'd' : 's') },
  E: { letter: letterAt(size) },
  'E+': { isValid: (word) => size(word) !== 3, letter: letterAt((word) => size(word) + 1) },
  I: { isValid: (word) => shiftSize(word) >= 0, letter: letterAt(shiftSize) },
  'I+': { isValid: (word) => shiftSize(word) >= 0 && shiftSize(word) < 3, letter: letterAt((word) => shiftSize(word) + 1) },
  E5: { isValid: (word) => copySize(word) >= 0, letter: letterAt(copySize) },
};

/** `Sd`, `Fn` by ftype, `Gd` by sz, `Ed` by size, `E+d` twice that, `Id` by immh. */
function scalarKind(name: string): OperandKind | undefined {
  const [, letter = '', field] = /^([BHSDQ]|F|G|E\+?|I\+?|E5)(d|n|m|a|t2|t)$/.exec(name) ?? [];
  if (field === undefined) return undefined;
  const at = FIELD_AT[field as RegisterField];
  const decided = SCALAR_SIZES[letter];
  if (!decided) return { text: (word) => `${letter.toLowerCase()}${bits(word, at, 5)}` };
  return { ...decided, text: (word) => `${decided.letter(word)}${bits(word, at, 5)}` };
}

/** Hexadecimal beyond 9, as immediates are. */
const laneText = (lane: number): string => (lane > 9 ? `0x${lane.toString(16)}` : String(lane));

const LANE_AT: Readonly<Record<string, (word: number) => number>> = {
  lane5: (word) => bits(word, 16, 5) >> (copySize(word) + 1),
  lane4: (word) => bits(word, 11, 4) >> copySize(word),
  // Arm ARM C4.1.90: Q, S and size of a single structure.
  laneB: (word) => (q(word) << 3) | bits(word, 10, 3),
  laneH: (word) => (q(word) << 2) | bits(word, 11, 2),
  laneS: (word) => (q(word) << 1) | bit(word, 12),
  laneD: q,
};

/** A lane's number, without brackets. */
function laneKind(name: string): OperandKind | undefined {
  const lane = LANE_AT[name];
  return lane && { text: (word) => laneText(lane(word)) };
}

/** A general register as wide as a copy's element. */
const copiedRegister: OperandKind = { text: (word) => generalRegister(bits(word, 5, 5), copySize(word) === 3) };

/** The kinds of Advanced SIMD and floating-point registers. `isElement`: a lane follows. */
export function vectorRegisterKind(name: string, isElement: boolean): OperandKind | undefined {
  if (name === 'R5n') return copiedRegister;
  return ELEMENTS[name] ?? listKind(name) ?? vectorKind(name, isElement) ?? scalarKind(name) ?? laneKind(name);
}
