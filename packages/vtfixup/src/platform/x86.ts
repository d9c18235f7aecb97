// Intel SDM volume 2: first bytes of JMP and CALL through memory, MOV from memory, direct transfers with 32 bits of displacement, LEA of an address.
import { X86StubReader } from '@ijw/machine/instructions';
import { bootstrapThunkX64, bootstrapThunkX86 } from './bootstrap-thunk.ts';
import type { Glance, Platform } from './platform.ts';

/** FF /2 and /4 with a displacement alone, also behind `notrack` and `bnd`. */
const isThroughMemory: Glance = (code, at) => {
  const first = code[at];
  const opcode = first === 0x3e || first === 0xf2 ? at + 1 : at;
  return code[opcode] === 0xff && (code[opcode + 1] === 0x15 || code[opcode + 1] === 0x25);
};

/** ModRM with mod 0 and rm 5. */
const isDisplacement = (modrm: number): boolean => (modrm & 0xc7) === 5;

const looksIndirect32: Glance = (code, at) => {
  const first = code[at];
  return first === 0xa1 || (first === 0x8b && isDisplacement(code[at + 1]!)) || isThroughMemory(code, at);
};

/** What moves a pointer into a register has REX.W. */
const looksIndirect64: Glance = (code, at) => {
  if (code[at] !== 0x48) return isThroughMemory(code, at);
  const opcode = code[at + 1];
  return opcode === 0xa1 || (opcode === 0x8b && isDisplacement(code[at + 2]!)) || isThroughMemory(code, at + 1);
};

/** E8, E9 and 0F 80 to 0F 8F. */
const looksDirect32: Glance = (code, at) => {
  const first = code[at]!;
  return (first & 0xfe) === 0xe8 || (first === 0x0f && (code[at + 1]! & 0xf0) === 0x80);
};

const looksDirect64: Glance = (code, at) =>
  (code[at]! & 0xf8) === 0x48 ? code[at + 1] === 0x8d && isDisplacement(code[at + 2]!) : looksDirect32(code, at);

export const x86: Platform = {
  name: 'x86',
  stubs: new X86StubReader(false),
  alignment: 1,
  looksIndirect: looksIndirect32,
  looksDirect: looksDirect32,
  hasDoubleThunks: false,
  bootstrapThunk: bootstrapThunkX86,
};

export const x64: Platform = {
  name: 'x64',
  stubs: new X86StubReader(true),
  alignment: 1,
  looksIndirect: looksIndirect64,
  looksDirect: looksDirect64,
  hasDoubleThunks: true,
  bootstrapThunk: bootstrapThunkX64,
};
