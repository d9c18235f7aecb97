// Names, versions and file names with escapes, line ends and bidirectional controls: no text, note or error line lets them through, and JSON stays JSON.
import { ByteWriter } from '@ijw/binary';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { PEBuilder } from '@ijw/pe/builder';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const NAME = 'a\u001b[2J\u001b]0;title\u0007b\nINJECT: x\r\u202ec\u0085\u2028d\u009b31m';
const CONTROL = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** An image in which everything that can have a name has that one. */
function imageWithNames(): Uint8Array {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: NAME });
  builder.add('Assembly', { Name: NAME, Culture: NAME });
  builder.add('AssemblyRef', { Name: NAME });
  builder.add('TypeDef', { Name: '<Module>' });
  builder.add('TypeDef', { Name: NAME, Namespace: NAME, Flags: 1 });
  builder.add('Field', { Name: NAME, Flags: 6, Signature: Uint8Array.of(6, 8) });
  const method = builder.add('MethodDef', { Name: NAME, Flags: 0x2016, Signature: Uint8Array.of(0, 1, 1, 0x0e) });
  builder.add('MethodDef', { Name: NAME, Flags: 0x16, ImplFlags: 0x1000, Signature: Uint8Array.of(0, 0, 8) });
  builder.add('Param', { Sequence: 1, Name: NAME });
  const library = builder.add('ModuleRef', { Name: NAME });
  builder.add('ImplMap', { MemberForwarded: method, ImportName: NAME, ImportScope: library, MappingFlags: 0x140 });
  builder.add('ManifestResource', { Name: NAME, Flags: 1 });
  const metadata = builder.build({ version: NAME.slice(0, 8) });
  const image = new PEBuilder();
  const header = new ByteWriter().u32(72).u16(2).u16(5).u32(0x2000).u32(metadata.length).u32(1).fill(52).toBytes();
  image.addSection('.text', { rva: 0x1000 }).add(header, { rva: 0x1000 });
  image.addSection('.meta', { rva: 0x2000 }).add(metadata, { rva: 0x2000 });
  image.setDirectory('cliHeader', { rva: 0x1000, size: 72 });
  return image.build();
}

const COMMANDS = [
  'info',
  'headers',
  'tables',
  'tables MethodDef',
  'tables --resolved',
  'dis',
  'dis --class-list --headers',
  'dis --source',
  'boundary',
  'boundary --dot',
  'lint',
  'load --host core --trace',
  'tour --trace',
  'stubs --for c',
  'stubs --for csharp',
  'stubs --for leanclr',
  'stubs --for tinyclr',
];

describe('names that act on a terminal', () => {
  const image = imageWithNames();

  it.each(COMMANDS)('%s', async (command) => {
    const [verb = '', ...options] = command.split(' ');
    const file = `${NAME}.dll`;
    const io = memoryIo({ [file]: image });
    const exitCode = await run([verb, file, ...options], io);
    expect([0, 1]).toContain(exitCode);
    expect(io.output.text + io.errors.text).not.toBe('');
    expect(CONTROL.exec(io.output.text)?.[0]).toBeUndefined();
    expect(CONTROL.exec(io.errors.text)?.[0]).toBeUndefined();
    expect(io.output.text).not.toMatch(/^INJECT/m);
    expect(io.errors.text).not.toMatch(/^INJECT/m);
    expect(io.output.text + io.errors.text).not.toMatch(/\[object |#undefined/);
  });

  it('are whole in JSON', async () => {
    const io = memoryIo({ 'a.dll': image });
    expect(await run(['info', 'a.dll', '--json'], io)).toBe(0);
    expect(JSON.parse(io.output.text).module.name).toBe(NAME);
  });

  it('of a file that is not there stay on one line', async () => {
    const io = memoryIo({});
    expect(await run(['info', NAME], io)).toBe(1);
    expect(io.errors.text.split('\n')).toHaveLength(2);
    expect(CONTROL.test(io.errors.text)).toBe(false);
  });

  it.each([
    [[NAME]],
    [['info', `--${NAME}`]],
    [['load', 'a.dll', '--host', NAME]],
    [['load', 'a.dll', '--search', NAME]],
    [['dis', 'a.dll', NAME]],
    [['lint', 'a.dll', '--rule', NAME]],
    [['lint', 'a.dll', '--suppressions', NAME]],
    [['interop', NAME, 'a.dll']],
    [['tables', 'a.dll', NAME]],
    [['demangle', NAME]],
    [['completion', NAME]],
  ])('that the command line has stay on one line: %#', async (argv) => {
    const io = memoryIo({ 'a.dll': image });
    await run(argv, io);
    expect(CONTROL.test(io.output.text + io.errors.text)).toBe(false);
    expect(io.errors.text).not.toMatch(/^INJECT/m);
  });
});
