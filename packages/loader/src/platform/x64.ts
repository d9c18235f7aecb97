import { CodeWriter } from '@ijw/machine';
import { bootstrapThunkX64 } from '@ijw/vtfixup';
import type { PrecodeTemplate, ThunkPlatform } from './thunk-platform.ts';

/**
 * dotnet/runtime vm/amd64/thunktemplates: StubPrecodeCode, 24 bytes apart. The runtime copies whole templates: behind the code is what the assembler put there,
 * padding and the beginning of FixupPrecodeCode (as CoreCLR 10.0.12 and 11.0.0 were seen to do; .NET 8 and 9 have a UMEntryThunk here).
 */
const stubPrecode: PrecodeTemplate = {
  size: 24,
  write: (code, data) =>
    new CodeWriter()
      .op(0x4c, 0x8b, 0x15) // mov r10, [data]
      .relative32(code, data)
      .op(0xff, 0x25) // jmp [data + 8]
      .relative32(code, data + 8)
      .op(0x90, 0x66, 0x90)
      .op(0xff, 0x25, 0xfa, 0x3f, 0x00, 0x00, 0x4c, 0x8b)
      .toBytes(),
  words: (_code, identity, prestub) => [identity, prestub],
  targetWord: 1,
};

/** FixupPrecodeCode: jumps to the method once it has code, before that to its own second half, which asks for it. */
const fixupPrecode: PrecodeTemplate = {
  size: 24,
  write: (code, data) =>
    new CodeWriter()
      .op(0xff, 0x25) // jmp [data]
      .relative32(code, data)
      .op(0x4c, 0x8b, 0x15) // mov r10, [data + 8]
      .relative32(code, data + 8)
      .op(0xff, 0x25) // jmp [data + 16]
      .relative32(code, data + 16)
      .op(0x90, 0x66, 0x66, 0x66, 0x66)
      .toBytes(),
  words: (code, identity, prestub) => [code + 6, identity, prestub],
  targetWord: 0,
};

export const x64: ThunkPlatform = {
  architecture: 'x64',
  pointerSizedFixup: 2,
  hostEntryNames: ['_CorDllMain'],
  hostUnprotectsSlots: true,
  bootstrapThunk: bootstrapThunkX64,
  reachingThunk: (processor) => Number(processor.get('r10')),
  stubPrecode,
  fixupPrecode,
  seesGetLastErrorJumps: true,
  recordRegister: 'rcx',
};
