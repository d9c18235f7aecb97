// The recorded answers of a processor: instructions, and for each case what of the state changed. Inputs are not recorded, they follow from seeds.

/** Where the parts of a case lie. */
export interface AnswerLayout {
  readonly signal: number;
  readonly faultAddress: number;
  /** The words of eight bytes that an answer may change, at most 256. */
  readonly kept: readonly number[];
}

export const seedOf = (instruction: number, state: number): number => instruction * 1000 + state;

/** Words of eight bytes from one place to before another. */
export function words(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / 8 }, (_, index) => from + index * 8);
}

/** `signal, [fault address,] count, (word number, eight bytes) …` */
export function encodeAnswer(layout: AnswerLayout, before: Uint8Array, after: Uint8Array): number[] {
  const signal = after[layout.signal] ?? 0;
  const changed = layout.kept.map((at, index) => ({ at, index })).filter(({ at }) => !isSame(before, after, at));
  const fault = signal === 0 ? [] : [...after.subarray(layout.faultAddress, layout.faultAddress + 8)];
  return [signal, ...fault, changed.length, ...changed.flatMap(({ at, index }) => [index, ...after.subarray(at, at + 8)])];
}

function isSame(before: Uint8Array, after: Uint8Array, at: number): boolean {
  for (let index = at; index < at + 8; index++) if (before[index] !== after[index]) return false;
  return true;
}

/** Puts an encoded answer over a copy of the case. Returns it and how many bytes it took. */
export function decodeAnswer(
  layout: AnswerLayout,
  before: Uint8Array,
  bytes: Uint8Array,
  from: number,
): { readonly after: Uint8Array; readonly end: number } {
  const after = before.slice();
  let at = from;
  const signal = bytes[at++] ?? 0;
  after[layout.signal] = signal;
  if (signal !== 0) {
    after.set(bytes.subarray(at, at + 8), layout.faultAddress);
    at += 8;
  }
  for (let left = bytes[at++] ?? 0; left > 0; left--, at += 9) after.set(bytes.subarray(at + 1, at + 9), layout.kept[bytes[at] ?? 0] ?? 0);
  return { after, end: at };
}
