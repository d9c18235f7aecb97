import type { CodeRegion, ImageCode } from '../code/code-region.ts';
import type { IndirectCall, Jump, Transfer } from '../code/jump.ts';
import { operandRva, readJump } from '../code/read-jump.ts';
import type { Glance, Platform } from '../platform/platform.ts';

/** A jump of the image through a pointer of interest. */
export type IndirectJump = Jump & { readonly kind: 'indirect' };

/** Every jump and every call of the image's code through pointers of interest, in ascending order of address. */
export interface IndirectTransfers {
  readonly jumps: readonly IndirectJump[];
  readonly calls: readonly IndirectCall[];
}

/**
 * The offsets at which an instruction may begin that looks like one of interest; `visit` returns how far to go on. On x86 and x64 every byte is tried, because
 * where instructions begin is not known: what is wanted of the pointers makes a scan exact.
 */
function forEachCandidate({ bytes, rva }: CodeRegion, alignment: number, looks: Glance, visit: (offset: number) => number): void {
  let offset = (alignment - (rva % alignment)) % alignment;
  while (offset + alignment <= bytes.length) offset += looks(bytes, offset) ? visit(offset) : alignment;
}

/** Scans all executable sections once. */
export function findIndirectTransfers(code: ImageCode, platform: Platform, wanted: (pointer: number) => boolean): IndirectTransfers {
  const jumps: IndirectJump[] = [];
  const calls: IndirectCall[] = [];
  for (const region of code.executable) {
    forEachCandidate(region, platform.alignment, platform.looksIndirect, (offset) => {
      const rva = region.rva + offset;
      const jump = readJump(platform, region, offset);
      if (jump?.kind === 'indirect' && jump.rva === rva) {
        if (!wanted(jump.pointer)) return platform.alignment;
        jumps.push(jump);
        return jump.length;
      }
      const transfer = platform.stubs.transfer(region.bytes, offset, rva);
      const pointer = transfer?.kind === 'indirectCall' ? operandRva(transfer.slot, rva, region.imageBase) : undefined;
      if (pointer !== undefined && wanted(pointer)) calls.push({ rva, pointer });
      return platform.alignment;
    });
  }
  return { jumps, calls };
}

/** Every direct call, jump and address computation of the image's code that reaches one of `targets`, in ascending order of address. */
export function findDirectTransfers(code: ImageCode, platform: Platform, targets: ReadonlySet<number>): readonly Transfer[] {
  const transfers: Transfer[] = [];
  if (targets.size === 0) return transfers;
  for (const region of code.executable) {
    forEachCandidate(region, platform.alignment, platform.looksDirect, (offset) => {
      const rva = region.rva + offset;
      const transfer = platform.stubs.transfer(region.bytes, offset, rva);
      if (transfer === undefined || transfer.kind === 'indirectCall') return platform.alignment;
      const target = operandRva(transfer.target, rva, region.imageBase);
      if (target !== undefined && targets.has(target)) transfers.push({ kind: transfer.kind, rva, target });
      return platform.alignment;
    });
  }
  return transfers;
}
