import { bytePattern } from '../code/byte-pattern.ts';
import { bootstrapThunkX64 } from './bootstrap-thunk.ts';
import type { DoubleThunk, Platform } from './platform.ts';
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

export const x64: Platform = {
  name: 'x64',
  decodeJump: (region, offset) => decodeX86Jump(index, region, offset),
  decodeDoubleThunk,
  scanIndirect: scanX86Indirect(index, 'rel32'),
  scanDirect: scanX86Direct(true),
  bootstrapThunk: bootstrapThunkX64,
};
