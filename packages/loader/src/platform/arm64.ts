import { arm64ProcessorModel } from './arm64-processor.ts';
import { CodeWriter } from './code-writer.ts';
import { decodeArm64 } from './decode-arm64.ts';
import { followArm64 } from './follow-arm64.ts';
import type { BootstrapThunkLayout, Platform, PrecodeTemplate } from './platform.ts';

/** ijwhost arm64/bootstrap_thunk.h, packed: four code words, stub, HMODULE, slot, token. The cookie is x16. */
const bootstrapThunk: BootstrapThunkLayout = {
  size: 0x2c,
  entryOffset: 0,
  tokenOffset: 0x28,
  moduleOffset: 0x18,
  slotOffset: 0x20,
  write: (_address, helper, thunk) =>
    new CodeWriter()
      .u32(0x10000010) // adr x16, #0
      .u32(0xf9400a11) // ldr x17, [x16, #16]
      .u32(0xd61f0220) // br x17
      .u32(0)
      .u64(helper)
      .u64(thunk.module)
      .u64(thunk.slot)
      .u32(thunk.token)
      .toBytes(),
};

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

export const arm64: Platform = {
  architecture: 'arm64',
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
  gate: (index) => new CodeWriter().u32(0xd4200000).u32(index).pad(16, 0), // brk #0
  decode: decodeArm64,
  processor: arm64ProcessorModel,
  run: followArm64,
};
