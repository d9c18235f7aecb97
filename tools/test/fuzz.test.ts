// The fuzzer's parts: mutations that keep what they know of a format, decisions, the input that is kept for the watcher, names of findings.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { managedSample } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { CurrentInput, readCurrentInput } from '../fuzz/current-input.ts';
import { Decisions } from '../fuzz/decisions.ts';
import { findingKey } from '../fuzz/findings.ts';
import { mutate } from '../fuzz/mutation.ts';
import { randomFrom } from '../fuzz/random.ts';
import { deflateBomb } from '../fuzz/readers/deflate-bomb.ts';
import { mutateDer } from '../fuzz/readers/der-mutation.ts';
import { mutateImage } from '../fuzz/readers/image-places.ts';
import { READERS } from '../fuzz/readers.ts';

/** SEQUENCE { INTEGER 1, SEQUENCE { OCTET STRING of 200 bytes, NULL } }, whose lengths need one byte and two. */
const DER = Uint8Array.of(0x30, 0x81, 0xd3, 2, 1, 1, 0x30, 0x81, 0xcd, 4, 0x81, 0xc8, ...new Array<number>(199).fill(7), 0x30, 5, 0);

/** The end of the value that begins at `at`. */
function endOf(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return at + 2 + first;
  const digits = first & 0x7f;
  return at + 2 + digits + bytes.subarray(at + 2, at + 2 + digits).reduce((value, digit) => value * 256 + digit, 0);
}

describe('mutations', () => {
  it('of DER leave lengths that are right', () => {
    const random = randomFrom(1);
    const changed = new Set<string>();
    for (let round = 0; round < 150; round++) {
      const bytes = mutateDer(DER, random);
      let at = 0;
      while (at < bytes.length) at = endOf(bytes, at);
      expect(at).toBe(bytes.length);
      changed.add(Buffer.from(bytes).toString('hex'));
    }
    expect(changed.size).toBeGreaterThan(50);
  });

  it('of what is not DER change nothing', () => {
    expect(mutateDer(Uint8Array.of(0x30, 5, 1), randomFrom(1))).toEqual(Uint8Array.of(0x30, 5, 1));
  });

  it('of images change few bytes, where headers, directories and tables are', () => {
    const image = managedSample();
    const random = randomFrom(1);
    for (let round = 0; round < 100; round++) {
      const changed = mutateImage(image, 0, random);
      expect(changed).toHaveLength(image.length);
      const places = [...changed.keys()].filter((at) => changed[at] !== image[at]);
      expect(places.length).toBeLessThanOrEqual(16);
    }
  });

  it('of any bytes are the same for the same seed', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect(mutate(bytes, DER, randomFrom(7))).toEqual(mutate(bytes, DER, randomFrom(7)));
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
});

describe('decisions', () => {
  it('are 0 after the last byte', () => {
    const decisions = new Decisions(Uint8Array.of(12, 1));
    expect([decisions.count(), decisions.chance(), decisions.atEnd]).toEqual([200_000, true, true]);
    expect([decisions.count(), decisions.u32(), decisions.pick(['first', 'second'])]).toEqual([0, 0, 'first']);
  });

  it('make compressed data of the size that is said', () => {
    const { bytes, size } = deflateBomb(new Decisions(Uint8Array.of(0, 1)));
    expect(size).toBe(0x4000000);
    expect(inflateRawSync(bytes)).toHaveLength(size);
  });
});

describe('an input that is being read', () => {
  it('is there for the watcher, with how many there were', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ijw-fuzz-'));
    const path = join(folder, 'current');
    const current = new CurrentInput(path);
    current.begin(Uint8Array.of(1, 2, 3));
    current.begin(Uint8Array.of(4));
    expect(readCurrentInput(path)).toEqual({ count: 2, input: Buffer.from([4]) });
    current.close();
    rmSync(folder, { recursive: true });
  });
});

describe('findings', () => {
  it('are the same where numbers differ', () => {
    const finding = (message: string) => findingKey({ reader: 'r', kind: 'error', message, input: DER });
    expect(finding('Error: at 0x1234\n  at f (a.ts:1:2)')).toBe(finding('Error: at 0x99ff\n  at f (a.ts:31:2)'));
    expect(finding('RangeError: x')).not.toBe(finding('TypeError: x'));
  });
});

describe('readers', () => {
  it('have names that differ', () => {
    expect(new Set(READERS.map(({ name }) => name)).size).toBe(READERS.length);
  });

  it('read an empty input and their first seeds', { timeout: 60_000 }, async () => {
    for (const reader of READERS) {
      await reader.run(new Uint8Array(0));
      const [seed] = await reader.seeds();
      if (seed !== undefined) await reader.run(seed);
    }
  });
});
