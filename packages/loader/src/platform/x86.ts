import { CodeWriter } from '@ijw/machine';
import { bootstrapThunkOffset, bootstrapThunkX86 } from '@ijw/vtfixup';
import type { PrecodeTemplate, ThunkPlatform } from './thunk-platform.ts';

/** dotnet/runtime vm/i386/thunktemplates: StubPrecodeCode. */
const stubPrecode: PrecodeTemplate = {
  size: 12,
  write: (_code, data) =>
    new CodeWriter()
      .op(0xa1) // mov eax, [data]
      .u32(data)
      .op(0xff, 0x25) // jmp [data + 4]
      .u32(data + 4)
      .pad(12, 0x90),
  words: (_code, identity, prestub) => [identity, prestub],
  targetWord: 1,
};

/** FixupPrecodeCode: jumps to the method once it has code, before that to its own second half, which asks for it. */
const fixupPrecode: PrecodeTemplate = {
  size: 24,
  write: (_code, data) =>
    new CodeWriter()
      .op(0xff, 0x25) // jmp [data]
      .u32(data)
      .op(0xa1) // mov eax, [data + 4]
      .u32(data + 4)
      .op(0xff, 0x25) // jmp [data + 8]
      .u32(data + 8)
      .pad(24, 0x90),
  words: (code, identity, prestub) => [code + 6, identity, prestub],
  targetWord: 0,
};

export const x86: ThunkPlatform = {
  architecture: 'x86',
  pointerSizedFixup: 1,
  hostEntryNames: ['_CorDllMain', '__CorDllMain@12'],
  hostUnprotectsSlots: false,
  bootstrapThunk: bootstrapThunkX86,
  // The thunk's call has pushed the address behind itself, which is that of the HMODULE.
  reachingThunk: (processor) => {
    processor.leave(0);
    return processor.ip - bootstrapThunkOffset(bootstrapThunkX86, 'moduleHandle');
  },
  stubPrecode,
  fixupPrecode,
  seesGetLastErrorJumps: true,
  recordRegister: 'ecx',
};
