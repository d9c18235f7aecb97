import { CodeWriter } from './code-writer.ts';
import { decodeX86 } from './decode-x86.ts';
import type { BootstrapThunkLayout, Platform, PrecodeTemplate } from './platform.ts';
import { evaluateX86 } from './x86-evaluator.ts';
import { x86ProcessorModel } from './x86-processor.ts';

/** ijwhost i386/bootstrap_thunk.h, packed: token, call rel32, HMODULE, slot. The cookie is the return address that the call pushes. */
const bootstrapThunk: BootstrapThunkLayout = {
  size: 17,
  entryOffset: 4,
  tokenOffset: 0,
  moduleOffset: 9,
  slotOffset: 13,
  write: (address, helper, thunk) =>
    new CodeWriter()
      .u32(thunk.token)
      .op(0xe8) // call start_runtime_thunk_stub
      .relative32(address, helper)
      .u32(thunk.module)
      .u32(thunk.slot)
      .toBytes(),
};

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

export const x86: Platform = {
  architecture: 'x86',
  pointerSize: 4,
  pointerSizedFixup: 1,
  addressLimit: 0x7fff_0000,
  gateBase: 0x7000_0000,
  heapBase: 0x3f00_0000,
  imageBase: 0x5000_0000,
  hostEntryNames: ['_CorDllMain', '__CorDllMain@12'],
  hostUnprotectsSlots: false,
  bootstrapThunk,
  stubPrecode,
  fixupPrecode,
  gate: (index) => new CodeWriter().op(0x0f, 0x0b).u32(index).pad(16, 0xcc), // ud2
  decode: decodeX86,
  processor: x86ProcessorModel,
  run: (run) => evaluateX86(run, false),
};
