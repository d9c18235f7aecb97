import type { StubOperand } from '@ijw/machine/instructions';
import type { Platform } from '../platform/platform.ts';
import type { CodeRegion } from './code-region.ts';
import { type Jump, jumpText, rvaOfAddress, wrapRva } from './jump.ts';

/** The RVA that an operand of an instruction at `rva` names; `undefined` for an absolute address outside the image's 4 GB. */
export const operandRva = (operand: StubOperand, rva: number, imageBase: bigint): number | undefined =>
  'distance' in operand ? wrapRva(rva + operand.distance) : rvaOfAddress(operand.absolute, imageBase);

/** The jump at an offset of a region, behind padding that does nothing; `undefined` where the code does something else. */
export function readJump({ stubs }: Platform, region: CodeRegion, offset: number): Jump | undefined {
  const stub = stubs.stub(region.bytes, offset, region.rva + offset);
  if (stub === undefined) return undefined;
  const rva = region.rva + offset + stub.padding;
  const place = { rva, length: stub.length };
  const target = stub.kind === 'indirect' ? undefined : operandRva(stub.target, rva, region.imageBase);
  if (stub.kind === 'direct') {
    if (target === undefined) return undefined;
    return { kind: 'direct', ...place, target, text: jumpText(stub.text, undefined, target) };
  }
  const pointer = operandRva(stub.slot, rva, region.imageBase);
  if (pointer === undefined) return undefined;
  const text = jumpText(stub.text, pointer, target);
  if (stub.kind === 'indirect') return { kind: 'indirect', ...place, pointer, text };
  return target === undefined ? undefined : { kind: 'delayLoad', ...place, pointer, target, text };
}

/** Two entries of one function in `.nep` (MSVC x64): from native code through the slot with a thunk, from managed code past it. */
export interface DoubleThunk {
  /** What native code calls. */
  readonly rva: number;
  /** The jump through the slot that native code uses. */
  readonly nativeJump: number;
  /** The jump through the slot that managed code uses. */
  readonly managedJump: number;
  readonly length: number;
}

/** Where the two jumps of a double thunk lie in it, and how long each is. */
const MANAGED_JUMP = 4;
const NATIVE_JUMP = 10;
const JUMP_LENGTH = 6;
/** UD2, between the first jump and the others. */
const UD2 = [0x0f, 0x0b] as const;

/**
 * `jmp +8; ud2; jmp [native slot's partner]; jmp [slot]`: 16 bytes in `.nep`.
 * @param isJump an RVA where a jump through a pointer without padding is known to be; the others are decoded
 */
export function readDoubleThunk(
  platform: Platform,
  region: CodeRegion,
  offset: number,
  isJump: (rva: number) => boolean = () => false,
): DoubleThunk | undefined {
  if (!platform.hasDoubleThunks || offset < 0) return undefined;
  // The cheap question first: few jumps through slots are in such an entry.
  if (region.bytes[offset + 2] !== UD2[0] || region.bytes[offset + 3] !== UD2[1]) return undefined;
  const rva = region.rva + offset;
  const isThrough = (at: number): boolean => {
    if (isJump(rva + at)) return true;
    const stub = platform.stubs.stub(region.bytes, offset + at, rva + at);
    return stub?.kind === 'indirect' && stub.padding === 0 && stub.length === JUMP_LENGTH;
  };
  const first = platform.stubs.stub(region.bytes, offset, rva);
  const isShort = first?.kind === 'direct' && first.padding === 0 && first.length === 2;
  const skips = isShort && operandRva(first.target, rva, region.imageBase) === rva + NATIVE_JUMP;
  if (!skips || !isThrough(MANAGED_JUMP) || !isThrough(NATIVE_JUMP)) return undefined;
  return { rva, managedJump: rva + MANAGED_JUMP, nativeJump: rva + NATIVE_JUMP, length: NATIVE_JUMP + JUMP_LENGTH };
}
