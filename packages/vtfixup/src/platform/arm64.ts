// Arm Architecture Reference Manual (A64): upper bytes of B, BL, ADR, ADRP and LDR (literal).
import { arm64StubReader } from '@ijw/machine/instructions';
import { bootstrapThunkArm64 } from './bootstrap-thunk.ts';
import type { Glance, Platform } from './platform.ts';

const isPage = (upper: number): boolean => (upper & 0x9f) === 0x90;

const looksDirect: Glance = (code, at) => {
  const upper = code[at + 3]!;
  return (upper & 0x7c) === 0x14 || (upper & 0x1f) === 0x10;
};

export const arm64: Platform = {
  name: 'arm64',
  stubs: arm64StubReader,
  alignment: 4,
  looksIndirect: (code, at) => isPage(code[at + 3]!) || code[at + 3] === 0x58,
  looksDirect,
  hasDoubleThunks: false,
  bootstrapThunk: bootstrapThunkArm64,
};
