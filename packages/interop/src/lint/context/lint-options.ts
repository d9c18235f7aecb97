import type { RuntimeId } from '@ijw/assembly/runtime-profiles';
import type { FirmwareFiles } from '../../firmware/check-firmware.ts';
import type { SourceTable } from '../../firmware/source-table.ts';
import type { ListedRegistration } from '../../leanclr/registration-list.ts';
import type { LintLevel } from '../rules/lint-rule.ts';

/** The exports of a native library. */
export interface NativeExports {
  readonly names: readonly string[];
  readonly ordinals: readonly number[];
}

/** A native library that cannot be read. */
export interface MissingLibrary {
  /** The problem, after the library's name: `is not in the folder lib`. */
  readonly problem: string;
}

export interface LintOptions {
  /** Rules to run, by id; all where none is given. */
  readonly rules?: readonly string[];
  /** Findings below this level are left out; `info` leaves out none. */
  readonly minimumLevel?: LintLevel;
  /** A native library by the name that a P/Invoke gives it; `undefined` where nothing is known of it. Rules that need it are silent without. */
  readonly nativeLibrary?: (name: string) => NativeExports | MissingLibrary | undefined;
  /** The runtime that the assembly is for, where it is not what the assembly says. */
  readonly runtime?: RuntimeId;
  /** A TinyCLR interop table to compare with the assembly. */
  readonly interopTable?: SourceTable;
  /** What was linked for TinyCLR, to compare with the assembly. */
  readonly firmware?: FirmwareFiles;
  /** The registrations with LeanCLR. */
  readonly registrations?: readonly ListedRegistration[];
}
