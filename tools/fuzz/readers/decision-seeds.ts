import { randomFrom } from '../random.ts';

/** Inputs for readers that take bytes for decisions: none, and some of each length. */
export function* decisionSeeds(count: number): Generator<Uint8Array> {
  yield new Uint8Array(0);
  for (let seed = 1; seed <= count; seed++) {
    const random = randomFrom(seed * 2654435761);
    yield Uint8Array.from({ length: 8 << (seed % 6) }, () => random(256));
  }
}
