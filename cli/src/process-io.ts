import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ClosedPipeError, FileAccessError, type Io, type OutputFile } from './io.ts';

const errorCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory, not a file',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it, or a part of its path, is not a directory',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

function accessError(path: string, error: unknown): FileAccessError {
  const code = errorCode(error);
  return new FileAccessError(path, `${REASONS[code] ?? (error instanceof Error ? error.message : String(error))} (${code})`);
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes all of `chunk`. A full non-blocking pipe answers EAGAIN: wait a moment and go on, so nothing piles up in memory. */
function writeFully(descriptor: number, chunk: string | Uint8Array): void {
  const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
  for (let position = 0; position < bytes.length; ) {
    try {
      position += writeSync(descriptor, bytes, position);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EPIPE') throw new ClosedPipeError();
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

function createFile(path: string): OutputFile {
  // A device or a pipe is written to; only a file can be put in the place of another.
  if (stat(path)?.isFile() === false) return openDevice(path);
  const temporary = `${path}.${process.pid}.part`;
  let descriptor: number;
  try {
    mkdirSync(dirname(path), { recursive: true });
    descriptor = openSync(temporary, 'w');
  } catch (error) {
    throw accessError(path, error);
  }
  return {
    write: (chunk) => writeFully(descriptor, chunk),
    commit() {
      closeSync(descriptor);
      try {
        renameSync(temporary, path);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw accessError(path, error);
      }
    },
    discard() {
      closeSync(descriptor);
      rmSync(temporary, { force: true });
    },
  };
}

function openDevice(path: string): OutputFile {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'w');
  } catch (error) {
    throw accessError(path, error);
  }
  return { write: (chunk) => writeFully(descriptor, chunk), commit: () => closeSync(descriptor), discard: () => closeSync(descriptor) };
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    throw accessError(path, error);
  }
}

const isFile = (path: string): boolean => stat(path) !== undefined;

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() || (entry.isSymbolicLink() && stat(`${folder}/${entry.name}`)?.isFile() === true))
      .map(({ name }) => name);
  } catch (error) {
    throw accessError(folder, error);
  }
}

/** `undefined` where nothing is, also where a part of the path is no directory. */
function stat(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Not `process.stdout.isTTY`: that getter alone loads the tty and stream modules, which costs more than reading a header. */
function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

/** Functions compiled into each other take V8 a third more of the time of a whole disassembly, and save nothing of it. Not earlier: code caches are made for other flags. */
async function expectShortRun(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=150');
}

export function processIo(): Io {
  const isTerminal = isCharacterDevice(1) && process.stdout.isTTY === true;
  return {
    write: (chunk) => writeFully(1, chunk),
    writeError: (text) => writeFully(2, text),
    readFile,
    createFile,
    isFile,
    filesIn,
    expectShortRun,
    environment: process.env,
    isTerminal,
    width: isTerminal ? (process.stdout.columns ?? 120) : 120,
  };
}
