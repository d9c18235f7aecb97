import { CodeWriter } from '@ijw/machine';
import { bootstrapThunkOffset, bootstrapThunkX86 } from '@ijw/vtfixup';
import type { InPlaceForm, InterleavedForm } from './thunk-form.ts';
import type { ThunkPlatform } from './thunk-platform.ts';
import { fixupPrecodeInPlace } from './x64.ts';

/** dotnet/runtime vm/i386/thunktemplates: StubPrecodeCode. */
const stubPrecode: InterleavedForm = {
  kind: 'interleaved',
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
const fixupPrecode: InterleavedForm = {
  kind: 'interleaved',
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

/** vm/i386/cgencpu.h: UMEntryThunkCode, whose jump distance is aligned. The register gets the address of the UMEntryThunk. */
const entryThunk = (fields: number): InPlaceForm => {
  const entry = fields * 4 + 2;
  return {
    kind: 'inPlace',
    pitch: fields * 4 + 12,
    entry,
    size: 10,
    write: (address, identity, target) =>
      new CodeWriter()
        .u32(0) // m_pManagedTarget
        .u32(identity) // m_pMD
        .fill(entry - 8, 0)
        .op(0xb8) // mov eax, UMEntryThunk
        .u32(address)
        .op(0xe9) // jmp target
        .relative32(address, target)
        .toBytes(),
    passes: (address) => address,
  };
};

/** vm/i386/stublinkerx86.h (of .NET 6): StubPrecode, whose type is in `mov ebp, ebp`. */
const stubPrecodeInPlace: InPlaceForm = {
  kind: 'inPlace',
  pitch: 12,
  entry: 0,
  size: 12,
  write: (address, identity, target) =>
    new CodeWriter()
      .op(0xb8) // mov eax, method
      .u32(identity)
      .op(0x89, 0xed, 0xe9) // mov ebp, ebp; jmp target
      .relative32(address, target)
      .toBytes(),
  passes: (_address, identity) => identity,
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
  interleaved: { stubPrecode, fixupPrecode },
  inPlace: { entryThunk, stubPrecode: stubPrecodeInPlace, fixupPrecode: fixupPrecodeInPlace },
  fixupPrecodeCalls: true,
  seesGetLastErrorJumps: true,
  recordRegister: 'ecx',
};
