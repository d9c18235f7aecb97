// 46 damaged files, of a managed and of a mixed image: `tables --raw` equals the reference reader where that reads, says what is damaged where it refuses, and `dis` prints every method that is whole.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { damagedImages, managedSample } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { expectations } from './damaged-expectations.ts';
import { memoryIo } from './memory-io.ts';

const edge = readFileSync(join(import.meta.dirname, '../../node_modules/edge-js/lib/native/win32/x64/24/edge_nativeclr.node'));
const originals = { managed: managedSample(), mixed: new Uint8Array(edge) };
const files = new Map<string, Uint8Array>(
  Object.entries(originals).flatMap(([base, bytes]) => damagedImages(bytes).map((each) => [`${base}-${each.name}`, each.bytes] as const)),
);

async function ijw(bytes: Uint8Array, ...words: readonly [string, ...string[]]) {
  const io = memoryIo({ 'a.dll': bytes });
  const exitCode = await run([words[0], 'a.dll', ...words.slice(1)], io);
  const codes = [...new Set(Array.from(io.errors.text.matchAll(/^ijw: a\.dll: ([A-Z_]+) at 0x/gm), ([, code]) => code))];
  return { exitCode, text: io.output.text, codes };
}

const count = (text: string, part: string): number => text.split(part).length - 1;
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

it('has an expectation for each of 46 files', () => {
  expect(expectations.map(({ name }) => name).sort()).toEqual([...files.keys()].sort());
  expect(files.size).toBe(46);
});

describe.each(expectations)('$name', ({ name, reference, lines, tables, methods, bodies, dis }) => {
  const bytes = files.get(name)!;

  it(`tables --raw: the reference ${reference}`, async () => {
    const { exitCode, text, codes } = await ijw(bytes, 'tables', '--raw');
    expect({ lines: digest(text), codes, exitCode }).toEqual({ lines, codes: tables, exitCode: tables.length > 0 ? 1 : 0 });
    if (reference === 'refuses') expect(codes).not.toEqual([]);
  });

  it('dis', async () => {
    const { exitCode, text, codes } = await ijw(bytes, 'dis');
    expect({ methods: count(text, '} // end of method'), bodies: count(text, 'IL_0000:'), codes }).toEqual({ methods, bodies, codes: dis });
    expect(exitCode).toBe(1);
  });

  it('load ends in an outcome', async () => {
    const { exitCode, text } = await ijw(bytes, 'load', '--json');
    expect(exitCode).toBeLessThan(2);
    expect(text).toMatch(/"outcome": ?"(loaded|refused)"/);
  });
});
