// Commands on a single-file application whose host is an ELF file.
import { buildMixedImage } from '@ijw/fixtures';
import { BundleFileType, writeSingleFileBundle } from '@ijw/pe/containers';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const library = buildMixedImage({ architecture: 'x64', records: [] }).bytes;
const elf = new Uint8Array(0x400);
elf.set([0x7f, 0x45, 0x4c, 0x46]);
const app = writeSingleFileBundle(elf, {
  majorVersion: 6,
  bundleId: 'id',
  entries: [{ path: 'lib.dll', type: BundleFileType.Assembly, bytes: library }],
});

async function ijw(...args: readonly string[]) {
  const io = memoryIo({ app, other: elf });
  const exitCode = await run(args, io);
  return { exitCode, output: io.output.text, errors: io.errors.text };
}

describe('a single-file application whose host is an ELF file', () => {
  it('is described with the files that it carries', async () => {
    const { exitCode, output } = await ijw('info', 'app', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      format: 'bundle',
      kind: 'native',
      bundle: { version: '6.0', files: [{ path: 'lib.dll' }] },
    });
    expect((await ijw('info', 'app')).output).toContain('lib.dll');
  });

  it('opens one of them', async () => {
    const { output } = await ijw('info', 'app', '--entry', 'lib.dll', '--json');
    expect(JSON.parse(output)).toMatchObject({ format: 'PE32+', kind: 'mixed', size: library.length });
  });

  it('does not open one that is not there: an error of the file, as for any path', async () => {
    const { exitCode, errors } = await ijw('info', 'app', '--entry', 'other.dll');
    expect([exitCode, errors]).toEqual([
      1,
      'ijw: app: NO_SUCH_ENTRY at 0x0 while reading the bundle: The bundle has no "other.dll"; it has lib.dll\n',
    ]);
  });

  it.each(['headers', 'tables', 'dis'])('%s says how', async (command) => {
    const { exitCode, errors } = await ijw(command, 'app');
    expect(exitCode).toBe(1);
    expect(errors).toContain('--entry opens one of its files, lib.dll');
  });

  it('and without a bundle it is named as what it is', async () => {
    expect((await ijw('info', 'other')).errors).toContain('NOT_PE at 0x0 while reading the DOS header: Not a PE image: an ELF file');
  });
});
