import type { Random } from './random.ts';
import { FAR } from './readers/decision-seeds.ts';

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff] as const;

const LONGEST = 0x40000;

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const place = (bytes: Uint8Array, random: Random): number =>
  // Headers decide more than what lies behind them.
  random(3) === 0 ? random(Math.min(0x400, bytes.length)) : random(bytes.length);

function spliced(bytes: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array {
  const result = new Uint8Array(Math.max(0, bytes.length - removed) + inserted.length);
  result.set(bytes.subarray(0, at));
  result.set(inserted, at);
  result.set(bytes.subarray(at + removed), at + inserted.length);
  return result;
}

function setNumber(bytes: Uint8Array, at: number, width: number, value: number): Uint8Array {
  for (let index = 0; index < width && at + index < bytes.length; index++) bytes[at + index] = (value >>> (8 * index)) & 0xff;
  return bytes;
}

const slice = (bytes: Uint8Array, random: Random, most: number): Uint8Array => {
  const start = random(bytes.length);
  return bytes.slice(start, start + 1 + random(most));
};

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => setNumber(bytes, place(bytes, random), 1, random(256)),
  (bytes, random) => setNumber(bytes, place(bytes, random), 1, 1 << random(8)),
  (bytes, random) => setNumber(bytes, place(bytes, random), 1, FAR[random(FAR.length)] ?? 0),
  (bytes, random) => setNumber(bytes, place(bytes, random), 1 << random(3), EXTREMES[random(EXTREMES.length)] ?? 0),
  (bytes, random) => {
    const at = place(bytes, random);
    return setNumber(bytes, at, 1, (bytes[at] ?? 0) + random(33) - 16);
  },
  (bytes, random) => {
    const at = random(bytes.length);
    return spliced(bytes, at, Math.min(1 + random(16), bytes.length - at), new Uint8Array(0));
  },
  (bytes, random) => spliced(bytes, random(bytes.length), 0, slice(bytes, random, 64)),
  (bytes, random, other) => spliced(bytes, random(bytes.length), 0, slice(other, random, 256)),
  (bytes, random, other) => {
    const piece = slice(other, random, 256);
    const at = place(bytes, random);
    bytes.set(piece.subarray(0, bytes.length - at), at);
    return bytes;
  },
  (bytes, random) => bytes.slice(0, 1 + random(bytes.length)),
];

/** A changed copy of an input: a few bytes, numbers or pieces, some of them from another input. */
export function mutate(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = input.length === 0 ? Uint8Array.of(random(256)) : input.slice();
  const source = other.length === 0 ? bytes : other;
  for (let left = 1 << random(4); left > 0; left--) {
    const mutation = MUTATIONS[random(MUTATIONS.length)];
    if (mutation !== undefined) bytes = mutation(bytes, random, source);
    if (bytes.length === 0) bytes = Uint8Array.of(random(256));
  }
  return bytes.length > LONGEST && bytes.length > input.length ? bytes.slice(0, Math.max(LONGEST, input.length)) : bytes;
}
