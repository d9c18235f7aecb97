export interface ReadOptions {
  /** The most bytes that are wanted; a longer file is an error. */
  readonly limit?: number;
  /** An image is wanted: a stream whose first bytes are of nothing of the kind is not read further. */
  readonly image?: boolean;
}

/** Everything a command may touch outside itself: tests give a `run` their own. */
export interface Io {
  /** Writes to standard output and returns when the bytes are taken, so that memory does not grow with what is printed. */
  write(chunk: string | Uint8Array): void;
  writeError(text: string): void;
  readFile(path: string, options?: ReadOptions): Uint8Array;
  /** All or nothing: the file is there whole or as it was before. */
  createFile(path: string): OutputFile;
  /** A regular file: not a folder, a pipe or a device. */
  isFile(path: string): boolean;
  /** Names of the files in a folder, links to files among them; folders, pipes and devices are left out. @throws FileAccessError for what is not a folder */
  filesIn(folder: string): readonly string[];
  /** Paths of the files in a folder and below it, with `/` between names; links to folders are not followed. @throws FileAccessError */
  filesBelow(folder: string): readonly string[];
  /** Much code is about to run, and for less than a second: the engine is told not to spend that on making it faster still. */
  expectShortRun?(): Promise<void>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  /** Columns of the terminal; 120 without a terminal. */
  readonly width: number;
}

export interface OutputFile {
  write(chunk: string | Uint8Array): void;
  /** Puts the file in its place. */
  commit(): void;
  /** Leaves no trace. */
  discard(): void;
}

/** The reader of our output has gone (`| head`): the command ends quietly. */
export class ClosedPipeError extends Error {
  override readonly name = 'ClosedPipeError';
}

/** A file that cannot be read or written, said in words for the user. */
export class FileAccessError extends Error {
  override readonly name = 'FileAccessError';
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}
