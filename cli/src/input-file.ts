import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { detectContainer } from '@ijw/pe';
import { accessError, errorCode, fileIdentity } from './file-access.ts';
import { FileAccessError, type ReadOptions } from './io.ts';

/** The limit for standard input and devices, whose length is unknown. */
const LONGEST_STREAM = 0x20000000;

/** Enough to tell what a file is, PE header included. */
const HEAD = 0x1000;
const PIECE = 0x10000;

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Returns the number of bytes read, 0 at the end. An empty pipe gives EAGAIN: wait a moment. */
function readPiece(descriptor: number, piece: Uint8Array): number {
  for (;;) {
    try {
      return readSync(descriptor, piece);
    } catch (error) {
      if (errorCode(error) === 'EOF') return 0;
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

/** Files that no reader supports are not read beyond their first bytes. */
const isNoImage = (head: Uint8Array): boolean => ['unknown', 'text', 'zeroes'].includes(detectContainer(head).kind);

function readStream(path: string, descriptor: number, { image = false, limit = LONGEST_STREAM }: ReadOptions): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let judged = !image;
  for (;;) {
    const piece = new Uint8Array(PIECE);
    const count = readPiece(descriptor, piece);
    if (count === 0) break;
    pieces.push(piece.subarray(0, count));
    length += count;
    if (length > limit) throw new FileAccessError(path, `it gives more than ${Math.floor(limit / 0x100000)} MiB`);
    if (judged || length < HEAD) continue;
    judged = true;
    if (isNoImage(Buffer.concat(pieces))) break;
  }
  return Buffer.concat(pieces);
}

export interface InputFile {
  readonly bytes: Uint8Array;
  readonly identity: string | undefined;
}

/** Reads a file; `-` is standard input. Other than regular files are bounded, and checked by their first bytes if an image is expected. @throws FileAccessError */
export function readInputFile(path: string, options: ReadOptions = {}): InputFile {
  let descriptor: number | undefined;
  try {
    descriptor = path === '-' ? 0 : openSync(path, 'r');
    const status = fstatSync(descriptor);
    const identity = fileIdentity(status);
    if (!status.isFile()) return { bytes: readStream(path, descriptor, options), identity };
    if (options.limit !== undefined && status.size > options.limit)
      throw new FileAccessError(path, `it is larger than ${Math.floor(options.limit / 0x100000)} MiB`);
    return { bytes: readFileSync(descriptor), identity };
  } catch (error) {
    throw error instanceof FileAccessError ? error : accessError(path, error);
  } finally {
    if (descriptor !== undefined && descriptor !== 0) closeSync(descriptor);
  }
}

/** Memory grows in steps of this size. */
const STEP = 0x100000;

/** Memory for files that are looked at one after the other: as much as the largest of them. */
export class ReusedMemory {
  #memory = new Uint8Array(0);
  #isUsed = false;

  /** Gives a file to a function that keeps nothing of it. @throws FileAccessError */
  use<T>(path: string, take: (bytes: Uint8Array) => T): T {
    if (this.#isUsed) return take(readInputFile(path).bytes);
    this.#isUsed = true;
    try {
      return take(this.#read(path));
    } finally {
      this.#isUsed = false;
    }
  }

  #read(path: string): Uint8Array {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, 'r');
      const status = fstatSync(descriptor);
      if (!status.isFile()) return readStream(path, descriptor, {});
      if (status.size > this.#memory.length) this.#memory = new Uint8Array(Math.ceil(status.size / STEP) * STEP);
      let length = 0;
      while (length < status.size) {
        const count = readSync(descriptor, this.#memory, length, status.size - length, length);
        if (count === 0) break;
        length += count;
      }
      return this.#memory.subarray(0, length);
    } catch (error) {
      throw error instanceof FileAccessError ? error : accessError(path, error);
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}
