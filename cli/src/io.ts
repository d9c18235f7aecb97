export interface ReadOptions {
  /** The size limit in bytes; a longer file is an error. */
  readonly limit?: number;
  /** The caller expects an image: a stream whose first bytes are not those of an image is not read further. */
  readonly image?: boolean;
  /** The file is read to be written again: an output in its place is not refused. */
  readonly rewritten?: boolean;
}

/** Everything a command may touch outside itself: tests give a `run` their own. */
export interface Io {
  /** Writes to standard output and returns when the bytes are written, so that memory does not grow with the output. */
  write(chunk: string | Uint8Array): void;
  writeError(text: string): void;
  readFile(path: string, options?: ReadOptions): Uint8Array;
  /** Gives a file to a function that keeps nothing of it: its memory is used for the next one. @throws FileAccessError */
  useFile?<T>(path: string, take: (bytes: Uint8Array) => T): T;
  /** Creates a file atomically: after an error the old content is unchanged. */
  createFile(path: string): OutputFile;
  /** A regular file: not a folder, a pipe or a device. */
  isFile(path: string): boolean;
  /** Names of the files in a folder, links to files among them; folders, pipes and devices are left out. @throws FileAccessError for what is not a folder */
  filesIn(folder: string): readonly string[];
  /** Paths of the files in a folder and below it, with `/` between names; links to folders are not followed. @throws FileAccessError */
  filesBelow(folder: string): readonly string[];
  /** Tells the engine that much code runs for less than a second, so that it optimizes less. */
  expectShortRun?(): Promise<void>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  /** Columns of the terminal; 120 without a terminal. */
  readonly width: number;
}

export interface OutputFile {
  write(chunk: string | Uint8Array): void;
  /** Moves the file to its path. */
  commit(): void;
  /** Removes the temporary file. */
  discard(): void;
}

/** The reader of the output has closed the pipe (`| head`): the command ends without a message. */
export class ClosedPipeError extends Error {
  override readonly name = 'ClosedPipeError';
}

/** A file that cannot be read or written; the message is for the user. */
export class FileAccessError extends Error {
  override readonly name = 'FileAccessError';
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}
