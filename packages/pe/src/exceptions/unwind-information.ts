import type { PEImage } from '../pe-image.ts';
import { TextBudget } from '../text-budget.ts';
import { type ArmUnwindInfo, readArmUnwindInfo } from './arm-unwind.ts';
import { type Arm64UnwindInfo, readArm64UnwindInfo } from './arm64-unwind.ts';
import type { ExceptionDirectory, ExceptionFormat, RuntimeFunction } from './exception-directory.ts';
import { readX64UnwindChain, type X64UnwindInfo } from './x64-unwind.ts';

/** The unwind information of a function; on x64 with the entries that it is chained to. */
export type UnwindInformation = { readonly chain: readonly X64UnwindInfo[] } | { readonly unwind: Arm64UnwindInfo | ArmUnwindInfo };

/** The unwind information of an entry, of whichever form its table is. Throws `BadImageError`. */
export function readUnwindInformation(image: PEImage, format: ExceptionFormat, entry: RuntimeFunction): UnwindInformation {
  if (format === 'x64') return { chain: readX64UnwindChain(image, entry) };
  return { unwind: format === 'arm64' ? readArm64UnwindInfo(image, entry) : readArmUnwindInfo(image, entry) };
}

export type UnwoundFunction = RuntimeFunction & Partial<UnwindInformation>;

/**
 * Every function with how it is unwound. What is malformed is recorded in the image's diagnostics and left out; so is the rest where entries share
 * so much that all of it would be larger than the file.
 */
export function readUnwoundFunctions(image: PEImage, { format, functions }: ExceptionDirectory): readonly UnwoundFunction[] {
  const budget = new TextBudget(image.bytes.length, 'unwind information');
  const unwound: UnwoundFunction[] = [];
  for (const entry of functions) {
    const information = image.diagnostics.attempt(() => readUnwindInformation(image, format, entry));
    const afforded = image.diagnostics.attempt(() => {
      budget.spend(information === undefined ? FAILURE_COST : operationCount(information) * OPERATION_COST, entry.unwindData);
      return true;
    });
    if (afforded === undefined) return unwound;
    unwound.push({ ...entry, ...information });
  }
  return unwound;
}

/** An operation has two bytes or less in the file, and is an object and a line here. */
const OPERATION_COST = 3;

/** A chain may be long before it turns out to be malformed. */
const FAILURE_COST = 1000;

function operationCount(information: UnwindInformation): number {
  if ('chain' in information) return information.chain.reduce((sum, { operations }) => sum + operations.length, 0);
  const { prologue, epilogues } = information.unwind;
  return epilogues.reduce((sum, { operations }) => sum + operations.length + 1, prologue.length);
}
