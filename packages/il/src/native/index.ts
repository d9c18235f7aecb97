export { type NativeBody, type NativeCode, type NativeData, readNativeBody } from './native-body.ts';
export { NativeBounds, type NativeLandmarks, type NativeLimit, type NativeRange } from './native-bounds.ts';
export { type DescribeRva, NativeDisassembler, type NativeDisassemblerOptions } from './native-disassembler.ts';
export { canDecodeNative, loadNativeDecoder } from './platform/native-decoder.ts';
export type { NativeDecoder, NativeFlow, NativeInstruction } from './platform/native-instruction.ts';
export { type CompiledCell, CompiledCode, type CompiledMethod, ownerOf } from './ready-to-run/compiled-code.ts';
