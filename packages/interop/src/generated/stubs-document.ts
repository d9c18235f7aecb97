import type { FirmwareReport } from '../firmware/check-firmware.ts';
import type { StubMismatch } from '../firmware/source-table.ts';
import { partsOf } from './generated-file.ts';
import type { MergedFile } from './merge-stubs.ts';
import type { StubEntry, StubOmission, StubRefusal, StubSet } from './stub-set.ts';

/** The result of a comparison of existing files with an assembly. */
export interface StubComparison {
  readonly mismatches: readonly StubMismatch[];
  readonly firmware?: FirmwareReport;
}

/** The JSON of `ijw stubs`. */
export interface StubsDocument {
  /** For a comparison: whether all that exists is as the assembly wants it, and what is not. */
  readonly matches?: boolean;
  readonly mismatches?: readonly StubMismatch[];
  /** The addresses in the firmware for the device. */
  readonly firmware?: Pick<FirmwareReport, 'definition' | 'image' | 'region'>;
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
  readonly omissions?: readonly StubOmission[];
}

/**
 * The output of a generator, and the state of the files.
 * @param comparison with files that exist
 */
export const stubsDocument = (set: StubSet, files: readonly MergedFile[], comparison?: StubComparison): StubsDocument => ({
  ...(comparison !== undefined && { matches: comparison.mismatches.length === 0, mismatches: comparison.mismatches }),
  ...(comparison?.firmware !== undefined && { firmware: placesOf(comparison.firmware) }),
  files: files.map(fileDocument),
  ...(set.checksum !== undefined && { checksum: set.checksum }),
  entries: set.entries,
  ...(set.refusals.length > 0 && { refusals: set.refusals }),
  ...(set.omissions !== undefined && set.omissions.length > 0 && { omissions: set.omissions }),
});

const fileDocument = (file: MergedFile): StubsDocument['files'][number] => ({
  path: file.path,
  size: partsOf(file).size,
  ...(file.added.length > 0 && { added: file.added }),
  ...(file.stale.length > 0 && { stale: file.stale }),
});

const placesOf = ({ definition, image, region }: FirmwareReport) => ({ definition, image, region });
