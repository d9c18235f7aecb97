import { BadImageError, UsageError } from '@ijw/binary';
import type { Io, OutputFile } from './io.ts';

/** Every output may be as long as this, in bytes. */
const BASE = 0x4000000;

/** What a byte of a file may become: a row of two bytes is some 200 characters of JSON. */
const FOR_EACH_BYTE = 128;

/**
 * The same `Io` with an output limit that depends on the bytes read: thousands of rows may share a name or a signature that is as long as the file, and printing it for
 * each of them would fill any disk. Writing more throws `BadImageError` `TOO_MUCH_DATA`.
 */
export function boundedOutput(io: Io): Io {
  let left = BASE;
  const created = new Set<string>();
  const pay = (chunk: string | Uint8Array): void => {
    left -= chunk.length;
    if (left >= 0) return;
    const message = 'Data that several places share makes the output far longer than the file; the rest is left out';
    throw new BadImageError({ code: 'TOO_MUCH_DATA', offset: 0, reading: 'the file', message });
  };
  const bounded = (file: OutputFile): OutputFile => ({
    write(chunk) {
      pay(chunk);
      file.write(chunk);
    },
    commit: () => file.commit(),
    discard: () => file.discard(),
  });
  return {
    ...io,
    write(chunk) {
      pay(chunk);
      io.write(chunk);
    },
    createFile(path) {
      if (created.has(path)) throw new UsageError(`${path} would be written twice: give the files one at a time`);
      created.add(path);
      return bounded(io.createFile(path));
    },
    readFile(path, options) {
      const bytes = io.readFile(path, options);
      left += bytes.length * FOR_EACH_BYTE;
      return bytes;
    },
  };
}
