export { type DecodedInstruction, IP_REGISTER, NO_REGISTER, Segment } from './x86/decoded-instruction.ts';
export { type DecodeStatus, X86Decoder } from './x86/decoder.ts';
export type { X86Flow } from './x86/encoding-attributes.ts';
export { isShortJump, jumpTarget, memoryAddress, x86Flow } from './x86/flow.ts';
export { mnemonicText, operandsText } from './x86/text.ts';
