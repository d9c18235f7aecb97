import { bytePattern } from '../code/byte-pattern.ts';
import { bootstrapThunkX86 } from './bootstrap-thunk.ts';
import type { Platform } from './platform.ts';
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

export const x86: Platform = {
  name: 'x86',
  decodeJump: (region, offset) => decodeX86Jump(index, region, offset),
  decodeDoubleThunk: () => undefined,
  scanIndirect: scanX86Indirect(index, 'abs32'),
  scanDirect: scanX86Direct(false),
  bootstrapThunk: bootstrapThunkX86,
};
