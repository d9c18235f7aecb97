export { type DecodedInstruction, IP_REGISTER, NO_REGISTER, Segment } from './x86/decoded-instruction.ts';
export { type DecodeStatus, X86Decoder } from './x86/decoder.ts';
export type { X86Flow } from './x86/encoding-attributes.ts';
export { flagsUndefined } from './x86/encodings.ts';
export { isShortJump, jumpTarget, memoryAddress, x86Flow } from './x86/flow.ts';
export { isRun } from './x86/interpreter/operations.ts';
export type { X86Exception, X86Exit } from './x86/interpreter/x86-exit.ts';
export { X86Interpreter, type X86InterpreterOptions } from './x86/interpreter/x86-interpreter.ts';
export { mnemonicText, operandsText } from './x86/text.ts';
