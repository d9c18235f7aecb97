// Every command on files that are cut, damaged or of another kind: one clear line, exit code 1.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const edge = join(createRequire(import.meta.url).resolve('edge-js/package.json'), '../lib/native/win32/x64/24/edge_nativeclr.node');
const image = readFileSync(edge);
const lengths = [
  ...Array.from({ length: 4097 }, (_, length) => length),
  ...Array.from({ length: Math.floor(image.length / 1000) - 4 }, (_, index) => 5000 + index * 1000),
];

/** One line, of the form that other tools parse. */
const ERROR_LINE = /^ijw: [^\n]+\n$/;

async function outcome(command: string, bytes: Uint8Array) {
  const io = memoryIo({ 'a.dll': bytes });
  const exitCode = await run([command, 'a.dll', '--json'], io);
  return { exitCode, errors: io.errors.text, output: io.output.text };
}

describe.each(['info', 'headers', 'tables', 'boundary', 'load'])('ijw %s', (command) => {
  it('says in one line what is wrong with a truncated image, whatever its length, and never crashes', async () => {
    for (const length of lengths) {
      const { exitCode, errors, output } = await outcome(command, image.subarray(0, length));
      expect([0, 1], `length ${length}: ${errors}`).toContain(exitCode);
      if (errors !== '') expect(errors, `length ${length}`).toMatch(ERROR_LINE);
      expect(errors).not.toMatch(/\n\s+at /);
      if (exitCode === 0 || output !== '') expect(() => JSON.parse(output), `length ${length}`).not.toThrow();
      else expect(errors, `length ${length}`).not.toBe('');
    }
  });

  it.each([
    ['a text file', new TextEncoder().encode('To be, or not to be\n'.repeat(20)), 'text'],
    ['an ELF file', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...new Uint8Array(57)), 'ELF'],
    ['an empty file', new Uint8Array(0), 'empty'],
  ])('names %s', async (_title, bytes, word) => {
    const { exitCode, errors } = await outcome(command, bytes);
    expect(exitCode).toBe(1);
    expect(errors).toMatch(ERROR_LINE);
    expect(errors).toContain(word);
  });
});
