import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { accessError, errorCode, fileIdentity, fileStatus } from './file-access.ts';
import { ClosedPipeError, FileAccessError, type OutputFile } from './io.ts';

const pause = new Int32Array(new SharedArrayBuffer(4));

const encoder = new TextEncoder();

/** Text is encoded here as far as it fits: an array for each piece of hundreds of megabytes would keep the collector busy. */
const scratch = new Uint8Array(3 << 17);

function encoded(text: string): Uint8Array {
  if (text.length * 3 > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Writes all of `chunk`. A full non-blocking pipe gives EAGAIN: wait a moment and try again, so that memory does not grow. @throws FileAccessError, ClosedPipeError */
export function writeFully(descriptor: number, path: string, chunk: string | Uint8Array): void {
  const bytes = typeof chunk === 'string' ? encoded(chunk) : chunk;
  for (let position = 0; position < bytes.length; ) {
    try {
      position += writeSync(descriptor, bytes, position);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EPIPE') throw new ClosedPipeError();
      if (code !== 'EAGAIN') throw accessError(path, error);
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

/** Temporary files of this process, and whether their removal at its end is arranged. */
const temporaries = new Set<string>();
let arranged = false;

function removeTemporaries(): void {
  for (const path of temporaries) rmSync(path, { force: true });
  temporaries.clear();
}

/** The events that end the process: a normal exit, or a signal. */
function removeAtTheEnd(path: string): void {
  temporaries.add(path);
  if (arranged) return;
  arranged = true;
  process.once('exit', removeTemporaries);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      removeTemporaries();
      process.kill(process.pid, signal);
    });
  }
}

const ATTEMPTS = 100;

/** Creates a new file; an existing link of that name is not followed. */
function openTemporary(path: string): { readonly temporary: string; readonly descriptor: number } {
  for (let attempt = 0; ; attempt++) {
    const temporary = `${path}.${process.pid}.${attempt}.part`;
    try {
      const descriptor = openSync(temporary, 'wx');
      removeAtTheEnd(temporary);
      return { temporary, descriptor };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST' || attempt === ATTEMPTS) throw error;
    }
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw accessError(path, error);
  }
}

const isFolder = (path: string): boolean => fileStatus(path)?.isDirectory() === true;

/** Makes a folder; `false` where the one that it lies in has to be made first. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    // Another process made it in between.
    if (isFolder(path)) return true;
    throw error;
  }
}

/** Makes a folder and those that it lies in. Each is tried twice at most: where a file system has no room for folders, Node's own recursion never ends. */
function createFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; at !== dirname(at) && !isFolder(at) && !makeFolder(at); at = dirname(at)) missing.push(at);
  for (const path of missing.reverse()) mkdirSync(path);
}

/** A file that is written atomically. @param isInput refuses the path of a file that was read */
export function createOutputFile(path: string, isInput: (identity: string) => boolean): OutputFile {
  const status = fileStatus(path);
  // A device or a pipe is written directly; only a regular file can be replaced.
  if (status?.isFile() === false) return openDevice(path);
  const { temporary, descriptor } = attempt(path, () => {
    createFolder(dirname(path));
    return openTemporary(path);
  });
  const remove = (): void => {
    rmSync(temporary, { force: true });
    temporaries.delete(temporary);
  };
  const close = closedOnce(path, descriptor);
  return {
    write: (chunk) => writeFully(descriptor, path, chunk),
    commit() {
      try {
        close();
        const identity = fileIdentity(fileStatus(path));
        if (identity !== undefined && isInput(identity))
          throw new FileAccessError(path, 'it is a file that was read: the output has to go elsewhere');
        attempt(path, () => renameSync(temporary, path));
        temporaries.delete(temporary);
      } catch (error) {
        remove();
        throw error;
      }
    },
    discard() {
      close();
      remove();
    },
  };
}

/** Closes a descriptor the first time: an output that could not be put in its place is discarded afterwards. */
function closedOnce(path: string, descriptor: number): () => void {
  let open = true;
  return () => {
    if (!open) return;
    open = false;
    attempt(path, () => closeSync(descriptor));
  };
}

function openDevice(path: string): OutputFile {
  const descriptor = attempt(path, () => openSync(path, 'w'));
  const close = closedOnce(path, descriptor);
  return { write: (chunk) => writeFully(descriptor, path, chunk), commit: close, discard: close };
}
