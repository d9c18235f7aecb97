import { UnsupportedError } from '@ijw/binary';
import { LazyText } from './lazy-text.ts';

/** A file that a generator made: its path below the target folder, with `/` between folders, and its text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
  /** The text of a file that grows with the methods of an assembly; absent for others. */
  readonly parts?: LazyText;
  /**
   * In a file that is there to be filled in: each function of it, by its name in C++ (`Struct::Method`). Such a file is merged with one that exists (`mergeStubs`); others are
   * written again.
   */
  readonly stubs?: StubTexts;
}

export type StubTexts = Pick<ReadonlyMap<string, string>, 'keys' | 'get'>;

/** A file whose text is made while it is written. */
export class LongFile implements GeneratedFile {
  readonly path: string;
  readonly parts: LazyText;
  declare readonly stubs?: StubTexts;

  constructor(path: string, parts: () => Iterable<string>, stubs?: StubTexts) {
    this.path = path;
    this.parts = new LazyText(parts);
    if (stubs !== undefined) this.stubs = stubs;
  }

  get text(): string {
    return [...this.parts].join('');
  }
}

/** What is written for a file, piece by piece. */
export const partsOf = (file: GeneratedFile): LazyText => file.parts ?? new LazyText(() => [file.text]);

/** Text that is safe in a C++ comment, whatever the names of an assembly's members are. */
export const commentText = (text: string): string => text.replaceAll(/[^\x20-\x7e]|\\/g, '?');

/** File systems refuse longer names. */
const MAXIMUM_NAME = 200;

/** A file name made of an assembly's or class's name. @throws UnsupportedError for one that no file system takes, or that is too long */
export function fileName(name: string, extension: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_.-]/g, '_').replaceAll(/^\.+|\.{2,}/g, '_');
  if (safe === '') throw new UnsupportedError('An empty name makes no file name');
  if (safe.length > MAXIMUM_NAME)
    throw new UnsupportedError(
      `The name "${name.slice(0, 40)}…" is ${name.length} characters long; a file name has at most ${MAXIMUM_NAME}`,
    );
  return `${safe}${extension}`;
}
