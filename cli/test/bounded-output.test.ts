// What a command may write grows with what it has read: rows that share a long name cannot fill a disk.
import { BadImageError } from '@ijw/binary';
import { describe, expect, it } from 'vitest';
import { boundedOutput } from '../src/bounded-output.ts';
import type { Io } from '../src/io.ts';
import { memoryIo } from './memory-io.ts';

const WITHOUT_INPUT = 0x4000000;
const FOR_EACH_BYTE = 128;
const INPUT = 1000;

/** Nothing that is written is kept. */
const bounded = (): Io => {
  const io = memoryIo({ input: new Uint8Array(INPUT) });
  const createFile: Io['createFile'] = () => ({ write: () => {}, commit: () => {}, discard: () => {} });
  return boundedOutput({ ...io, write: () => {}, createFile });
};
const tooMuch = expect.objectContaining({ code: 'TOO_MUCH_DATA' });

describe('output', () => {
  it('without any input has 64 MiB, and no byte more', () => {
    const io = bounded();
    io.write(new Uint8Array(WITHOUT_INPUT));
    expect(() => io.write('x')).toThrow(BadImageError);
    expect(() => io.write('x')).toThrow(tooMuch);
  });

  it('has 128 bytes more for each byte that was read', () => {
    const io = bounded();
    io.readFile('input');
    io.write(new Uint8Array(WITHOUT_INPUT));
    io.write('x'.repeat(INPUT * FOR_EACH_BYTE));
    expect(() => io.write('x')).toThrow(tooMuch);
  });

  it('to files and to standard output is counted together', () => {
    const io = bounded();
    io.createFile('one').write(new Uint8Array(WITHOUT_INPUT - 1));
    io.write('x');
    expect(() => io.createFile('two').write('x')).toThrow(tooMuch);
  });

  it('goes to a path once', () => {
    const io = bounded();
    io.createFile('one').commit();
    expect(() => io.createFile('one')).toThrow('one would be written twice');
  });
});
