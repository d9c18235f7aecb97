// Files of a process: outputs that are whole or not there, inputs that are not what they seem, sources that a PDB names (skipped without links or FIFOs of the system).
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { FileAccessError } from '../src/io.ts';
import { processIo } from '../src/process-io.ts';
import { run } from '../src/run.ts';

const root = mkdtempSync(join(tmpdir(), 'ijw-files-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder = root;
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});

describe('an output', () => {
  it('is there when it is committed, and nothing else is', () => {
    const path = join(folder, 'deep/out.txt');
    const file = processIo().createFile(path);
    file.write('text');
    expect(existsSync(path)).toBe(false);
    file.commit();
    expect(readFileSync(path, 'utf8')).toBe('text');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['out.txt']);
  });

  it('leaves nothing behind when it is discarded', () => {
    const file = processIo().createFile(join(folder, 'out.txt'));
    file.write('text');
    file.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is never written through a link that waits under the temporary name', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, join(folder, `out.txt.${process.pid}.0.part`));
    const file = processIo().createFile(join(folder, 'out.txt'));
    file.write('text');
    file.commit();
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toBe('text');
  });

  it('does not take the place of a file that was read, whatever path leads there', () => {
    const input = join(folder, 'input');
    writeFileSync(input, 'bytes');
    symlinkSync(input, join(folder, 'link'));
    for (const path of [input, join(folder, 'link'), join(folder, '../', String(count - 1), 'input')]) {
      const io = processIo();
      const file = io.createFile(path);
      io.readFile(input);
      file.write('text');
      expect(() => file.commit()).toThrow(FileAccessError);
      // As commands do after any error.
      file.discard();
      expect(readFileSync(input, 'utf8')).toBe('bytes');
    }
    expect(readdirSync(folder).sort()).toEqual(['input', 'link']);
  });

  it('makes the folders that it lies in, and not in the place of a file', () => {
    writeFileSync(join(folder, 'file'), '');
    const file = processIo().createFile(join(folder, 'a/b/../c/d/out.txt'));
    file.commit();
    expect(readdirSync(join(folder, 'a')).sort()).toEqual(['c']);
    expect(() => processIo().createFile(join(folder, 'file/out.txt'))).toThrow('a part of its path is not a directory (EEXIST)');
    expect(() => processIo().createFile(join(folder, 'file/a/out.txt'))).toThrow('not a directory (ENOTDIR)');
  });

  it.skipIf(!existsSync('/proc/self'))('where no folder can be made is an error in words', () => {
    expect(() => processIo().createFile('/proc/self/a/b/out.txt')).toThrow('file not found (ENOENT)');
  });

  it.each([['\0'], ['a'.repeat(300)]])('on a path that cannot be is an error in words', (name) => {
    expect(() => processIo().createFile(join(folder, name))).toThrow(FileAccessError);
  });

  it.skipIf(!existsSync('/dev/full'))('on a full disk is an error in words', () => {
    const file = processIo().createFile('/dev/full');
    expect(() => file.write('text')).toThrow(expect.objectContaining({ name: 'FileAccessError', message: 'the disk is full (ENOSPC)' }));
  });
});

describe('an input', () => {
  it('that is a folder, or not there, is an error in words', () => {
    expect(() => processIo().readFile(folder)).toThrow(FileAccessError);
    expect(() => processIo().readFile(join(folder, 'none'))).toThrow(FileAccessError);
  });

  it('longer than is wanted is not read', () => {
    writeFileSync(join(folder, 'long'), new Uint8Array(2_000_000));
    expect(() => processIo().readFile(join(folder, 'long'), { limit: 1_000_000 })).toThrow(FileAccessError);
  });

  it.skipIf(!existsSync('/dev/zero'))('without an end is judged by its first bytes', async () => {
    expect(processIo().readFile('/dev/zero', { image: true }).length).toBeLessThan(0x100000);
    expect(() => processIo().readFile('/dev/zero', { limit: 0x100000 })).toThrow(FileAccessError);
    const errors: string[] = [];
    const io = { ...processIo(), write: () => {}, writeError: (text: string) => void errors.push(text) };
    expect(await run(['info', '/dev/zero'], io)).toBe(1);
    expect(errors).toHaveLength(1);
  });

  it('only a file is one', () => {
    const io = processIo();
    writeFileSync(join(folder, 'file'), '');
    expect(io.isFile(join(folder, 'file'))).toBe(true);
    expect(io.isFile(folder)).toBe(false);
    expect(io.isFile('/dev/null')).toBe(false);
    expect(io.isFile(join(folder, 'file/below'))).toBe(false);
  });
});
