import { FileAccessError, type Io } from '../src/io.ts';

export interface MemoryIo extends Io {
  /** What went to standard output and standard error. */
  readonly output: { text: string };
  readonly errors: { text: string };
  readonly files: Map<string, Uint8Array>;
}

/** An `Io` without a process: files are those given, and what is written is kept. */
export function memoryIo(files: Readonly<Record<string, Uint8Array>>): MemoryIo {
  const output = { text: '' };
  const errors = { text: '' };
  const stored = new Map(Object.entries(files));
  const decoder = new TextDecoder();
  const asText = (chunk: string | Uint8Array): string => (typeof chunk === 'string' ? chunk : decoder.decode(chunk));
  const below = (folder: string): readonly string[] => {
    const start = folder === '.' ? '' : folder.endsWith('/') ? folder : `${folder}/`;
    const names = [...stored.keys()].filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
    if (names.length === 0) throw new FileAccessError(folder, 'folder not found (ENOENT)');
    return names;
  };
  return {
    output,
    errors,
    files: stored,
    write(chunk) {
      output.text += asText(chunk);
    },
    writeError(text) {
      errors.text += text;
    },
    readFile(path) {
      const bytes = stored.get(path);
      if (!bytes) throw new FileAccessError(path, 'file not found (ENOENT)');
      return bytes;
    },
    createFile(path) {
      let text = '';
      return {
        write(chunk) {
          text += asText(chunk);
        },
        commit: () => void stored.set(path, new TextEncoder().encode(text)),
        discard: () => {},
      };
    },
    isFile: (path) => stored.has(path),
    filesIn: (folder) => below(folder).filter((name) => !name.includes('/')),
    filesBelow: (folder) => below(folder),
    environment: {},
    isTerminal: false,
    width: 120,
  };
}
