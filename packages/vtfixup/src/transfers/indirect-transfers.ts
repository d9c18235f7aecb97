import type { ImageCode } from '../code/code-region.ts';
import type { IndirectCall, Jump, Transfer } from '../code/jump.ts';
import type { Platform } from '../platform/platform.ts';

/** A jump of the image through a pointer of interest. */
export type IndirectJump = Jump & { readonly kind: 'indirect' };

/** Every jump and every call of the image's code through pointers of interest, in ascending order of address. */
export interface IndirectTransfers {
  readonly jumps: readonly IndirectJump[];
  readonly calls: readonly IndirectCall[];
}

/** Scans all executable sections once. */
export function findIndirectTransfers(code: ImageCode, platform: Platform, wanted: (pointer: number) => boolean): IndirectTransfers {
  const jumps: IndirectJump[] = [];
  const calls: IndirectCall[] = [];
  for (const region of code.executable) {
    platform.scanIndirect(region, wanted, { jump: (jump) => jumps.push(jump), indirectCall: (call) => calls.push(call) });
  }
  return { jumps, calls };
}

/** Every direct call, jump and address computation of the image's code that reaches one of `targets`, in ascending order of address. */
export function findDirectTransfers(code: ImageCode, platform: Platform, targets: ReadonlySet<number>): readonly Transfer[] {
  const transfers: Transfer[] = [];
  if (targets.size === 0) return transfers;
  for (const region of code.executable)
    platform.scanDirect(
      region,
      (target) => targets.has(target),
      (transfer) => transfers.push(transfer),
    );
  return transfers;
}
