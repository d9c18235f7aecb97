import { CodeWriter } from '@ijw/machine';
import { bootstrapThunkArm64 } from '@ijw/vtfixup';
import type { PrecodeTemplate, ThunkPlatform } from './thunk-platform.ts';

/** `ldr xRegister, [pc + distance]`: LDR (literal), 64-bit, a multiple of four up to 1 MiB away. */
const loadLiteral = (register: number, distance: number): number => (0x58000000 | (((distance >> 2) & 0x7ffff) << 5) | register) >>> 0;

/** dotnet/runtime vm/arm64/thunktemplates: StubPrecodeCode. */
const stubPrecode: PrecodeTemplate = {
  size: 24,
  write: (code, data) =>
    new CodeWriter()
      .u32(loadLiteral(10, data + 8 - code)) // ldr x10, target
      .u32(loadLiteral(12, data - (code + 4))) // ldr x12, what to pass on
      .u32(0xd61f0140) // br x10
      .pad(24, 0),
  words: (_code, identity, prestub) => [identity, prestub],
  targetWord: 1,
};

/** FixupPrecodeCode: jumps to the method once it has code, before that to its own second half, which asks for it. */
const fixupPrecode: PrecodeTemplate = {
  size: 24,
  write: (code, data) =>
    new CodeWriter()
      .u32(loadLiteral(11, data - code)) // ldr x11, target
      .u32(0xd61f0160) // br x11
      .u32(loadLiteral(12, data + 8 - (code + 8))) // ldr x12, method
      .u32(loadLiteral(11, data + 16 - (code + 12))) // ldr x11, fixup
      .u32(0xd61f0160) // br x11
      .pad(24, 0),
  words: (code, identity, prestub) => [code + 8, identity, prestub],
  targetWord: 0,
};

export const arm64: ThunkPlatform = {
  architecture: 'arm64',
  pointerSizedFixup: 2,
  hostEntryNames: ['_CorDllMain'],
  hostUnprotectsSlots: true,
  bootstrapThunk: bootstrapThunkArm64,
  reachingThunk: (processor) => Number(processor.get('x16')),
  stubPrecode,
  fixupPrecode,
  seesGetLastErrorJumps: false,
  recordRegister: 'x0',
};
