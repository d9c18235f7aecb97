import { bytePattern } from '../code/byte-pattern.ts';
import type { BootstrapThunk, Platform } from './platform.ts';
import { decodeX86Jump, indexPatterns, type JumpPattern, scanX86Direct, scanX86Indirect } from './x86-jumps.ts';

const patterns: readonly JumpPattern[] = [
  bytePattern('indirect', 'FF 25 pointer:abs32', 'jmp [%pointer]'),
  bytePattern('indirect', '3E FF 25 pointer:abs32', 'notrack jmp [%pointer]'),
  bytePattern('indirect', 'A1 pointer:abs32 FF E0', 'mov eax,[%pointer]; jmp eax'),
  bytePattern('indirect', '8B 0D pointer:abs32 FF E1', 'mov ecx,[%pointer]; jmp ecx'),
  bytePattern('delayLoad', 'B8 pointer:abs32 E9 target:rel32', 'mov eax,%pointer; jmp %target'),
  bytePattern('direct', 'B8 target:abs32 FF E0', 'mov eax,%target; jmp eax'),
  bytePattern('direct', '68 target:abs32 C3', 'push %target; ret'),
  bytePattern('direct', 'E9 target:rel32', 'jmp %target'),
  bytePattern('direct', 'EB target:rel8', 'jmp %target'),
];

const index = indexPatterns(patterns);

const BOOTSTRAP_SIZE = 0x11;

/** `u32 token; call helper; HMODULE; slot`, packed: the slot points at the call, whose return address is the cookie. */
function decodeBootstrapThunk(bytes: Uint8Array, address: bigint): BootstrapThunk | undefined {
  if (bytes.length < BOOTSTRAP_SIZE || bytes[4] !== 0xe8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    token: view.getUint32(0, true),
    helper: (address + 9n + BigInt(view.getInt32(5, true))) & 0xffffffffn,
    moduleHandle: BigInt(view.getUint32(9, true)),
    slotAddress: BigInt(view.getUint32(13, true)),
    size: BOOTSTRAP_SIZE,
  };
}

export const x86: Platform = {
  name: 'x86',
  decodeJump: (region, offset) => decodeX86Jump(index, region, offset),
  decodeDoubleThunk: () => undefined,
  scanIndirect: scanX86Indirect(index, 'abs32'),
  scanDirect: scanX86Direct(false),
  bootstrapEntry: 4,
  decodeBootstrapThunk,
};
