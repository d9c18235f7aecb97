import { bytePattern } from '../code/byte-pattern.ts';
import type { BootstrapThunk, DoubleThunk, Platform } from './platform.ts';
import { decodeX86Jump, indexPatterns, type JumpPattern, scanX86Direct, scanX86Indirect } from './x86-jumps.ts';

const patterns: readonly JumpPattern[] = [
  bytePattern('indirect', 'FF 25 pointer:rel32', 'jmp [%pointer]'),
  bytePattern('indirect', '48 FF 25 pointer:rel32', 'rex.w jmp [%pointer]'),
  // Control-flow enforcement's `notrack` and the old memory protection extension's `bnd`.
  bytePattern('indirect', '3E FF 25 pointer:rel32', 'notrack jmp [%pointer]'),
  bytePattern('indirect', 'F2 FF 25 pointer:rel32', 'bnd jmp [%pointer]'),
  bytePattern('indirect', '48 8B 05 pointer:rel32 FF E0', 'mov rax,[%pointer]; jmp rax'),
  bytePattern('indirect', '48 8B 05 pointer:rel32 48 FF E0', 'mov rax,[%pointer]; rex.w jmp rax'),
  // The stub of ilasm's and dnlib's `.export`.
  bytePattern('indirect', '48 A1 pointer:abs64 FF E0', 'mov rax,[%pointer]; jmp rax'),
  bytePattern('direct', '48 B8 target:abs64 FF E0', 'mov rax,%target; jmp rax'),
  bytePattern('delayLoad', '48 8D 05 pointer:rel32 E9 target:rel32', 'lea rax,[%pointer]; jmp %target'),
  bytePattern('direct', 'E9 target:rel32', 'jmp %target'),
  bytePattern('direct', 'EB target:rel8', 'jmp %target'),
];

const index = indexPatterns(patterns);

/** `jmp +8; ud2; jmp [native slot's partner]; jmp [slot]`: 16 bytes in `.nep`. */
function decodeDoubleThunk(region: Parameters<Platform['decodeDoubleThunk']>[0], offset: number): DoubleThunk | undefined {
  const { bytes, rva } = region;
  const matches = [0xeb, 0x08, 0x0f, 0x0b, 0xff, 0x25].every((byte, at) => bytes[offset + at] === byte);
  if (!matches || bytes[offset + 10] !== 0xff || bytes[offset + 11] !== 0x25 || offset + 16 > bytes.length) return undefined;
  return { rva: rva + offset, managedJump: rva + offset + 4, nativeJump: rva + offset + 10, length: 16 };
}

const BOOTSTRAP_SIZE = 0x2c;

/** `mov r10, this; mov r11, helper; jmp r11`, then token, HMODULE and slot, packed. */
function decodeBootstrapThunk(bytes: Uint8Array, address: bigint): BootstrapThunk | undefined {
  if (bytes.length < BOOTSTRAP_SIZE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = bytes[0] === 0x49 && bytes[1] === 0xba && bytes[10] === 0x49 && bytes[11] === 0xbb;
  if (!shape || bytes[20] !== 0x41 || bytes[21] !== 0xff || bytes[22] !== 0xe3 || view.getBigUint64(2, true) !== address) return undefined;
  return {
    token: view.getUint32(0x18, true),
    helper: view.getBigUint64(12, true),
    moduleHandle: view.getBigUint64(0x1c, true),
    slotAddress: view.getBigUint64(0x24, true),
    size: BOOTSTRAP_SIZE,
  };
}

export const x64: Platform = {
  name: 'x64',
  decodeJump: (region, offset) => decodeX86Jump(index, region, offset),
  decodeDoubleThunk,
  scanIndirect: scanX86Indirect(index, 'rel32'),
  scanDirect: scanX86Direct(true),
  bootstrapEntry: 0,
  decodeBootstrapThunk,
};
