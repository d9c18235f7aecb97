import { CodeWriter } from './code-writer.ts';
import { decodeX64 } from './decode-x86.ts';
import type { BootstrapThunkLayout, Platform, PrecodeTemplate } from './platform.ts';
import { evaluateX86 } from './x86-evaluator.ts';
import { x64ProcessorModel } from './x86-processor.ts';

/** ijwhost amd64/bootstrap_thunk.h, observed as 0x2C bytes: code to +0x17, a byte of padding, token, HMODULE, slot. */
const bootstrapThunk: BootstrapThunkLayout = {
  size: 0x2c,
  entryOffset: 0,
  tokenOffset: 0x18,
  moduleOffset: 0x1c,
  slotOffset: 0x24,
  write: (address, helper, thunk) =>
    new CodeWriter()
      .op(0x49, 0xba) // mov r10, this thunk
      .u64(address)
      .op(0x49, 0xbb) // mov r11, start_runtime_thunk_stub
      .u64(helper)
      .op(0x41, 0xff, 0xe3) // jmp r11
      .op(0)
      .u32(thunk.token)
      .u64(thunk.module)
      .u64(thunk.slot)
      .toBytes(),
};

/** dotnet/runtime vm/amd64/thunktemplates: StubPrecodeCode, 24 bytes apart. */
const stubPrecode: PrecodeTemplate = {
  size: 24,
  write: (code, data) =>
    new CodeWriter()
      .op(0x4c, 0x8b, 0x15) // mov r10, [data]
      .relative32(code, data)
      .op(0xff, 0x25) // jmp [data + 8]
      .relative32(code, data + 8)
      .pad(24, 0x90),
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
      .pad(24, 0x90),
  words: (code, identity, prestub) => [code + 6, identity, prestub],
  targetWord: 0,
};

export const x64: Platform = {
  architecture: 'x64',
  pointerSize: 8,
  pointerSizedFixup: 2,
  addressLimit: 2 ** 47,
  gateBase: 0x7ff0_0000_0000,
  heapBase: 0x1e0_7e00_0000,
  imageBase: 0x7ff8_0000_0000,
  hostEntryNames: ['_CorDllMain'],
  hostUnprotectsSlots: true,
  bootstrapThunk,
  stubPrecode,
  fixupPrecode,
  gate: (index) => new CodeWriter().op(0x0f, 0x0b).u32(index).pad(16, 0xcc), // ud2
  decode: decodeX64,
  processor: x64ProcessorModel,
  run: (run) => evaluateX86(run, true),
};
