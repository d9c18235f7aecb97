import { CodeWriter } from '@ijw/machine';
import { bootstrapThunkX64 } from '@ijw/vtfixup';
import type { InPlaceForm, InterleavedForm } from './thunk-form.ts';
import type { ThunkPlatform } from './thunk-platform.ts';

/**
 * dotnet/runtime vm/amd64/thunktemplates: StubPrecodeCode, 24 bytes apart. The runtime copies whole templates: behind the code is what the assembler put there,
 * padding and the beginning of FixupPrecodeCode.
 */
const stubPrecode: InterleavedForm = {
  kind: 'interleaved',
  size: 24,
  write: (code, data) =>
    new CodeWriter()
      .op(0x4c, 0x8b, 0x15) // mov r10, [data]
      .relative32(code, data)
      .op(0xff, 0x25) // jmp [data + 8]
      .relative32(code, data + 8)
      .op(0x90, 0x66, 0x90)
      .op(0xff, 0x25)
      .u32(data - code - 6)
      .op(0x4c, 0x8b)
      .toBytes(),
  words: (_code, identity, prestub) => [identity, prestub],
  targetWord: 1,
};

/** FixupPrecodeCode: jumps to the method once it has code, before that to its own second half, which asks for it. */
const fixupPrecode: InterleavedForm = {
  kind: 'interleaved',
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

/** vm/amd64/cgencpu.h: UMEntryThunkCode, whose two constants are aligned. The register gets the address of the UMEntryThunk. */
const entryThunk = (fields: number): InPlaceForm => {
  const entry = fields * 8 + 4;
  return {
    kind: 'inPlace',
    pitch: fields * 8 + 32,
    entry,
    size: 28,
    write: (address, identity, target) =>
      new CodeWriter()
        .u64(0) // m_pManagedTarget
        .u64(identity) // m_pMD
        .fill(entry - 16, 0)
        .op(0x49, 0xba) // mov r10, UMEntryThunk
        .u64(address)
        .op(0x48, 0xb8) // mov rax, target
        .u64(target)
        .op(0x48, 0xff, 0xe0) // jmp rax
        .fill(5, 0)
        .toBytes(),
    passes: (address) => address,
  };
};

/** vm/amd64/stublinkeramd64.h (of .NET 6), as the next two: StubPrecode, whose type is the opcode of `clc`. */
const stubPrecodeInPlace: InPlaceForm = {
  kind: 'inPlace',
  pitch: 16,
  entry: 0,
  size: 16,
  write: (address, identity, target) =>
    new CodeWriter()
      .op(0x49, 0xba) // mov r10, method
      .u64(identity)
      .op(0xf8, 0xe9) // clc; jmp target
      .relative32(address, target)
      .toBytes(),
  passes: (_address, identity) => identity,
};

/** FixupPrecode: its type and, to find the method by, two numbers of the runtime's own chunks, which are zero here. */
export const fixupPrecodeInPlace: InPlaceForm = {
  kind: 'inPlace',
  pitch: 8,
  entry: 0,
  size: 8,
  write: (address, _identity, target, prepared) =>
    new CodeWriter()
      .op(prepared ? 0xe9 : 0xe8) // jmp target, or call PrecodeFixupThunk
      .relative32(address, target)
      .op(prepared ? 0x5f : 0x5e, 0, 0)
      .toBytes(),
  passes: (_address, identity) => identity,
  prestub: 'PrecodeFixupThunk',
};

export const x64: ThunkPlatform = {
  architecture: 'x64',
  pointerSizedFixup: 2,
  hostEntryNames: ['_CorDllMain'],
  hostUnprotectsSlots: true,
  bootstrapThunk: bootstrapThunkX64,
  reachingThunk: (processor) => Number(processor.get('r10')),
  interleaved: { stubPrecode, fixupPrecode },
  inPlace: { entryThunk, stubPrecode: stubPrecodeInPlace, fixupPrecode: fixupPrecodeInPlace },
  fixupPrecodeCalls: true,
  seesGetLastErrorJumps: true,
  recordRegister: 'rcx',
};
