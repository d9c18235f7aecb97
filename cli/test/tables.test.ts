// ijw tables: rows in words, the canonical form with --raw, a row by its token, heaps by their names.
import { managedSample } from '@ijw/fixtures';
import { MethodAttributes, TypeAttributes } from '@ijw/metadata';
import { flagWords } from '@ijw/metadata/words';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

async function tables(...words: readonly string[]) {
  const io = memoryIo({ 'a.dll': managedSample() });
  const exitCode = await run(['tables', 'a.dll', ...words], io);
  return { exitCode, output: io.output.text, errors: io.errors.text };
}

describe('ijw tables', () => {
  it('shows flags by name and signatures as C# writes them', async () => {
    const { output } = await tables('MethodDef');
    expect(output).toMatch(/^0x06000001 .*(Public|Private|Assembly|Family)/m);
    expect(output).toMatch(/(static )?\w+\([^)]*\)/);
    expect((await tables('MethodDef', '--raw')).output).toMatch(/^T /m);
  });

  it('shows attributes by type and arguments', async () => {
    const { output } = await tables('CustomAttribute');
    expect(output).toMatch(/ System[\w.]*Attribute +\(/);
  });

  it('shows one row', async () => {
    const { output } = await tables('0x06000001');
    expect(output).toMatch(/^MethodDef 0x06000001\n {2}RVA +0x[0-9a-f]+ +0x[0-9a-f]+\n/);
    const { rows } = JSON.parse((await tables('0x06000001', '--json')).output);
    expect(rows).toMatchObject([{ token: 0x06000001, resolved: expect.any(Object) }]);
  });

  it.each(['#Strings', '#US', '#Blob', '#GUID', '#strings', 'Strings'])('shows the heap %s', async (heap) => {
    const { exitCode, output } = await tables(heap);
    expect([exitCode, /^0x[0-9a-f]+ +\S/.test(output)]).toEqual([0, true]);
    const { entries } = JSON.parse((await tables(heap, '--json')).output);
    expect(output.trim().split('\n')).toHaveLength(entries.length);
  });

  it('prints what can be read of a heap, and why no more can', async () => {
    const bytes = managedSample();
    const { streams } = JSON.parse((await tables('--json')).output);
    const { offset } = streams.find(({ name }: { name: string }) => name === '#Blob');
    // The length of the first blob: more than the heap holds.
    bytes[Buffer.from(bytes).indexOf('BSJB') + offset + 1] = 0x7f;
    const io = memoryIo({ 'a.dll': bytes });
    expect(await run(['tables', 'a.dll', '#Blob', '--json'], io)).toBe(1);
    expect(JSON.parse(io.output.text)).toMatchObject({ entries: [], diagnostics: [{ code: 'TRUNCATED', severity: 'error' }] });
  });

  it.each([
    ['MethodDeff', 'Unknown metadata table "MethodDeff"'],
    ['0x06ffffff', 'is not one of them'],
    ['0x7f000001', 'is not a token: table 0x7f does not exist'],
  ])('%s: %s', async (subject, message) => {
    expect(await tables(subject)).toMatchObject({ exitCode: 2, errors: expect.stringContaining(message) });
  });
});

describe('flagWords', () => {
  it.each([
    [0x96, MethodAttributes, 'Public | Static | HideBySig'],
    [0x100101, TypeAttributes, 'Public | Sealed | BeforeFieldInit'],
    [0x0, MethodAttributes, '0x0'],
  ] as const)('%i', (flags, names, words) => {
    expect(flagWords(flags, names)).toBe(words);
  });
});
