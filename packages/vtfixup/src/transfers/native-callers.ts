import type { Diagnostics } from '@ijw/binary';
import type { PEImage } from '@ijw/pe';
import { RelocationType, readBaseRelocations } from '@ijw/pe/relocations';
import type { ImageCode } from '../code/code-region.ts';
import { rvaOfAddress, type TransferKind } from '../code/jump.ts';
import { readDoubleThunk } from '../code/read-jump.ts';
import type { Platform } from '../platform/platform.ts';
import { findDirectTransfers, type IndirectJump } from './indirect-transfers.ts';

/** `pointer`: not an instruction but a relocated pointer in the image's data. */
export type CallerKind = TransferKind | 'pointer';

/** Native code (or a pointer that native code can call through) that leads to a slot's stub. */
export interface NativeCaller {
  readonly kind: CallerKind;
  /** Of the instruction or the pointer. */
  readonly rva: number;
  /** The stub, or the jump before it that an incremental linker put between. */
  readonly target: number;
  readonly slotRva: number;
}

/** Addresses at which native code enters a stub, and the slot that each leads to. */
function stubEntries(jumps: readonly IndirectJump[], code: ImageCode, platform: Platform): Map<number, number> {
  const entries = new Map<number, number>();
  const slotOfJump = new Map(jumps.map(({ rva, pointer }) => [rva, pointer]));
  for (const { rva, pointer } of jumps) {
    entries.set(rva, pointer);
    const region = code.at(rva);
    // The double thunk begins ten bytes before the jump that native callers take.
    const thunk = region && readDoubleThunk(platform, region, rva - region.rva - 10);
    const native = thunk && slotOfJump.get(thunk.nativeJump);
    if (native !== undefined) entries.set(thunk!.rva, native);
  }
  return entries;
}

interface Pass {
  readonly image: PEImage;
  readonly code: ImageCode;
  readonly platform: Platform;
  readonly diagnostics: Diagnostics;
}

/** Relocated pointers to stubs. */
function pointersTo({ image, code, diagnostics }: Pass, entries: ReadonlyMap<number, number>): readonly NativeCaller[] {
  const callers: NativeCaller[] = [];
  for (const block of diagnostics.attempt(() => readBaseRelocations(image)) ?? []) {
    for (const { rva, type } of block.entries) {
      if (type !== RelocationType.DIR64 && type !== RelocationType.HIGHLOW) continue;
      const region = code.at(rva);
      const offset = region && rva - region.rva;
      const width = type === RelocationType.DIR64 ? 8 : 4;
      if (region === undefined || offset! + width > region.bytes.length) continue;
      const address = width === 8 ? region.view.getBigUint64(offset!, true) : BigInt(region.view.getUint32(offset!, true));
      const target = rvaOfAddress(address, image.optionalHeader.imageBase);
      const slotRva = target === undefined ? undefined : entries.get(target);
      if (slotRva !== undefined) callers.push({ kind: code.isExecutable(rva) ? 'address' : 'pointer', rva, target: target!, slotRva });
    }
  }
  return callers;
}

/** The jumps of the stubs themselves are not callers: in a double thunk one of them leads past the other. */
const withinStubs = (entries: ReadonlyMap<number, number>, rva: number, target: number): boolean => entries.has(rva) && target - rva === 10;

/**
 * Everything in the image that leads to a stub: calls, jumps, address computations, pointers; also those that reach it through a jump to the stub, as in
 * an incrementally linked image. Linear in the size of the code.
 */
export function findNativeCallers(pass: Pass, jumps: readonly IndirectJump[]): readonly NativeCaller[] {
  const { code, platform } = pass;
  const entries = stubEntries(jumps, code, platform);
  if (entries.size === 0) return [];
  const found: NativeCaller[] = [];
  const add = (targets: ReadonlyMap<number, number>): readonly NativeCaller[] => {
    const more = findDirectTransfers(code, platform, new Set(targets.keys()))
      .filter(({ rva, target }) => !withinStubs(targets, rva, target))
      .map((transfer) => ({ ...transfer, slotRva: targets.get(transfer.target)! }));
    const all = [...more, ...pointersTo(pass, targets)];
    for (const caller of all) found.push(caller);
    return all;
  };
  const hops = new Map(
    add(entries)
      .filter(({ kind, rva }) => kind === 'jump' && !entries.has(rva))
      .map(({ rva, slotRva }) => [rva, slotRva]),
  );
  if (hops.size > 0) add(hops);
  return found.sort((one, other) => one.rva - other.rva);
}
