// ijw interop: the inventory of a module, the runtime's verdicts, and how LeanCLR and TinyCLR find native code.
import { describe, expect, it } from 'vitest';
import { bytesOf, interopTest } from '../../packages/interop/test/fixtures/interop-assembly.ts';
import { INT, SampleModule } from '../../packages/interop/test/lint/sample-module.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const encode = (content: string): Uint8Array => new TextEncoder().encode(content);
const ENTRY = 'System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute';

/** A P/Invoke, an internal call, and an UnmanagedCallersOnly method that is not static. */
function sample(): Uint8Array {
  const module = new SampleModule('other.dll');
  module.type('N.T');
  module.platformInvoke('Add', { library: 'native', parameters: [INT] });
  module.method('Fast', { flags: 0x16, implFlags: 0x1000 });
  module.attribute(module.method('Entry', { flags: 0x6, implFlags: 0x1000 }), ENTRY);
  return module.build().file.bytes;
}

async function ijw(args: readonly string[], files: Readonly<Record<string, Uint8Array>> = {}) {
  const io = memoryIo({ 'a.dll': sample(), 'bare.md': bytesOf(interopTest), ...files });
  const exitCode = await run(['interop', ...args], io);
  return { exitCode, output: io.output.text, errors: io.errors.text };
}

const json = async (...args: Parameters<typeof ijw>) => JSON.parse((await ijw([...args[0], '--json'], args[1])).output);

describe('ijw interop inventory', () => {
  it('lists what is there, as text and as JSON', async () => {
    const { output, exitCode } = await ijw(['inventory', 'a.dll']);
    expect([exitCode, /N\.T::Add +named/.test(output), output.includes('UnmanagedCallersOnly')]).toEqual([0, true, true]);
    const document = await json(['inventory', 'a.dll']);
    expect(document).toMatchObject({ file: 'a.dll', diagnostics: [], lists: { unmanagedCallersOnly: [{ method: 'N.T::Entry' }] } });
    expect(document.platformInvokes[0]).toMatchObject({ method: 'N.T::Add', kind: 'named', implMap: { module: 'native' } });
  });

  it('works on metadata that stands alone', async () => {
    expect((await json(['inventory', 'bare.md'])).platformInvokes.map(({ kind }: { kind: string }) => kind)).toEqual(
      Array(3).fill('internalCall'),
    );
  });
});

describe('ijw interop verdicts', () => {
  it('says which exception a method gets, and when', async () => {
    const { methods } = await json(['verdicts', 'a.dll']);
    expect(
      methods.map(({ method, verdicts }: { method: string; verdicts: { exception: string }[] }) => [method, verdicts[0]!.exception]),
    ).toEqual([['N.T::Entry', 'System.InvalidProgramException']]);
    const { output } = await ijw(['verdicts', 'a.dll']);
    expect(output).toContain('System.InvalidProgramException');
    expect(output).toContain('a.dll: 1 methods');
  });
});

describe('ijw interop registry', () => {
  it('shows the keys that LeanCLR looks up, by the name of the assembly', async () => {
    const { bindings, system } = await json(['registry', 'a.dll']);
    expect(system).toBe('leanclr');
    expect(bindings.map(({ kind, keys, via }: { kind: string; keys: string[]; via: string }) => [kind, keys, via])).toEqual([
      ['pinvoke', ['[sample]N.T::Add(System.Int32)', 'N.T::Add(System.Int32)', '[sample]N.T::Add', 'N.T::Add'], 'none'],
      ['internalCall', ['N.T::Fast()', 'N.T::Fast'], 'none'],
      ['internalCall', ['N.T::Entry()', 'N.T::Entry'], 'none'],
    ]);
    expect((await ijw(['registry', 'a.dll'])).output).toContain('[sample]N.T::Add(System.Int32)');
  });

  it('binds what is registered, and says what is not taken', async () => {
    const list = '[sample]N.T::Add\n[other]N.T::Add\npinvoke N.T::Fast()\n[sample]N.T::Add\nN.T::Entry(\n';
    const { bindings, rejected } = await json(['registry', 'a.dll', '--signatures', 'list.txt'], { 'list.txt': encode(list) });
    const [add, fast] = bindings;
    expect([add.via, add.boundBy, fast.via, fast.error.code]).toEqual(['pinvoke', '[sample]N.T::Add', 'none', 'NotImplemented']);
    expect(rejected.map(({ signature }: { signature: string }) => signature)).toEqual([
      '[other]N.T::Add',
      'N.T::Fast()',
      '[sample]N.T::Add',
      'N.T::Entry(',
    ]);
    const { output } = await ijw(['registry', 'a.dll', '--signatures', 'list.txt'], { 'list.txt': encode(list) });
    expect(output).toContain('3 methods for native code, 1 bound');
    expect(output.match(/not taken/g)?.length).toBe(4);
  });

  it('dispatches the slots of TinyCLR from a binary', async () => {
    const bytes = new Uint8Array(0x90);
    const view = new DataView(bytes.buffer);
    bytes.set(encode('InteropTest\0'), 0x70);
    for (const [offset, word] of [
      [0x40, 0x20000070],
      [0x44, 0x00691eee],
      [0x48, 0x20000050],
      [0x54, 0x20000001],
      [0x58, 0x20000011],
    ] as const)
      view.setUint32(offset, word, true);
    const files = { 'fw.bin': bytes };
    const { definition, bindings } = await json(['registry', 'bare.md', '--check', 'fw.bin'], files);
    expect(definition).toMatchObject({ symbol: 'Interop_InteropTest', address: 0x20000040 });
    expect(bindings.map(({ via }: { via: string }) => via)).toEqual(['il', 'native', 'native', 'none', 'il']);
    view.setUint32(0x44, 1, true);
    expect((await ijw(['registry', 'bare.md', '--check', 'fw.bin'], files)).output).toContain('Invalid native checksum');
  });
});

it.each([
  ['another word', ['inventoryy', 'a.dll'], 2, 'inventory, verdicts, registry'],
  ['a file that is not there', ['inventory', 'none.dll'], 1, 'none.dll: '],
  ['a registry without a binary', ['registry', 'bare.md', '--check', 'bare.txt'], 2, 'needs a raw binary'],
])('ijw interop refuses %s in one line', async (_what, args, code, message) => {
  const { exitCode, errors } = await ijw(args, { 'bare.txt': encode('text') });
  expect([exitCode, errors.includes(message), errors.match(/\n/g)?.length]).toEqual([code, true, 1]);
});
