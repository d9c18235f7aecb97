import { alignUp } from '@ijw/binary';
import { CodeWriter } from '@ijw/machine';
import { bootstrapThunkArm64 } from '@ijw/vtfixup';
import type { InPlaceForm, InterleavedForm } from './thunk-form.ts';
import type { ThunkPlatform } from './thunk-platform.ts';

/** `ldr xRegister, [pc + distance]`: LDR (literal), 64-bit, a multiple of four up to 1 MiB away. */
const loadLiteral = (register: number, distance: number): number => (0x58000000 | (((distance >> 2) & 0x7ffff) << 5) | register) >>> 0;

/** dotnet/runtime vm/arm64/thunktemplates: StubPrecodeCode. */
const stubPrecode: InterleavedForm = {
  kind: 'interleaved',
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
const fixupPrecode: InterleavedForm = {
  kind: 'interleaved',
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

/** vm/arm64/cgencpu.h and cgenarm64.cpp: UMEntryThunkCode, which is aligned to 16 bytes. The register gets the address of the UMEntryThunk. */
const entryThunk = (fields: number): InPlaceForm => {
  const entry = alignUp(fields * 8, 16);
  return {
    kind: 'inPlace',
    pitch: entry + 32,
    entry,
    size: 32,
    write: (address, identity, target) =>
      new CodeWriter()
        .u64(0) // m_pManagedTarget
        .u64(identity) // m_pMD
        .fill(entry - 16, 0)
        .u32(0x1000008c) // adr x12, target
        .u32(0xa9403190) // ldp x16, x12, [x12]
        .u32(0xd61f0200) // br x16
        .u32(0)
        .u64(target)
        .u64(address)
        .toBytes(),
    passes: (address) => address,
  };
};

/** vm/arm64/cgencpu.h (of .NET 6), as the next: StubPrecode. */
const stubPrecodeInPlace: InPlaceForm = {
  kind: 'inPlace',
  pitch: 32,
  entry: 0,
  size: 32,
  write: (_address, identity, target) =>
    new CodeWriter()
      .u32(0x10000089) // adr x9, target
      .u32(0xa940312a) // ldp x10, x12, [x9]
      .u32(0xd61f0140) // br x10
      .u32(0)
      .u64(target)
      .u64(identity)
      .toBytes(),
  passes: (_address, identity) => identity,
};

/** FixupPrecode: two numbers of the runtime's own chunks, to find the method by, are zero here. */
const fixupPrecodeInPlace: InPlaceForm = {
  kind: 'inPlace',
  pitch: 24,
  entry: 0,
  size: 24,
  write: (_address, _identity, target) =>
    new CodeWriter()
      .u32(0x1000000c) // adr x12, the precode
      .u32(0x5800006b) // ldr x11, target
      .u32(0xd61f0160) // br x11
      .u32(0)
      .u64(target)
      .toBytes(),
  passes: (_address, identity) => identity,
  prestub: 'PrecodeFixupThunk',
};

export const arm64: ThunkPlatform = {
  architecture: 'arm64',
  pointerSizedFixup: 2,
  hostEntryNames: ['_CorDllMain'],
  hostUnprotectsSlots: true,
  bootstrapThunk: bootstrapThunkArm64,
  reachingThunk: (processor) => Number(processor.get('x16')),
  interleaved: { stubPrecode, fixupPrecode },
  inPlace: { entryThunk, stubPrecode: stubPrecodeInPlace, fixupPrecode: fixupPrecodeInPlace },
  fixupPrecodeCalls: false,
  seesGetLastErrorJumps: false,
  recordRegister: 'x0',
};
