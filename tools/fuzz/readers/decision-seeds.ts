import { randomFrom } from '../random.ts';

/** Decisions that go far: the largest counts, with `chance` either way, and the first and second choice. */
export const FAR: readonly [number, ...number[]] = [12, 25, 0, 1, 12, 25, 11, 24];

/** Inputs for readers that take bytes for decisions: none, and some of each length, of any bytes and of those that go far. */
export function* decisionSeeds(count: number): Generator<Uint8Array> {
  yield new Uint8Array(0);
  for (let seed = 1; seed <= count; seed++) {
    const random = randomFrom(seed * 2654435761);
    const far = seed % 2 === 0;
    yield Uint8Array.from({ length: 8 << (seed % 6) }, (_, index) => (far && index > 2 ? (FAR[random(FAR.length)] ?? 0) : random(256)));
  }
}
