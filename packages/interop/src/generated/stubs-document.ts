import type { MergedFile } from './merge-stubs.ts';
import type { StubEntry, StubRefusal, StubSet } from './stub-set.ts';
import type { StubMismatch } from './stub-target.ts';

/** The JSON of `ijw stubs`. */
export interface StubsDocument {
  /** For a comparison: whether all that exists is as the assembly wants it, and what is not. */
  readonly matches?: boolean;
  readonly mismatches?: readonly StubMismatch[];
  /** Sizes are in bytes of UTF-8. */
  readonly files: readonly {
    readonly path: string;
    readonly size: number;
    readonly added?: readonly string[];
    readonly stale?: readonly string[];
  }[];
  readonly checksum?: number;
  readonly entries: readonly StubEntry[];
  readonly refusals?: readonly StubRefusal[];
}

/** The size of a text as UTF-8, in bytes. */
export const utf8Size = (text: string): number => new TextEncoder().encode(text).length;

/**
 * What a generator made, and what becomes of the files.
 * @param mismatches of a comparison with files that exist
 */
export const stubsDocument = (set: StubSet, files: readonly MergedFile[], mismatches?: readonly StubMismatch[]): StubsDocument => ({
  ...(mismatches !== undefined && { matches: mismatches.length === 0, mismatches }),
  files: files.map(({ path, text, added, stale }) => ({
    path,
    size: utf8Size(text),
    ...(added.length > 0 && { added }),
    ...(stale.length > 0 && { stale }),
  })),
  ...(set.checksum !== undefined && { checksum: set.checksum }),
  entries: set.entries,
  ...(set.refusals.length > 0 && { refusals: set.refusals }),
});
