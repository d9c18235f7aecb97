import { nearestNames } from '@ijw/assembly/nearest-names';
import { FileAccessError, type Io } from './io.ts';

/** What other tools call the commands. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  disassemble: 'dis',
  disasm: 'dis',
  ildasm: 'dis',
  il: 'dis',
  dump: 'headers',
  dumpbin: 'headers',
  imports: 'headers',
  exports: 'headers',
  sections: 'headers',
  metadata: 'tables',
  pinvokes: 'boundary',
  undname: 'demangle',
  check: 'lint',
};

/** The command that another name stands for. */
export const commandCalled = (name: string): string | undefined =>
  Object.hasOwn(OTHER_NAMES, name.toLowerCase()) ? OTHER_NAMES[name.toLowerCase()] : undefined;

/** The words most like one that was typed: the only one that begins so (`--architecture` for `--arch`), or the nearest. */
export function nearestWords(typed: string, words: readonly string[]): readonly string[] {
  const longer = words.filter((word) => word.startsWith(typed));
  if (longer.length === 1) return longer;
  return nearestNames(
    typed,
    words.map((word) => [word, () => word] as const),
  );
}

/** `; did you mean a or b?`, or nothing. */
export function didYouMean(typed: string, words: readonly string[]): string {
  const near = nearestWords(typed, words);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

/** Reads a file of the command line; if it is missing, the error has the names like it in the folder. @throws FileAccessError */
export function readOperand(io: Io, path: string): Uint8Array {
  try {
    return io.readFile(path, { image: true });
  } catch (error) {
    if (error instanceof FileAccessError && error.message.includes('EISDIR'))
      throw new FileAccessError(error.path, `${error.message}; name its files, such as ${path.replace(/[/\\]$/, '')}/*.dll`);
    if (!(error instanceof FileAccessError) || !error.message.includes('ENOENT')) throw error;
    throw new FileAccessError(error.path, error.message + similarFiles(io, path));
  }
}

function similarFiles(io: Io, path: string): string {
  const split = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
  try {
    return didYouMean(path.slice(split), io.filesIn(split === 0 ? '.' : path.slice(0, split)));
  } catch (error) {
    if (error instanceof FileAccessError) return '';
    throw error;
  }
}
