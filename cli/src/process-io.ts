import { fstatSync } from 'node:fs';
import { fileStatus, filesBelow, filesIn } from './file-access.ts';
import { ReusedMemory, readInputFile } from './input-file.ts';
import type { Io } from './io.ts';
import { createOutputFile, writeFully } from './output-file.ts';

/** Not `process.stdout.isTTY`: that getter alone loads the tty and stream modules, which costs more than reading a header. */
function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

/**
 * Functions compiled into each other take V8 a third more of the time of a whole disassembly, and save nothing of it; and there is so little to collect
 * that waiting for the threads which help takes longer. Not earlier: code caches are made for other flags.
 */
async function expectShortRun(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=150');
  setFlagsFromString('--no-parallel-scavenge');
}

/** If standard error is full or closed, the message is lost. */
function writeError(text: string): void {
  try {
    writeFully(2, 'standard error', text);
  } catch {
    return;
  }
}

export function processIo(): Io {
  const isTerminal = isCharacterDevice(1) && process.stdout.isTTY === true;
  const inputs = new Set<string>();
  const memory = new ReusedMemory();
  return {
    write: (chunk) => writeFully(1, 'standard output', chunk),
    writeError,
    readFile(path, options) {
      const { bytes, identity } = readInputFile(path, options);
      if (identity !== undefined && options?.rewritten !== true) inputs.add(identity);
      return bytes;
    },
    useFile: (path, take) => memory.use(path, take),
    createFile: (path) => createOutputFile(path, (identity) => inputs.has(identity)),
    isFile: (path) => fileStatus(path)?.isFile() === true,
    filesIn,
    filesBelow,
    expectShortRun,
    environment: process.env,
    isTerminal,
    width: isTerminal ? (process.stdout.columns ?? 120) : 120,
  };
}
