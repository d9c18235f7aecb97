// Every command on mutated images: no crash, no hang, bounded output.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildMixedImage } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

/** How many damaged images each command sees. The whole of it is 20 000; the suite takes a part. */
const COUNT = Number(process.env.IJW_MUTATIONS ?? 600);
const COMMANDS = ['info', 'headers', 'tables', 'dis', 'boundary', 'load'];

const edge = (path: string): Uint8Array =>
  new Uint8Array(
    readFileSync(join(createRequire(import.meta.url).resolve('edge-js/package.json'), '../lib/native/win32', path, 'edge_nativeclr.node')),
  );
const built = (['x86', 'x64', 'arm64'] as const).map(
  (architecture) =>
    buildMixedImage({ architecture, host: 'ijwhost.dll', records: [{ type: architecture === 'x86' ? 5 : 6, slots: ['Add', 'Twice'] }] })
      .bytes,
);
const originals = [...built, ...built, edge('x64/24')];

/** Numbers that say the same at every run: a linear congruential generator. */
function sequence(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Bytes flipped, words set to extremes, the end cut off. The first kilobyte and the metadata are hit more often than chance would. */
function mutate(seed: number): Uint8Array {
  const random = sequence(seed);
  const bytes = originals[seed % originals.length]!.slice();
  const view = new DataView(bytes.buffer);
  for (let change = random(6); change >= 0; change--) {
    const region = random(3) === 0 ? Math.min(0x400, bytes.length) : bytes.length;
    const at = random(region - 4);
    const kind = random(4);
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1) view.setUint32(at, EXTREMES[random(EXTREMES.length)]!, true);
    else if (kind === 2) view.setUint16(at, EXTREMES[random(EXTREMES.length)]! & 0xffff, true);
    else bytes[at] = bytes[at]! ^ (1 << random(8));
  }
  return random(8) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

describe.each(COMMANDS)('ijw %s on damaged images', (command) => {
  it(
    `ends in output or in an error of the file, ${COUNT} times`,
    async () => {
      for (let seed = 0; seed < COUNT; seed++) {
        const io = memoryIo({ 'a.dll': mutate(seed) });
        const exitCode = await run([command, 'a.dll', ...(command === 'dis' ? [] : ['--json'])], io);
        expect([0, 1], `seed ${seed}: ${io.errors.text}`).toContain(exitCode);
        expect(io.errors.text, `seed ${seed}`).toMatch(/^(ijw: [^\n]+\n)*$/);
        expect(io.errors.text, `seed ${seed}`).not.toMatch(/TypeError|RangeError|ReferenceError|InternalError/);
        expect(io.output.text !== '' || io.errors.text !== '', `seed ${seed} says nothing`).toBe(true);
      }
    },
    COUNT * 100,
  );
});
