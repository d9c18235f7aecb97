import type { Assembly } from '@ijw/assembly';
import type { Token } from '@ijw/metadata';
import type { AssemblyProvider } from '@ijw/metadata/resolution';
import type { FirmwareTable } from '../firmware/check-firmware.ts';
import type { StubMismatch } from '../firmware/source-table.ts';
import type { StubSet } from './stub-set.ts';

/** The input of a generator. */
export interface StubInput {
  readonly assembly: Assembly;
  /** Generation of the system, one of the target's `versions`; its first by default. */
  readonly version?: string;
  readonly bare?: boolean;
  /** Where other assemblies come from, for the fields of base types. */
  readonly provider?: AssemblyProvider;
  /** Name in files and structs, where it is not the assembly's. */
  readonly project?: string;
  /** `Type::Method` or tokens; all methods without any. */
  readonly methods?: readonly string[];
  /** Types that the system's tool was told to leave out, with those that are nested in them. */
  readonly excludedTypes?: ReadonlySet<Token>;
}

/** A system that code is generated for. */
export interface StubTarget {
  /** Generations of the system; none where there is one only. */
  readonly versions: readonly string[];
  /** @throws UnsupportedError where nothing can be generated; BadImageError */
  generate(input: StubInput): StubSet;
  /** The file that holds the methods table, for the systems that have one. */
  tableFile?(input: StubInput): string;
  /** Compares a methods table in C++ with the assembly. @throws BadImageError where the text is not such a table */
  compare?(input: StubInput, source: string): readonly StubMismatch[];
  /** The methods table as a firmware has it, for the systems that have one. */
  firmwareTable?(input: StubInput): FirmwareTable;
  /** The methods table by which a `.pe` file of a generation has its checksum; a `version` in the input counts instead of that generation. */
  vendorTable?(input: StubInput, generation: string): FirmwareTable;
}

/** Compares generated files with those that exist; `existing` returns `undefined` for one that does not. */
export function compareFiles(set: StubSet, existing: (path: string) => string | undefined): readonly StubMismatch[] {
  return set.files.flatMap(({ path, text, stubs }) => {
    const found = existing(path);
    if (found === undefined) return [{ place: path, expected: 'a file', found: 'nothing' }];
    if (stubs !== undefined || found === text) return [];
    return [firstDifference(path, text, found)];
  });
}

function firstDifference(path: string, expected: string, found: string): StubMismatch {
  const [wanted, there] = [expected.split('\n'), found.split('\n')];
  const line = wanted.findIndex((text, index) => text !== there[index]);
  const index = line < 0 ? wanted.length : line;
  return { place: `${path}:${index + 1}`, expected: wanted[index] ?? 'the end of the file', found: there[index] ?? 'the end of the file' };
}
